import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { metricUnits } from "@/db/schema/index.ts";
import type { Unit, UnitVerdict } from "@/lib/sources/source.ts";
import { DAY, floorTo, type Instant } from "@/lib/time.ts";

/** Keeps what values of metrics proved, by day; proving it again changes nothing. */
export async function saveUnits(tx: Tx, source: string, verdicts: readonly UnitVerdict[]): Promise<void> {
  const rows = verdicts.map(({ name, day, unit }) => ({ source, name, day, unit }));
  await tx.insert(metricUnits, rows, {
    target: [metricUnits.source, metricUnits.name, metricUnits.day, metricUnits.unit],
    update: [],
  });
}

/**
 * The unit of a metric of a source at an instant: that of its day, else of the nearest day on which values proved one.
 * Null where none was, or both were on that day.
 */
export async function loadUnits(db: Reader, source: string): Promise<(name: string, at: Instant) => Unit | null> {
  const rows = await db.all(sql`select ${columnsOf(metricUnits, ["name", "day", "unit"])} from ${metricUnits}
    where source = ${source}`);
  const byName = Map.groupBy(rows, (r) => r.name);
  return (name, at) => {
    const day = floorTo(at, DAY);
    const list = byName.get(name) ?? [];
    const nearest = Math.min(...list.map((r) => Math.abs(r.day - day)));
    const units = new Set(list.filter((r) => Math.abs(r.day - day) === nearest).map((r) => r.unit as Unit));
    return units.size === 1 ? ([...units][0] as Unit) : null;
  };
}

/** The newest verdict on each metric, by its name. */
export async function listUnits(db: Reader, source: string): Promise<UnitVerdict[]> {
  const rows = await db.all(sql`select ${columnsOf(metricUnits, ["name", "day", "unit"])} from ${metricUnits}
    where source = ${source} order by name, day`);
  return [...new Map(rows.map((r) => [r.name, { ...r, unit: r.unit as Unit }])).values()];
}
