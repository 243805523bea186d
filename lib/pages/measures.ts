import type { SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import { CLASSES, classColumn, classProperty, HELD_CLASSES, type UsageClass } from "@/lib/metering/types.ts";
import { percentOf } from "@/lib/units.ts";
import type { ClassMillis, Measures } from "./types.ts";

/** A row selected with `measureColumns`: a sum for each class, `observed` and `weighted`; null over no rows. */
export type MeasureRow = Readonly<Record<string, number | string | null>>;

/** The sums that make up Measures, over rows of a usage table with the alias `u`. */
export const measureColumns: SQL = sql.raw(
  [
    ...CLASSES.map((c) => `cast(sum(u.${classColumn(c)}) as bigint) as "${classProperty(c)}"`),
    'cast(sum(u.observed_milli) as bigint) as "observed"',
    // Of a large cluster over years it outgrows 64 bits; a ratio needs no more than a double.
    'sum(cast(u.utilisation_weighted as double precision)) as "weighted"',
  ].join(", "),
);

/** Milli-GPU-seconds that a workload's rows hold: every class but the two of nobody. SQL over alias `u`. */
export const allocatedSql: SQL = sql.raw(`(${HELD_CLASSES.map((c) => `u.${classColumn(c)}`).join(" + ")})`);
/** Of these, what was held without working: dead idle and idle with memory held. */
export const idleSql: SQL = sql.raw("(u.dead_idle_milli + u.idle_held_milli)");

export const noClasses = (): Record<UsageClass, number> =>
  Object.fromEntries(CLASSES.map((c) => [c, 0])) as Record<UsageClass, number>;

/** The sums of several rows, each held by a workload or (`held: false`) by nobody, whose `down` is not allocated. */
export class MeasureSum {
  readonly classes = noClasses();
  #allocated = 0;
  #expected = 0;
  #observed = 0;
  #weighted = 0;

  add(row: MeasureRow, held: boolean): void {
    const milliOf = (c: UsageClass) => Number(row[classProperty(c)] ?? 0);
    for (const c of CLASSES) this.classes[c] += milliOf(c);
    if (!held) return;
    const all = HELD_CLASSES.reduce((sum, c) => sum + milliOf(c), 0);
    this.#allocated += all;
    this.#expected += all - Number(row.downMilli ?? 0);
    this.#observed += Number(row.observed ?? 0);
    this.#weighted += Number(row.weighted ?? 0);
  }

  get(): Measures {
    return {
      classes: { ...this.classes },
      allocatedMilli: this.#allocated,
      observedMilli: this.#observed,
      expectedMilli: this.#expected,
      utilisationPercent: this.#observed > 0 ? this.#weighted / this.#observed / 100 : null,
      coveragePercent: percentOf(this.#observed, this.#expected),
    };
  }
}

/** The measures of one row that a workload or project holds. */
export function measuresOf(row: MeasureRow): Measures {
  const sum = new MeasureSum();
  sum.add(row, true);
  return sum.get();
}

export const totalOf = (classes: ClassMillis): number => CLASSES.reduce((sum, c) => sum + classes[c], 0);
