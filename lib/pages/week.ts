import { byClass, classProperty, HELD, sumClasses } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { CLASS_QUANTITIES, UTILISATION_QUANTITIES, utilisationPercent } from "@/lib/reports/read/measures.ts";
import { type Filters, findScope } from "@/lib/reports/read/scope.ts";
import { readBucketSums } from "@/lib/reports/read/usage.ts";
import type { Interval } from "@/lib/time.ts";

/** One hour of the week, over every such hour of the period. */
export interface WeekCell {
  /** Mean of held GPU time that has samples; null: none has. */
  readonly utilisationPercent: number | null;
  /** Milli-GPU-seconds that were held. */
  readonly heldMilli: number;
}

export interface Week {
  /** Monday to Sunday, each with its 24 hours in the zone. */
  readonly days: readonly (readonly WeekCell[])[];
  /** The hours with the highest and lowest utilisation, as day and hour; null: nothing was observed. */
  readonly high: readonly [day: number, hour: number] | null;
  readonly low: readonly [day: number, hour: number] | null;
}

interface Sum {
  observedMilli: number;
  utilisationWeighted: number;
  heldMilli: number;
}

interface Input extends Filters {
  readonly period: Interval;
  /** Of hours and days. */
  readonly zone: string;
}

/** Utilisation by hour of the week, of all that the viewer may see. */
export async function loadWeek(ctx: Ctx, { period, zone, ...filters }: Input): Promise<Week> {
  const scope = await findScope(ctx, filters);
  const quantities = [...CLASS_QUANTITIES, ...UTILISATION_QUANTITIES];
  const rows = await readBucketSums(
    ctx,
    scope,
    { start: period.start, end: Math.min(period.end, ctx.now()) },
    quantities,
  );
  return weekOf(
    rows.map((row) => ({
      bucketAt: row.bucketAt,
      observedMilli: row.observedMilli,
      utilisationWeighted: row.utilisationWeighted,
      heldMilli: sumClasses(
        byClass((c) => row[classProperty(c, "milli")]),
        HELD,
      ),
    })),
    zone,
  );
}

/**
 * Adds buckets up by day and hour of the week in a zone. An hour that a clock change skips or repeats counts as the hour that clocks
 * show. @param rows milli-GPU-seconds, and hundredths of a percent × milli-GPU-seconds.
 */
export function weekOf(rows: readonly (Sum & { readonly bucketAt: number })[], zone: string): Week {
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    hourCycle: "h23",
  });
  const sums = Array.from({ length: 7 }, () =>
    Array.from({ length: 24 }, (): Sum => ({ observedMilli: 0, utilisationWeighted: 0, heldMilli: 0 })),
  );
  for (const row of rows) {
    const parts = clock.formatToParts(row.bucketAt * 1000);
    const day = WEEKDAYS.indexOf(parts.find((p) => p.type === "weekday")?.value ?? "");
    const cell = sums[day]?.[Number(parts.find((p) => p.type === "hour")?.value)];
    if (!cell) continue;
    cell.observedMilli += row.observedMilli;
    cell.utilisationWeighted += row.utilisationWeighted;
    cell.heldMilli += row.heldMilli;
  }
  const days = sums.map((hours) =>
    hours.map((s): WeekCell => ({ utilisationPercent: utilisationPercent(s), heldMilli: s.heldMilli })),
  );
  const known = days.flatMap((hours, day) =>
    hours.flatMap((c, hour) => (c.utilisationPercent === null ? [] : [{ day, hour, percent: c.utilisationPercent }])),
  );
  const sorted = known.sort((a, b) => b.percent - a.percent || a.day - b.day || a.hour - b.hour);
  const at = (cell: (typeof known)[number] | undefined) => (cell ? ([cell.day, cell.hour] as const) : null);
  return { days, high: at(sorted[0]), low: at(sorted.at(-1)) };
}

/** As en-GB writes them, from Monday. */
export const WEEKDAYS: readonly string[] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
