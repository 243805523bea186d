import { getTableColumns, type SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import { usage } from "@/db/schema/index.ts";
import {
  CLASSES,
  type ClassProperty,
  classKey,
  classProperty,
  HELD,
  IDLE,
  OBSERVABLE,
  sumClasses,
  sumOf,
  sumSql,
  type UsageClass,
  zeroClasses,
} from "@/lib/classes.ts";
import type { Cell, Column, Period } from "@/lib/reports/report.ts";
import type { ClassMillis, Measures } from "@/lib/reports/types.ts";
import type { Interval } from "@/lib/time.ts";
import { percentOf } from "@/lib/units.ts";

type UsageRow = typeof usage.$inferSelect;
export type Quantity = Exclude<keyof UsageRow, "bucketAt" | "hardwareKey" | "workloadKey" | "level">;
/** Sums over rows of a usage table, and the largest of each peak; units as in db/schema/metering.ts. */
export type Quantities<Q extends Quantity = Quantity> = { readonly [K in Q]: UsageRow[K] };

export const CLASS_QUANTITIES: readonly ClassQuantity[] = CLASSES.map((c) => classProperty(c, "milli"));
export type ClassQuantity = ClassProperty<"milli">;

/** What the weighted mean and the coverage of GPU utilisation are made of. */
export const UTILISATION_QUANTITIES = ["observedMilli", "utilisationWeighted"] as const;

const columns = getTableColumns(usage);

/**
 * `cast(sum(u."x") as bigint) as "x", …` over a usage table with the alias `u`. Peaks take the largest: metering keeps
 * what is not GPU time of a workload's bucket on one of its rows, so no peak is ever split between two.
 */
export function selectQuantities(quantities: readonly Quantity[]): SQL {
  const parts = quantities.map((q) => {
    const name = `u."${columns[q].name}"`;
    if (q.includes("Peak")) return `max(${name}) as "${q}"`;
    // A century of a large cluster, times hundredths of a percent, outgrows 64 bits; a ratio needs no more than a double.
    if (q === "utilisationWeighted") return `sum(cast(${name} as double precision)) as "${q}"`;
    return `cast(sum(${name}) as bigint) as "${q}"`;
  });
  return sql.raw(parts.join(", "));
}

/** Where a period's usage is read, as `u`: the daily sums where it is made of whole days, else the buckets. */
interface UsageIn {
  readonly table: SQL;
  readonly inPeriod: SQL;
}
export type ReadPeriod = Interval & Pick<Period, "days">;

const inDays = ({ from, until }: NonNullable<Period["days"]>): SQL => sql`u."day" >= ${from} and u."day" < ${until}`;

/** The usage of projects (key 0: nobody). */
export function projectsUsage(period: ReadPeriod): UsageIn {
  const { days } = period;
  return days
    ? { table: sql.raw("usage_project_days"), inPeriod: inDays(days) }
    : { table: sql.raw("usage_projects"), inPeriod: inBuckets(period) };
}

/** The usage of workloads (key 0: nobody). */
export function workloadUsage(period: ReadPeriod): UsageIn & {
  /** The key of the row's project (0: nobody). */
  readonly projectKey: SQL;
} {
  const { days } = period;
  if (days)
    return {
      table: sql.raw("usage_days"),
      inPeriod: inDays(days),
      projectKey: sql.raw("u.project_key"),
    };
  return {
    table: sql.raw("usage"),
    inPeriod: inBuckets(period),
    projectKey: sql.raw("(select owner.project_key from workloads owner where owner.key = u.workload_key)"),
  };
}

/** Condition on `u."bucket_at"`. */
export const inBuckets = ({ start, end }: Interval): SQL => sql`u."bucket_at" >= ${start} and u."bucket_at" < ${end}`;

/** What Measures are made of, over rows of any usage table. */
export const MEASURE_QUANTITIES = [...CLASS_QUANTITIES, ...UTILISATION_QUANTITIES] as const;
export type MeasureRow = Quantities<(typeof MEASURE_QUANTITIES)[number]>;
type Classes = Quantities<ClassQuantity>;

/** Milli-GPU-seconds that a workload's rows hold; of these, what was held without activity, and what samples should cover: SQL over the alias `u`. */
export const allocatedSql: SQL = sql.raw(sumSql(HELD, "milli", "u"));
export const idleSql: SQL = sql.raw(sumSql(IDLE, "milli", "u"));
export const observableSql: SQL = sql.raw(sumSql(OBSERVABLE, "milli", "u"));

/** Milli-GPU-seconds in any class. */
export const totalMilli = (classes: ClassMillis): number => sumClasses(classes, CLASSES);

/** Milli-GPU-seconds that workloads held: everything but unknown and unallocated. */
export const allocatedMilli = (q: Classes): number => sumOf(q, HELD, "milli");

/** Mean utilisation in percent over the time it was observed; null when it never was. */
export function utilisationPercent(q: Quantities<(typeof UTILISATION_QUANTITIES)[number]>): number | null {
  return q.observedMilli > 0 ? q.utilisationWeighted / q.observedMilli / 100 : null;
}

/** The sums of several rows, each held by a workload or (`held: false`) by nobody, whose `down` is not allocated. */
export class MeasureSum {
  readonly classes = zeroClasses();
  #allocated = 0;
  #expected = 0;
  #observed = 0;
  #weighted = 0;

  add(row: MeasureRow, held: boolean): void {
    for (const c of CLASSES) this.classes[c] += row[classProperty(c, "milli")];
    if (!held) return;
    this.#allocated += allocatedMilli(row);
    this.#expected += sumOf(row, OBSERVABLE, "milli");
    this.#observed += row.observedMilli;
    this.#weighted += row.utilisationWeighted;
  }

  get(): Measures {
    const observed = { observedMilli: this.#observed, utilisationWeighted: this.#weighted };
    return {
      classes: { ...this.classes },
      allocatedMilli: this.#allocated,
      observedMilli: this.#observed,
      expectedMilli: this.#expected,
      utilisationPercent: utilisationPercent(observed),
      coveragePercent: percentOf(this.#observed, this.#expected),
    };
  }
}

/** The measures of rows that all belong to workloads, or (`held: false`) all to nobody. */
export function measuresOf(rows: readonly MeasureRow[], held = true): Measures {
  const sum = new MeasureSum();
  for (const row of rows) sum.add(row, held);
  return sum.get();
}

/** `weighted / observed`, or null when nothing was observed: unknown is never zero. */
export function average(weighted: number, observed: number): number | null {
  return observed > 0 ? weighted / observed : null;
}

/** A nullable peak or mean in another unit. */
export const per = (value: number | null, divisor: number): number | null => (value === null ? null : value / divisor);

const hoursKey = (c: UsageClass): string => `gpu_hours_${classKey(c)}`;

/** One GPU-hours column for each class, in the order of CLASSES. */
export const CLASS_COLUMNS: readonly Column[] = CLASSES.map((c) => ({
  key: hoursKey(c),
  header: hoursKey(c),
  unit: "milli-gpu-seconds",
}));

/** The cells of CLASS_COLUMNS. */
export function classCells(classes: ClassMillis): Record<string, Cell> {
  return Object.fromEntries(CLASSES.map((c) => [hoursKey(c), classes[c]]));
}
