import type { SQL } from "drizzle-orm";
import { type Reader, sql } from "@/db/client.ts";
import { contains } from "@/db/contains.ts";
import { inList } from "@/db/in-list.ts";
import {
  charges,
  corrections,
  hardware,
  spendDays,
  spendMonths,
  teamDays,
  unpriced,
  usageDays,
  workloads,
} from "@/db/schema/index.ts";
import { sumSql, WORKING } from "@/lib/classes.ts";
import { addExactly } from "@/lib/money.ts";
import { type LabelHistory, type Labels, labelsOn } from "@/lib/sync/facts/label-history.ts";
import { dayOfKey } from "@/lib/time.ts";
import type { Unit } from "./types.ts";

/** Day keys, half-open. */
export interface Days {
  readonly from: number;
  readonly until: number;
}

/** Whose cost it is; keys null: everybody's. */
export interface Members {
  readonly by: "team" | "project";
  readonly keys: readonly number[] | null;
}

/** What was charged on a day, as the ledger has it. */
export interface CostRow {
  readonly day: number;
  readonly allocationMicros: number;
  readonly usageMicros: number;
  readonly observedMilli: number;
  readonly expectedMilli: number;
}

type Narrowing = Pick<Unit, "label" | "gpuModel" | "category" | "loaded">;

const WORKED = sql.raw(sumSql(WORKING, "micros", "c"));
const SUMS = sql`cast(sum(c.amount_micros) as bigint) as "allocationMicros", cast(sum(${WORKED}) as bigint) as "usageMicros",
  cast(sum(c.observed_milli) as bigint) as "observedMilli", cast(sum(c.expected_milli) as bigint) as "expectedMilli"`;

export const ofMembers = (alias: string, { by, keys }: Members): SQL =>
  keys === null ? sql`` : sql` and ${sql.raw(`${alias}.${by}_key`)} in ${inList(keys)}`;
export const ofModel = ({ gpuModel }: Pick<Unit, "gpuModel">): SQL =>
  gpuModel ? sql` and h.gpu_model = ${gpuModel}` : sql``;

/**
 * What workloads of a scope were charged, day by day. Days without charges are not there. Corrections of closed days stand on the day
 * that they correct; they are of no workload, so that a label or category leaves them out.
 */
export async function loadCostRows(
  db: Reader,
  members: Members,
  unit: Narrowing,
  days: Days,
  zone: string,
): Promise<CostRow[]> {
  if (members.keys?.length === 0) return [];
  if (unit.label) return loadLabelled(db, members, unit, days, zone);
  const [rows, others] = await Promise.all([
    unit.category ? loadOfCategory(db, members, unit, days) : loadHeld(db, members, unit, days),
    unit.category ? [] : unit.loaded ? loadOther(db, members, days) : loadCorrected(db, members, unit, days),
  ]);
  return merged([...rows, ...others]);
}

function loadHeld(db: Reader, members: Members, unit: Narrowing, { from, until }: Days): Promise<CostRow[]> {
  // What nobody held is of no workload; it counts only in the whole cost.
  const held = unit.loaded ? sql`` : sql` and c.project_key <> 0`;
  return db.all<CostRow>(sql`select c.day, ${SUMS} from ${teamDays} c join ${hardware} h on h.key = c.hardware_key
    where c.day >= ${from} and c.day < ${until}${held}${ofMembers("c", members)}${ofModel(unit)} group by c.day`);
}

function loadOfCategory(db: Reader, members: Members, unit: Narrowing, { from, until }: Days): Promise<CostRow[]> {
  return db.all<CostRow>(sql`select c.day, ${SUMS} from ${charges} c join ${workloads} w on w.key = c.workload_key
    join ${hardware} h on h.key = c.hardware_key
    where c.day >= ${from} and c.day < ${until} and w.key <> 0 and w.category = ${unit.category}${ofMembers("c", members)}${ofModel(unit)}
    group by c.day`);
}

export type LabelledRow = CostRow & { readonly labels: string; readonly history: string };

async function loadLabelled(
  db: Reader,
  members: Members,
  unit: Narrowing,
  { from, until }: Days,
  zone: string,
): Promise<CostRow[]> {
  const [key, value] = labelOf(unit.label);
  const category = unit.category ? sql` and w.category = ${unit.category}` : sql``;
  const rows = await db.all<LabelledRow>(sql`select x.*, w.labels, w.label_history as history
    from (select c.day, c.workload_key, ${SUMS} from ${charges} c join ${hardware} h on h.key = c.hardware_key
      where c.day >= ${from} and c.day < ${until} and c.workload_key <> 0${ofMembers("c", members)}${ofModel(unit)}
      group by c.day, c.workload_key) x
    join ${workloads} w on w.key = x.workload_key
    where ${contains(sql`lower(w.labels || w.label_history)`, JSON.stringify(value))}${category}`);
  return merged(rows.filter((row) => hasLabel(row, key, value, zone)));
}

/** `key=value` in two: the value may have an equals sign, a key has none. */
export const labelOf = (label: string): [key: string, value: string] => {
  const at = label.indexOf("=");
  return [label.slice(0, at), label.slice(at + 1)];
};

/** Whether a workload with these labels had one on a day. */
export function hasLabel(
  { day, labels, history }: Pick<LabelledRow, "day" | "labels" | "history">,
  key: string,
  value: string,
  zone: string,
): boolean {
  const known =
    history === "{}"
      ? (JSON.parse(labels) as Labels)
      : labelsOn(JSON.parse(history) as LabelHistory, dayOfKey(day, zone).start);
  return known[key] === value;
}

const NOTHING_USED = sql`cast(0 as bigint) as "usageMicros", cast(0 as bigint) as "observedMilli", cast(0 as bigint) as "expectedMilli"`;

function loadCorrected(db: Reader, members: Members, unit: Narrowing, { from, until }: Days): Promise<CostRow[]> {
  const model = unit.gpuModel
    ? sql` and c.hardware_key in (select h.key from ${hardware} h where true${ofModel(unit)})`
    : sql``;
  return db.all<CostRow>(sql`select c.origin_day as day, cast(sum(c.amount_micros) as bigint) as "allocationMicros", ${NOTHING_USED}
    from ${corrections} c where c.origin_day >= ${from} and c.origin_day < ${until} and c.project_key <> 0${ofMembers("c", members)}${model}
    group by c.origin_day`);
}

/** Shares of unused capacity, imported cost and every correction. */
async function loadOther(db: Reader, members: Members, { from, until }: Days): Promise<CostRow[]> {
  const [shared, corrected] = await Promise.all([
    db.all<CostRow>(sql`select c.day, cast(sum(c.share_micros + c.cost_micros) as bigint) as "allocationMicros", ${NOTHING_USED}
      from ${spendDays} c where c.day >= ${from} and c.day < ${until}${ofMembers("c", members)} group by c.day`),
    db.all<CostRow>(sql`select c.origin_day as day, cast(sum(c.amount_micros) as bigint) as "allocationMicros", ${NOTHING_USED}
      from ${corrections} c where c.origin_day >= ${from} and c.origin_day < ${until}${ofMembers("c", members)} group by c.origin_day`),
  ]);
  return [...shared, ...corrected];
}

function merged(rows: readonly CostRow[]): CostRow[] {
  const out = new Map<number, CostRow>();
  for (const { day, allocationMicros, usageMicros, observedMilli, expectedMilli } of rows) {
    const sum = out.get(day);
    out.set(day, {
      day,
      allocationMicros: addExactly(allocationMicros, sum?.allocationMicros ?? 0),
      usageMicros: addExactly(usageMicros, sum?.usageMicros ?? 0),
      observedMilli: observedMilli + (sum?.observedMilli ?? 0),
      expectedMilli: expectedMilli + (sum?.expectedMilli ?? 0),
    });
  }
  return [...out.values()];
}

/**
 * Days on which something that the scope used has no price, so that nobody knows what the scope costs. For teams: what projects used
 * that the team was ever charged for; no charge says whose usage without a price is.
 */
export async function loadUnpricedDays(
  db: Reader,
  { by, keys }: Members,
  unit: Narrowing,
  { from, until }: Days,
): Promise<ReadonlySet<number>> {
  const projects =
    keys === null
      ? sql``
      : by === "project"
        ? sql` and w.project_key in ${inList(keys)}`
        : sql` and w.project_key in (select s.project_key from ${spendMonths} s where s.team_key in ${inList(keys)})`;
  const rows = await db.all<{
    day: number;
  }>(sql`select distinct u.day from ${unpriced} u join ${hardware} h on h.key = u.hardware_key
    where u.day >= ${from} and u.day < ${until}${ofModel(unit)} and exists (select 1 from ${usageDays} d
      join ${workloads} w on w.key = d.workload_key where d.day = u.day and d.hardware_key = u.hardware_key and d.workload_key <> 0${projects})`);
  return new Set(rows.map((r) => r.day));
}
