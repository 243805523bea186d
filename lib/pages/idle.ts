import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { clusters, fleet, projects, workloads } from "@/db/schema/index.ts";
import {
  CAPACITY,
  CLASSES,
  type ClassAmounts,
  HELD,
  IDLE,
  isClass,
  sumClasses,
  type UsageClass,
  WORKING,
  zeroClasses,
} from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { stopCommands } from "@/lib/insights/findings/commands.ts";
import { listFindings } from "@/lib/insights/findings/load.ts";
import type { FindingRow, StopCommand } from "@/lib/insights/findings/types.ts";
import { RULES } from "@/lib/insights/rules/index.ts";
import { oneCardOfMany } from "@/lib/insights/rules/waste/one-card-of-many.ts";
import { sumExactly } from "@/lib/money.ts";
import { readHours } from "@/lib/pages/home/me.ts";
import { findCostScope } from "@/lib/reports/read/cost-scope.ts";
import { findScope, type Scope } from "@/lib/reports/read/scope.ts";
import { classSums, idleOf, readSpend } from "@/lib/reports/read/spend.ts";
import { readHourRates } from "@/lib/reports/read/workload-charges.ts";
import type { Period } from "@/lib/reports/report.ts";
import type { Instant } from "@/lib/time.ts";
import { loadTrend } from "./overview.ts";
import type { TrendPoint } from "./types.ts";

/** Cards of a workload that wait in one class at the newest metered instant. Micro-units; null: no price is known. */
export interface IdleNowRow {
  readonly key: number;
  readonly name: string;
  readonly project: string;
  readonly projectKey: number;
  readonly user: string;
  readonly teamKey: number;
  readonly team: string;
  readonly category: string;
  readonly class: UsageClass;
  readonly milli: number;
  readonly gpuModel: string;
  readonly sinceAt: Instant;
  readonly hourMicros: number | null;
  /** Open finding about it; null: none yet. */
  readonly finding: FindingRow | null;
  /** Which cards of the workload idle while its others work: "Rank 5 of 8 does nothing."; null: all of them, or nobody knows. */
  readonly rank: string | null;
  readonly hours: readonly (UsageClass | null)[];
  /** The source that owns its cluster. */
  readonly source: string;
  /** Commands that free its cards, gentlest first; none for a service that waits, which nobody asks to stop. */
  readonly commands: readonly StopCommand[];
}

/** What a team held without activity in the period. */
export interface IdleTeam {
  readonly key: number;
  readonly name: string;
  readonly idleMilli: number;
  readonly idleMicros: number;
  readonly heldMilli: number;
}

/** Where capacity went, in milli-GPU-seconds; each step is a part of the one before. Null: the viewer does not see the whole. */
export interface Funnel {
  readonly capacityMilli: number | null;
  readonly allocatedMilli: number;
  readonly workingMilli: number;
  /** Active time at the utilisation that was observed. */
  readonly effectiveMilli: number;
}

export interface IdlePage {
  readonly currency: string;
  readonly asOfAt: Instant | null;
  readonly now: readonly IdleNowRow[];
  /** Milli-GPUs at present by class, of all that the viewer may see. */
  readonly classes: Readonly<ClassAmounts>;
  /** What all idle GPUs of `classes` cost an hour; null: nothing idles, or a part of it has no price. */
  readonly idleHourMicros: number | null;
  /** GPUs count in `classes` whose workloads this viewer may not see one by one. */
  readonly withheld: boolean;
  readonly funnel: Funnel;
  readonly points: readonly TrendPoint[];
  /** Null where the period cuts a day. */
  readonly teams: readonly IdleTeam[] | null;
}

export interface IdleInput {
  readonly period: Period;
  readonly zone: string;
  readonly clockZone: string;
  readonly cluster: string | undefined;
  /** Only workloads that the viewer submitted. */
  readonly mine: boolean;
}

/** Classes that the page is about: idle ones, and those that hold cards and wait. */
const WAITING: readonly UsageClass[] = HELD.filter(
  (c) => !(WORKING as readonly UsageClass[]).includes(c) && !(CAPACITY as readonly UsageClass[]).includes(c),
);

/** Cards that idle now, with their owners and what they cost an hour, and the idle time of a period. */
export async function loadIdle(ctx: Ctx, input: IdleInput): Promise<IdlePage> {
  const { period, zone, clockZone, cluster } = input;
  const scope = await findScope(ctx, { cluster });
  const [now, trend, teams] = await Promise.all([
    loadIdleNow(ctx, input),
    loadTrend(ctx, scope, { period, zone, clockZone, cluster }),
    loadTeams(ctx, input),
  ]);
  const { total } = trend;
  const active = sumClasses(total.classes, WORKING);
  return {
    currency: ctx.ledger.currency,
    ...now,
    funnel: {
      capacityMilli: trend.capacityMilli,
      allocatedMilli: total.allocatedMilli,
      workingMilli: active,
      effectiveMilli: Math.min(active, Math.round((total.observedMilli * (total.utilisationPercent ?? 0)) / 100)),
    },
    points: trend.points,
    teams,
  };
}

interface Slot {
  readonly key: number;
  readonly class: string;
  readonly milli: number;
  readonly sinceAt: number;
  readonly gpuModel: string;
  readonly asOfAt: number;
  readonly name: string | null;
  readonly project: string | null;
  readonly projectKey: number;
  readonly user: string | null;
  readonly category: string | null;
  readonly type: string | null;
  readonly source: string | null;
  /** Whether the viewer may see the workload, and not only sums that it is part of. */
  readonly visible: boolean;
}

/** Workloads whose cards wait at the newest metered instant, the most expensive first; and the GPUs of all that the viewer sees, by class. */
export async function loadIdleNow(
  ctx: Ctx,
  { cluster, mine }: Pick<IdleInput, "cluster" | "mine">,
): Promise<Pick<IdlePage, "now" | "classes" | "asOfAt" | "idleHourMicros" | "withheld">> {
  const scope = await findScope(ctx, { cluster });
  const slots = await readSlots(ctx, scope, mine);
  const classes = zeroClasses();
  for (const slot of slots) if (isClass(slot.class)) classes[slot.class] += slot.milli;
  const waiting = slots.filter((s) => s.key !== 0 && isClass(s.class) && WAITING.includes(s.class));
  const rates = waiting.length
    ? await readHourRates(ctx, await findCostScope(ctx, { cluster }, "usage"), keysOf(waiting))
    : new Map<number, number>();
  const hourOf = (s: Slot) => {
    const rate = rates.get(s.key);
    return rate === undefined ? null : Math.round(rate * s.milli);
  };
  // People who see sums alone see how much waits, and by name what is charged to their own teams.
  const named = waiting.filter((s) => s.visible);
  const keys = keysOf(named);
  const [hours, found, teams] = keys.length
    ? await Promise.all([
        readHours(ctx, keys),
        listFindings(ctx, { rules: RULES_SHOWN, live: true }),
        teamsOf(ctx, keys),
      ])
    : [new Map<number, IdleNowRow["hours"]>(), [], new Map<number, { teamKey: number; team: string }>()];
  const rows = named.map((s): IdleNowRow => {
    const own = found.filter((f) => f.workloadKey === s.key);
    const inPart = own.find((f) => f.rule === oneCardOfMany.slug);
    const finding = own.find((f) => f.rule === s.class) ?? (isIdle(s.class) ? inPart : undefined);
    return {
      ...{ key: s.key, name: s.name ?? "", project: s.project ?? "", projectKey: s.projectKey, user: s.user ?? "" },
      ...{ category: s.category ?? "", class: s.class as UsageClass, milli: s.milli, gpuModel: s.gpuModel ?? "" },
      ...(teams.get(s.key) ?? { teamKey: 0, team: "" }),
      sinceAt: Math.min(s.sinceAt, finding?.sinceAt ?? s.sinceAt),
      hourMicros: hourOf(s),
      finding: finding ?? null,
      rank: finding?.evidence.find((e) => e.kind === "rank")?.text ?? null,
      hours: hours.get(s.key) ?? [],
      source: s.source ?? "",
      commands: isIdle(s.class) ? stopCommands(namesOf(s)) : [],
    };
  });
  rows.sort((a, b) => (b.hourMicros ?? 0) - (a.hourMicros ?? 0) || b.milli - a.milli || a.key - b.key);
  return {
    ...{ now: rows, classes, asOfAt: slots.length ? Math.max(...slots.map((s) => s.asOfAt)) : null },
    idleHourMicros: sumOrNull(waiting.filter((s) => isIdle(s.class)).map(hourOf)),
    withheld: named.length < waiting.length,
  };
}

/** Those of a workload that waits, and of one of which some cards do. */
const RULES_SHOWN = [...RULES.filter((r) => r.group === "idle").map((r) => r.slug), oneCardOfMany.slug];

const isIdle = (name: string): boolean => (IDLE as readonly string[]).includes(name);

const namesOf = ({ name, type, project, source }: Slot) => ({
  ...{ name: name ?? "", type: type ?? "", project: project ?? "", source: source ?? "" },
});

const keysOf = (slots: readonly Slot[]): number[] => [...new Set(slots.map((s) => s.key))];

/** Null where there is nothing to add up, or a part of it is not known. */
function sumOrNull(amounts: readonly (number | null)[]): number | null {
  const known = amounts.filter((a) => a !== null);
  return known.length > 0 && known.length === amounts.length ? sumExactly(known) : null;
}

/** Slots at the newest metered instant by workload and class: all that count in the viewer's sums, each with whether it may be named. */
async function readSlots(ctx: Ctx, scope: Scope, mine: boolean): Promise<Slot[]> {
  const { submitters = [] } = ctx.viewer;
  const own = mine ? sql`and w.submitted_by in ${inList(submitters)}` : sql``;
  const counted = scope.nobody && !mine ? sql`` : sql`and w.key <> 0 ${scope.workloads("w")} ${own}`;
  const slots = await ctx.db.all<
    Slot & { readonly sees: number }
  >(sql`select f.workload_key as "key", f.class as "class",
      cast(sum(f.milli) as bigint) as "milli", min(f.since_at) as "sinceAt", max(h.gpu_model) as "gpuModel",
      max(f.as_of_at) as "asOfAt", max(w.name) as "name", max(p.name) as "project",
      max(coalesce(w.project_key, 0)) as "projectKey", max(w.submitted_by) as "user", max(w.category) as "category",
      max(w.type) as "type", max(k.source) as "source",
      max(case when w.key <> 0 ${scope.workloads("w")} then 1 else 0 end) as "sees"
    from ${fleet} f left join ${workloads} w on w.key = f.workload_key
    left join ${projects} p on p.key = w.project_key left join hardware h on h.key = f.hardware_key
    left join ${clusters} k on k.id = f.cluster_id
    where true ${scope.clusters("f.cluster_id")} ${counted} group by f.workload_key, f.class`);
  return slots.map(({ sees, ...slot }) => ({ ...slot, visible: sees === 1 }));
}

/** The team that each workload was charged to last. */
async function teamsOf(ctx: Ctx, keys: readonly number[]) {
  const rows = await ctx.db.all<{ key: number; teamKey: number; team: string }>(sql`
    select c.workload_key as "key", max(c.team_key) as "teamKey", max(t.name) as "team" from charges c
    join teams t on t.key = c.team_key
    join (select workload_key, max(day) as day from charges where workload_key in ${inList(keys)} group by workload_key) n
      on n.workload_key = c.workload_key and n.day = c.day
    group by c.workload_key`);
  return new Map(rows.map(({ key, ...team }) => [key, team]));
}

async function loadTeams(ctx: Ctx, { period, cluster }: IdleInput): Promise<IdleTeam[] | null> {
  if (!period.days) return null;
  const cost = await findCostScope(ctx, { cluster }, "usage");
  const rows = await readSpend(ctx, cost, period.days, ["teamKey"]);
  return rows
    .map((row) => {
      const milli = classSums(row, "milli");
      return {
        key: row.teamKey,
        name: cost.teamName(row.teamKey).name,
        idleMilli: sumClasses(milli, IDLE),
        idleMicros: idleOf(row),
        heldMilli: sumClasses(
          milli,
          CLASSES.filter((c) => (HELD as readonly UsageClass[]).includes(c)),
        ),
      };
    })
    .filter((t) => t.idleMilli > 0)
    .sort((a, b) => b.idleMicros - a.idleMicros || b.idleMilli - a.idleMilli || a.key - b.key);
}
