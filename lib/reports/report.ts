import type { z } from "zod";
import type { Ctx } from "@/lib/ctx.ts";
import type { Interval } from "@/lib/time.ts";

/**
 * A report is one object: its page, JSON, CSV, chart axes and CLI entry all come from it.
 * Cells are numbers, texts or null; null is unknown and is never printed as zero.
 */
export type Cell = string | number | null;

/**
 * How a column's numbers are meant and printed. `milli-gpu-seconds` print as GPU-hours and `micros` (millionths of a
 * currency, or of a priced unit) as decimals, both with six places, exactly; `nanos` are unit prices with two to nine.
 */
export type Unit =
  | "text"
  | "instant"
  | "count"
  | "percent"
  | "gpus"
  | "milli-gpu-seconds"
  | "micros"
  | "nanos"
  | "hours"
  | "cores"
  | "gib"
  | "decimal";

export interface Column {
  readonly key: string;
  /** The header in CSV, to the letter. */
  readonly header: string;
  /** The header on a page; `header` where absent. */
  readonly label?: string;
  readonly unit: Unit;
  /** Fixed decimals in CSV; by default what the unit implies. */
  readonly decimals?: number;
  readonly description?: string;
}

export type Row = Readonly<Record<string, Cell>>;

/** What every report takes: a half-open period, and optional filters. */
export interface Period extends Interval {
  /** As the reader chose it: `2026-10`, or two dates. */
  readonly label: string;
  /** Day keys `[from, until)` where both edges are day starts of the billing zone: loaders may then read daily sums. */
  readonly days?: { readonly from: number; readonly until: number } | undefined;
}

/** A bar for each value of the column `x`, as long as the sum of column `y` over the rows that have it: a `y` that adds up. */
export interface ChartSpec {
  readonly x: string;
  readonly y: string;
  readonly title: string;
}

export interface Report<P extends z.ZodObject = z.ZodObject> {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  /** What to do where it has no rows, if that is something of its own. */
  readonly empty?: string;
  /** Filters besides the period, each optional. */
  readonly parameters: P;
  readonly columns: readonly Column[];
  readonly chart?: ChartSpec;
  /** Rows in a fixed order, page by page, within the viewer's scope: ten thousand lines stream. */
  load(ctx: Ctx, period: Period, parameters: z.output<P>): AsyncGenerator<readonly Row[]>;
}

/** Checks at definition that the columns are distinct and that the chart names some of them. */
export function defineReport<P extends z.ZodObject>(report: Report<P>): Report<P> {
  const keys = new Set(report.columns.map((c) => c.key));
  if (keys.size !== report.columns.length) throw new Error(`${report.slug}: two columns share a key`);
  for (const key of report.chart ? [report.chart.x, report.chart.y] : [])
    if (!keys.has(key)) throw new Error(`${report.slug}: the chart names ${key}, which is no column`);
  return report;
}
