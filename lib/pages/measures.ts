import type { SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import {
  byClass,
  CLASSES,
  classProperty,
  HELD,
  IDLE,
  OBSERVABLE,
  selectSums,
  sumClasses,
  sumSql,
  zeroClasses,
} from "@/lib/classes.ts";
import { percentOf } from "@/lib/units.ts";
import type { ClassMillis, Measures } from "./types.ts";

/** A row selected with `measureColumns`: a sum for each class, `observed` and `weighted`; null over no rows. */
export type MeasureRow = Readonly<Record<string, number | string | null>>;

/** The sums that make up Measures, over rows of a usage table with the alias `u`. */
export const measureColumns: SQL = sql.raw(
  [
    selectSums(CLASSES, "milli", "u"),
    'cast(sum(u.observed_milli) as bigint) as "observed"',
    // Of a large cluster over years it outgrows 64 bits; a ratio needs no more than a double.
    'sum(cast(u.utilisation_weighted as double precision)) as "weighted"',
  ].join(", "),
);

/** Milli-GPU-seconds that a workload's rows hold: every class but the two of nobody. SQL over alias `u`. */
export const allocatedSql: SQL = sql.raw(sumSql(HELD, "milli", "u"));
/** Of these, what was held without working. */
export const idleSql: SQL = sql.raw(sumSql(IDLE, "milli", "u"));
/** Of these, what samples should cover. */
export const observableSql: SQL = sql.raw(sumSql(OBSERVABLE, "milli", "u"));

/** The sums of several rows, each held by a workload or (`held: false`) by nobody, whose `down` is not allocated. */
export class MeasureSum {
  readonly classes = zeroClasses();
  #allocated = 0;
  #expected = 0;
  #observed = 0;
  #weighted = 0;

  add(row: MeasureRow, held: boolean): void {
    const own = byClass((c) => Number(row[classProperty(c, "milli")] ?? 0));
    for (const c of CLASSES) this.classes[c] += own[c];
    if (!held) return;
    this.#allocated += sumClasses(own, HELD);
    this.#expected += sumClasses(own, OBSERVABLE);
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

export const totalOf = (classes: ClassMillis): number => sumClasses(classes, CLASSES);
