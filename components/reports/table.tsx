import type { TableColumn } from "@/components/tables/view.ts";
import { own } from "@/lib/order.ts";
import type { Column, Report, Row } from "@/lib/reports/report.ts";
import { unitSign } from "@/lib/reports/unit.ts";

/** `gpu_hours_dead_idle` → `GPU hours dead idle`; a label that the report gives wins. */
export function columnLabel({ label, header }: Pick<Column, "label" | "header">): string {
  if (label) return label;
  const words = header.replaceAll("_", " ").trim();
  return words.replace(/\b(gpu|cpu|id|gib)\b/gi, (w) => w.toUpperCase()).replace(/^./, (c) => c.toUpperCase());
}

/** Why a name may be missing, by the column. */
const NAMELESS: Readonly<Record<string, string>> = {
  name: "Nobody's: unallocated, shared or imported cost",
  user: "Nobody's: unallocated, shared or imported cost, or a workload without a user",
  team: "No team: no rule assigns it",
  project: "No project: unallocated, shared or imported cost",
  workload: "No workload: unallocated, shared or imported cost",
};

/** What a label says of itself, or the unit behind it. */
function labelOf(c: Column): string {
  const label = columnLabel(c);
  const sign = unitSign(c.unit);
  // The head of GPU-hours, and one that ends with its unit in brackets, say so themselves.
  return c.unit === "milli-gpu-seconds" || !sign || /\((Hours|%|GiB|GB|Cores)\)$/i.test(label)
    ? label
    : `${label} (${sign})`;
}

/** The columns that a report is about: that by which its page is sorted, what that page adds, and those that its chart draws. */
const leadsOf = ({
  chart,
  onPage: { sort, columns = [] } = {},
}: Pick<Report, "chart" | "onPage">): readonly string[] => [
  ...(sort === undefined ? [] : [sort]),
  ...columns.map((c) => c.key),
  ...(chart === undefined ? [] : chart.kind === "time" ? [chart.series, chart.y] : [chart.x, chart.y]),
];

/** The columns of a report's files as those of a table, and what its page adds, which is in no file. @param currency of its amounts. */
export function reportColumns(
  report: Pick<Report, "columns" | "onPage" | "chart">,
  currency: string,
): readonly TableColumn<Row>[] {
  const { columns, onPage = {} } = report;
  const leads = leadsOf(report);
  const column = (c: Column, inFile: boolean): TableColumn<Row> => {
    const value = (row: Row) => row[c.key] ?? null;
    return {
      ...{ key: c.key, unit: c.unit, decimals: c.decimals, value, fields: inFile ? [{ ...c, value }] : [] },
      ...(c.unit === "money" ? { currency, change: c.key === "change" } : {}),
      label: labelOf(c),
      title: c.description ?? c.header,
      lead: leads.includes(c.key),
      ...(own(NAMELESS, c.key) ? { unknown: own(NAMELESS, c.key) } : {}),
      look: c.unit === "text" ? [c.key === "description" ? "wide" : "cut"] : ["whole"],
    };
  };
  return [...columns.map((c) => column(c, true)), ...(onPage.columns ?? []).map((c) => column(c, false))];
}

/**
 * The columns in the order in which a page shows them: what names a row, what the report is about, the rest. Those that say nothing
 * are left out until the reader chooses them: a currency that every amount shows, the cluster where there is one.
 */
export function onPage(
  { onPage: { name, extra = [] } = {}, chart }: Pick<Report, "onPage" | "chart">,
  columns: readonly TableColumn<Row>[],
  oneCluster: boolean,
): readonly TableColumn<Row>[] {
  const hidden = new Set([...extra, "currency", ...(oneCluster ? ["cluster"] : [])]);
  const money = columns.some((c) => c.currency !== undefined);
  const shown = columns.map((c) => ({
    ...c,
    extra: hidden.has(c.key) && (c.key !== "currency" || money) && c.key !== name,
  }));
  const usual = chart?.kind === "ranking" ? shown.find((c) => c.key === chart.x) : undefined;
  const first = shown.find((c) => c.key === name) ?? usual ?? shown.find((c) => !c.extra);
  if (!first) return shown;
  const rest = shown.filter((c) => c !== first);
  return [first, ...rest.filter((c) => c.lead), ...rest.filter((c) => !c.lead)];
}
