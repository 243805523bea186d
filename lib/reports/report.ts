import { mayDo, refusal } from "@/lib/auth/allow.ts";
import type { Action } from "@/lib/auth/permissions.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import type { Interval } from "@/lib/time.ts";
import type { Parameters, Values } from "./parameter.ts";

/**
 * A report is one object: its page, JSON, CSV, chart axes and CLI entry all come from it.
 * Cells are numbers, texts or null; null is unknown and is never printed as zero. An amount of money that a number cannot hold exactly,
 * above nine billion of the currency, is a bigint.
 */
export type Cell = string | number | bigint | null;

/**
 * How a column's numbers are meant and printed (unit.ts). `milli-gpu-seconds` print as GPU-hours, `money` (millionths of a
 * currency) and `micros` (millionths of a priced unit) as decimals, each with six places, exactly; `nanos` are unit prices
 * with two to nine. A `date` is a text `YYYY-MM-DD`.
 */
export type Unit =
  | "text"
  | "date"
  | "instant"
  | "count"
  | "percent"
  | "gpus"
  | "milli-gpu-seconds"
  | "micros"
  | "money"
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

/** A bar for each value of the column `x`, as long as the sum of column `y` over the rows that have it. */
export interface RankingChart {
  readonly kind: "ranking";
  readonly x: string;
  readonly y: string;
  readonly title: string;
}

/** A stacked bar for each span from the date in column `x` up to that in `until`: column `y` by the values of column `series`. */
export interface TimeChart {
  readonly kind: "time";
  readonly x: string;
  readonly until: string;
  readonly series: string;
  readonly y: string;
  readonly title: string;
}

/** Steps from the first row's amount to the last row's: column `x` names each, column `y` is its amount. */
export interface BridgeChart {
  readonly kind: "bridge";
  readonly x: string;
  readonly y: string;
  readonly title: string;
}

/** A bar to the right of a middle line for each row that grew, to the left for each that shrank. */
export interface ChangeChart {
  readonly kind: "change";
  readonly x: string;
  readonly y: string;
  readonly title: string;
}

/** What a report draws of itself; `y` is a column whose values add up. */
export type ChartSpec = RankingChart | TimeChart | BridgeChart | ChangeChart;

/** How a page shows a report where files have it in another way. */
export interface OnPage {
  /** The column that names a row, which stands first; the first column where absent. */
  readonly name?: string;
  /** The column by which it is sorted, the largest first; that of its ranking where absent. */
  readonly sort?: string;
  /** What readers look for and files do not have. Rows have the cells. */
  readonly columns?: readonly Column[];
  /** Columns that the reader has to choose. */
  readonly extra?: readonly string[];
  /** Its rows are parts of one whole: the last row of its page sums GPU-hours and amounts over every row. */
  readonly isWhole?: true;
  /** Beside the head of the rows. */
  readonly note?: string;
}

/** Cells of a row that no column shows: the keys of its workload and project, for links of its page. */
export const linkCells = (workloadKey: number, projectKey: number): Row => ({
  workload_key: workloadKey || null,
  project_key: projectKey || null,
});

/** What a report is about: GPU time, or what it cost. */
export type ReportGroup = "usage" | "money";

export interface Report<P extends Parameters = Parameters> {
  readonly slug: string;
  readonly group: ReportGroup;
  readonly title: string;
  readonly description: string;
  /** What to do where it has no rows, if that is something of its own. */
  readonly empty?: string;
  /** What it takes besides the period; each key is the parameter's name. */
  readonly parameters: P;
  /** What reading it needs; `usage.read` where absent. */
  readonly action?: Action;
  /** It is of the whole ledger: there is no part of it to show to people who see some projects. */
  readonly whole?: boolean;
  readonly columns: readonly Column[];
  readonly onPage?: OnPage;
  readonly chart?: ChartSpec;
  /** Rows in a fixed order, page by page, within the viewer's scope: ten thousand lines stream. */
  load(ctx: Ctx, period: Period, parameters: Values<P>): AsyncGenerator<readonly Row[]>;
}

/** Checks at definition that columns are distinct, that parameters stand under their names, and that the chart's columns exist. */
export function defineReport<P extends Parameters>(report: Report<P>): Report<P> {
  const { onPage = {} } = report;
  const columns = [...report.columns, ...(onPage.columns ?? [])];
  const keys = new Set(columns.map((c) => c.key));
  if (keys.size !== columns.length) throw new Error(`${report.slug}: two columns share a key`);
  for (const [key, { name }] of Object.entries(report.parameters))
    if (key !== name) throw new Error(`${report.slug}: the parameter ${name} stands under ${key}`);
  for (const key of report.chart ? chartColumns(report.chart) : [])
    if (!keys.has(key)) throw new Error(`${report.slug}: the chart names ${key}, which is not a column`);
  for (const key of [onPage.name, onPage.sort, ...(onPage.extra ?? [])])
    if (key !== undefined && !keys.has(key))
      throw new Error(`${report.slug}: its page names ${key}, which is not a column`);
  return {
    ...report,
    async *load(ctx, period, parameters) {
      needReport(ctx, report);
      yield* report.load(ctx, period, parameters);
    },
  };
}

/** Why a viewer may not read a report; null: they may. */
function refusalOf({ viewer }: Pick<Ctx, "viewer">, report: AnyReport): AppError | null {
  const action = report.action ?? "usage.read";
  if (!mayDo(viewer, action)) return refusal(viewer, action);
  if (!report.whole || viewer.projects === "all") return null;
  return new AppError("forbidden", `${report.title} is about the whole ledger: you see some projects of it.`);
}

type AnyReport = Pick<Report, "action" | "whole" | "title">;

/** Whether menus and downloads offer a report to a viewer. */
export const mayReadReport = (ctx: Pick<Ctx, "viewer">, report: AnyReport): boolean => refusalOf(ctx, report) === null;

/** The first line of every report. @throws AppError `forbidden` that says what it needs. */
function needReport(ctx: Ctx, report: AnyReport): void {
  const refused = refusalOf(ctx, report);
  if (refused) throw refused;
}

/** The keys of the columns that a chart draws. */
export const chartColumns = (chart: ChartSpec): string[] =>
  chart.kind === "time" ? [chart.x, chart.until, chart.series, chart.y] : [chart.x, chart.y];
