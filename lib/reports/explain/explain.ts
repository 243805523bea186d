import type { SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import {
  charges,
  corrections,
  hardware,
  priceProposals,
  prices,
  shares,
  teamDays,
  workloads,
} from "@/db/schema/index.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import { SUMMED_AMOUNTS } from "@/lib/charges/store.ts";
import {
  CLASSES,
  type ClassProperty,
  type ClassRow,
  classColumn,
  classProperty,
  type UsageClass,
} from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { type Micros, type Nanos, priceOf, type Sku, sumExactly } from "@/lib/money.ts";
import { originSchema } from "@/lib/pricing/origin.ts";
import type { Origin } from "@/lib/pricing/types.ts";
import { type Booked, readBooked } from "@/lib/reports/read/booked.ts";
import { type CostScope, type Days, findCostScope } from "@/lib/reports/read/cost-scope.ts";
import { findScope } from "@/lib/reports/read/scope.ts";
import { daysBetween } from "@/lib/time.ts";
import { type Evidence, readEvidence } from "./evidence.ts";
import type { ExplainQuery } from "./query.ts";
import { type ExplainedRounding, explainRounding, type RoundedCell } from "./rounding.ts";

/** Usage of one hardware and SKU at one price: a factor of the sum. */
export interface ExplainedLine {
  readonly hardwareKey: number;
  readonly cluster: string;
  readonly nodePool: string;
  readonly gpuModel: string;
  readonly team: string;
  readonly sku: Sku;
  readonly priceClass: string;
  readonly unitPriceNanos: Nanos;
  readonly price: ExplainedPrice | null;
  /** In the SKU's base unit (lib/money.ts). */
  readonly quantity: number;
  /** quantity × unit price, rounded half to even by itself. */
  readonly productMicros: Micros;
  readonly amountMicros: Micros;
  /** What the amount differs from its product by: days and workloads that were rounded together. */
  readonly roundingMicros: Micros;
  readonly observedMilli: number;
  readonly expectedMilli: number;
}

export interface ExplainedPrice {
  readonly key: number;
  readonly version: number | null;
  readonly match: string;
  readonly effectiveFrom: number;
  readonly currency: string;
  readonly unitPriceNanos: Nanos;
  readonly origin: Origin;
  readonly decidedBy: string | null;
}

export interface ExplainedShare {
  readonly cluster: string;
  readonly costClass: string;
  readonly method: string;
  readonly amountMicros: Micros;
  readonly days: number;
}

/** `originDay` 0: an answer to a dispute; `bookedIn` empty: not booked yet. */
export type ExplainedCorrection = Pick<Booked, "originDay" | "amountMicros" | "reason" | "bookedIn">;

export interface Explanation {
  readonly currency: string;
  readonly days: Days;
  readonly team: string | null;
  readonly project: string | null;
  readonly workload: string | null;
  readonly totalMicros: Micros;
  readonly lines: readonly ExplainedLine[];
  /** None of one workload for people who see its money alone; the same for `evidence` and `roundings`. */
  readonly classes: readonly { readonly class: UsageClass; readonly milli: number; readonly micros: Micros }[];
  readonly shares: readonly ExplainedShare[];
  /** Of the total: corrections of closed periods and answers to disputes that are booked within these days. */
  readonly corrections: readonly ExplainedCorrection[];
  /** Not of the total: what was changed of these days after their period was closed, and is booked later. */
  readonly correctedLater: readonly ExplainedCorrection[];
  readonly observedMilli: number;
  readonly expectedMilli: number;
  /** Of one workload: where it ran, and what is known to be wrong or missing there. */
  readonly evidence: Evidence | null;
  /** Of one workload on one day: how each price's GPU time was rounded. */
  readonly roundings: readonly (ExplainedRounding & { readonly hardwareKey: number; readonly unitPriceNanos: Nanos })[];
}

/**
 * What there is nothing of has no amount, not one of 0. People who see a part of the ledger learn of a workload that they may
 * see, and of nothing else whether it exists. @throws AppError `not_found`.
 */
async function needThese({ db }: Ctx, cost: CostScope, query: ExplainQuery): Promise<void> {
  const { workload, hardware: place, price } = query;
  const asked = [
    ["workload", workloads, workload, cost.workloads("w")],
    ["hardware", hardware, cost.nobody ? place : undefined, sql``],
    ["price", prices, cost.nobody ? price : undefined, sql``],
  ] as const;
  for (const [name, table, key, visible] of asked)
    if (key !== undefined && !(await db.find(sql`select w.key from ${table} w where w.key = ${key}${visible}`)))
      throw new AppError("not_found", `There is no ${name} ${key}.`);
}

const nameOf = async ({ db }: Ctx, workload: number): Promise<string | null> =>
  (await db.find<{ name: string }>(sql`select name from ${workloads} where key = ${workload}`))?.name ?? null;

/** How a workload used its GPUs is not for people who see its money alone, such as finance. */
async function seesUse(ctx: Ctx, workload: number): Promise<boolean> {
  if (!mayDo(ctx.viewer, "workloads.read")) return false;
  const scope = await findScope(ctx, {});
  return (
    (await ctx.db.find(sql`select w.key from ${workloads} w where w.key = ${workload}${scope.workloads("w")}`)) !==
    undefined
  );
}

/** Where an amount comes from: formula, prices, quantities by class, shares, corrections, evidence and rounding. @throws AppError `not_found`. */
export async function loadExplanation(ctx: Ctx, query: ExplainQuery, days: Days): Promise<Explanation> {
  const ofTeam = query.team !== undefined && query.project === undefined && query.workload === undefined;
  const team = query.team === undefined ? undefined : String(query.team);
  const cost = await findCostScope(ctx, { team }, ofTeam ? "team" : "usage");
  const ofUsage = [query.workload, query.hardware, query.price, query.sku, query.priceClass].some(
    (v) => v !== undefined,
  );
  await needThese(ctx, cost, query);
  const [rows, moved, booked, correctedLater] = await Promise.all([
    readLines(ctx, cost, query, days),
    narrowed(query) ? [] : readShares(ctx, cost, days),
    ofUsage ? [] : readBooked(ctx, cost, days),
    readCorrectedLater(ctx, cost, query, days),
  ]);
  const counted = booked.filter((b) => query.project === undefined || b.projectKey === query.project);
  const oneDay = daysBetween(days.from, days.until) === 1;
  const isSeen = query.workload === undefined || (await seesUse(ctx, query.workload));
  const [evidence, roundings] = await Promise.all([
    query.workload && rows.length && isSeen ? readEvidence(ctx, query.workload, days) : null,
    // What everybody was rounded together with is a sum over the whole ledger.
    query.workload !== undefined && isSeen && oneDay && cost.nobody
      ? readRoundings(ctx, query.workload, days.from, rows)
      : [],
  ]);
  const total = (property: ClassProperty | "observedMilli" | "expectedMilli") =>
    sumExactly(rows.map((r) => r[property]));
  return {
    currency: ctx.ledger.currency,
    days,
    team: cost.team?.name ?? null,
    project: query.project === undefined ? null : (cost.project(query.project)?.name ?? null),
    workload: query.workload === undefined ? null : await nameOf(ctx, query.workload),
    totalMicros: sumExactly([...rows, ...moved, ...counted].map((r) => r.amountMicros)),
    lines: await linesOf(ctx, cost, rows),
    classes: (isSeen ? CLASSES : [])
      .map((c) => ({ class: c, milli: total(classProperty(c, "milli")), micros: total(classProperty(c, "micros")) }))
      .filter((c) => c.milli > 0),
    shares: moved.map((s) => ({ ...s, cluster: s.clusterId ? cost.clusterName(s.clusterId) : "" })),
    corrections: sumCorrections(counted),
    correctedLater,
    observedMilli: total("observedMilli"),
    expectedMilli: total("expectedMilli"),
    evidence,
    roundings,
  };
}

/** One row for each day and reason: of a whole ledger there are thousands otherwise. */
function sumCorrections(booked: readonly Booked[]): ExplainedCorrection[] {
  const groups = Map.groupBy(booked, (b) => JSON.stringify([b.originDay, b.reason, b.bookedIn]));
  const sums = [...groups.values()].map((list) => {
    const { originDay, reason, bookedIn } = list[0] as Booked;
    return { originDay, reason, bookedIn, amountMicros: sumExactly(list.map((b) => b.amountMicros)) };
  });
  // What only went from one team to another is nothing of both.
  return sums.filter((s) => s.amountMicros !== 0);
}

/** What comes from usage alone has no part in what policies move. */
const narrowed = (q: ExplainQuery): boolean =>
  [q.project, q.workload, q.hardware, q.price, q.sku, q.priceClass].some((v) => v !== undefined);

interface LineRow extends Readonly<ClassRow> {
  readonly hardwareKey: number;
  readonly teamKey: number;
  readonly sku: Sku;
  readonly priceClass: string;
  readonly priceKey: number;
  readonly unitPriceNanos: number;
  readonly clusterId: string;
  readonly nodePool: string;
  readonly gpuModel: string;
  readonly quantity: number;
  readonly amountMicros: number;
  readonly observedMilli: number;
  readonly expectedMilli: number;
}

function conditions(q: ExplainQuery): SQL {
  const parts: SQL[] = [];
  if (q.project !== undefined) parts.push(sql` and t.project_key = ${q.project}`);
  if (q.hardware !== undefined) parts.push(sql` and t.hardware_key = ${q.hardware}`);
  if (q.price !== undefined) parts.push(sql` and t.price_key = ${q.price}`);
  if (q.sku !== undefined) parts.push(sql` and t.sku = ${q.sku}`);
  if (q.priceClass !== undefined) parts.push(sql` and t.price_class = ${q.priceClass}`);
  if (q.workload !== undefined) parts.push(sql` and t.workload_key = ${q.workload}`);
  return sql.join(parts, sql``);
}

function readLines(ctx: Ctx, cost: CostScope, query: ExplainQuery, { from, until }: Days): Promise<LineRow[]> {
  const [table, visible] =
    query.workload === undefined
      ? [sql`${teamDays} t`, cost.rows("t", "h.cluster_id")]
      : [sql`${charges} t join ${workloads} w on w.key = t.workload_key`, cost.charged("t", "h.cluster_id")];
  return ctx.db.all<LineRow>(sql`
    select t.hardware_key as "hardwareKey", t.team_key as "teamKey", t.sku, t.price_class as "priceClass", t.price_key as "priceKey",
      t.unit_price_nanos as "unitPriceNanos", h.cluster_id as "clusterId", h.node_pool as "nodePool", h.gpu_model as "gpuModel", ${SUMMED_AMOUNTS}
    from ${table} join ${hardware} h on h.key = t.hardware_key
    where t.day >= ${from} and t.day < ${until}${conditions(query)}${visible}
    group by t.hardware_key, t.team_key, t.sku, t.price_class, t.price_key, t.unit_price_nanos, h.cluster_id, h.node_pool, h.gpu_model
    order by sum(t.amount_micros) desc, t.hardware_key, t.sku, t.price_key`);
}

async function linesOf(ctx: Ctx, cost: CostScope, rows: readonly LineRow[]): Promise<ExplainedLine[]> {
  const keys = [...new Set(rows.map((r) => r.priceKey))];
  const found = keys.length
    ? await ctx.db.all<Omit<ExplainedPrice, "origin"> & { origin: string }>(sql`
        select p.key, o.version, p.match, p.effective_from as "effectiveFrom", p.currency, p.unit_price_nanos as "unitPriceNanos",
          p.origin, o.decided_by as "decidedBy"
        from ${prices} p join ${priceProposals} o on o.id = p.proposal_id where p.key in (${sql.join(
          keys.map((k) => sql`${k}`),
          sql`, `,
        )})`)
    : [];
  const byKey = new Map(found.map((p) => [p.key, { ...p, origin: originSchema.parse(JSON.parse(p.origin)) }]));
  return rows.map((r) => {
    const productMicros = priceOf(r.quantity, r.sku, r.unitPriceNanos);
    return {
      hardwareKey: r.hardwareKey,
      cluster: cost.clusterName(r.clusterId),
      nodePool: r.nodePool,
      gpuModel: r.gpuModel,
      team: cost.teamName(r.teamKey).name,
      sku: r.sku,
      priceClass: r.priceClass,
      unitPriceNanos: r.unitPriceNanos,
      price: byKey.get(r.priceKey) ?? null,
      quantity: r.quantity,
      productMicros,
      amountMicros: r.amountMicros,
      roundingMicros: r.amountMicros - productMicros,
      observedMilli: r.observedMilli,
      expectedMilli: r.expectedMilli,
    };
  });
}

const readShares = (ctx: Ctx, cost: CostScope, { from, until }: Days) =>
  ctx.db.all<Omit<ExplainedShare, "cluster"> & { clusterId: string }>(sql`
    select s.cluster_id as "clusterId", s.cost_class as "costClass", s.method, cast(sum(s.amount_micros) as bigint) as "amountMicros",
      cast(count(distinct s.day) as bigint) as "days"
    from ${shares} s where s.day >= ${from} and s.day < ${until}${cost.shares("s")}
    group by s.cluster_id, s.cost_class, s.method order by s.cluster_id, s.cost_class, s.method`);

function readCorrectedLater(ctx: Ctx, cost: CostScope, q: ExplainQuery, { from, until }: Days) {
  if (q.workload !== undefined || q.price !== undefined) return Promise.resolve([]);
  const { price: _, workload: _w, ...rest } = q;
  return ctx.db.all<ExplainedCorrection>(sql`
    select t.origin_day as "originDay", cast(sum(t.amount_micros) as bigint) as "amountMicros", t.reason,
      t.booked_in as "bookedIn"
    from ${corrections} t left join ${hardware} h on h.key = t.hardware_key
    where t.origin_day >= ${from} and t.origin_day < ${until}${conditions(rest)}${cost.rows("t", "h.cluster_id")}
    group by t.origin_day, t.reason, t.booked_in having sum(t.amount_micros) <> 0 order by t.origin_day, t.reason, t.booked_in`);
}

/** The day's GPU time of everybody that was rounded together with this workload's. */
async function readRoundings(ctx: Ctx, workload: number, day: number, lines: readonly LineRow[]) {
  const out: (ExplainedRounding & { hardwareKey: number; unitPriceNanos: number })[] = [];
  for (const { hardwareKey, priceKey, unitPriceNanos } of lines.filter((l) => l.sku === "gpu")) {
    const milli = sql.raw(CLASSES.map((c) => `c.${classColumn(c, "milli")} as "${c}"`).join(", "));
    const rows = await ctx.db.all<Readonly<Record<UsageClass, number>> & { workloadKey: number }>(sql`
      select c.workload_key as "workloadKey", ${milli} from ${charges} c where c.day = ${day} and c.hardware_key = ${hardwareKey}
        and c.sku = 'gpu' and c.price_key = ${priceKey} and c.unit_price_nanos = ${unitPriceNanos} order by c.workload_key`);
    const cells = rows.flatMap((r) =>
      CLASSES.map((c): RoundedCell => ({ workloadKey: r.workloadKey, class: c, milli: r[c] })),
    );
    const all = explainRounding(cells, unitPriceNanos);
    out.push({ ...all, hardwareKey, unitPriceNanos, cells: all.cells.filter((c) => c.workloadKey === workload) });
  }
  return out;
}
