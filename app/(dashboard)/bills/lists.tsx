import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { formatDay } from "@/components/format.ts";
import { count, drawn, gpuHours, instant, moneyIn, percent, text } from "@/components/tables/columns.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { plainView, sortRows, type TableColumn, type TableView } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import type { ComparedTeam } from "@/lib/bills/compare.ts";
import { listVisibleBills } from "@/lib/bills/import.ts";
import type { BillImportSum } from "@/lib/bills/store.ts";
import { BASES, type Basis } from "@/lib/bills/types.ts";
import { changeMicros, type ExactMicros } from "@/lib/money.ts";
import { type BillComparison, loadBillComparison } from "@/lib/pages/bills/comparison.ts";
import { daysOfPeriod } from "@/lib/pages/teams.ts";
import { addDays, dateOfKey } from "@/lib/time.ts";
import { removeBillFile } from "./actions.ts";

export const BILL_NAMES = ["basis", ...tableNames()];
export const BASIS_WORDS: Readonly<Record<Basis, string>> = {
  effective: "Commitments spread",
  billed: "As invoiced",
};

/** Per cent of the estimated amount; null where nothing was charged. */
export const varianceOf = (actual: ExactMicros, estimated: ExactMicros): number | null =>
  estimated === 0 ? null : (100 * Number(changeMicros(actual, estimated))) / Number(estimated);

/** Why the amounts of a team cannot agree; empty: both know it. */
function reasonOf({ teamKey, actualMicros, estimatedMicros }: ComparedTeam): string {
  if (teamKey === 0 && actualMicros !== 0) return "no tag of the bill names a team";
  if (actualMicros === 0 && estimatedMicros !== 0) return "charged, and no bill names it";
  return estimatedMicros === 0 && actualMicros !== 0 ? "billed, and nothing was charged" : "";
}

const NO_TIME = "A line of the bill does not say how many GPU-hours it is for, or nothing was charged";

type Row = ComparedTeam & { readonly name: string };

/** What clouds billed for GPUs against what the ledger charged, by team: the largest difference first. */
export async function readBillComparison(
  input: PageInput,
): Promise<Listed<Row> & { readonly comparison: BillComparison; readonly basis: Basis }> {
  const basis = input.address.word("basis", BASES, "Commitments are spread over what they cover") ?? "effective";
  const comparison = await loadBillComparison(input.ctx, daysOfPeriod(input.period, input.billingZone), basis);
  const money = moneyIn(input.ctx.ledger.currency);
  const columns: readonly TableColumn<Row>[] = [
    text<Row>("team", "Team", (r) => r.name || "No team", {
      link: (r) => (r.teamKey ? `/teams/${r.teamKey}` : null),
      note: reasonOf,
    }),
    money("actual", "Billed", (r) => r.actualMicros, { header: "actual", total: true }),
    money("estimated", "Charged", (r) => r.estimatedMicros, {
      ...{ header: "estimated", total: true, title: "Usage and shares at the ledger's prices" },
    }),
    money("variance", "Difference", (r) => changeMicros(r.actualMicros, r.estimatedMicros), {
      ...{ header: "variance", change: true, lead: true, total: true, title: "Billed less charged" },
    }),
    percent("variance-percent", "Difference in %", (r) => varianceOf(r.actualMicros, r.estimatedMicros), {
      ...{ header: "variance_percent", unknown: "Nothing was charged" },
    }),
    money("volume", "By time", (r) => r.parts?.volumeMicros ?? null, {
      ...{ header: "by_time", change: true, unknown: NO_TIME },
      title: "Of the difference: what other GPU-hours come to at the ledger's price",
    }),
    money("price", "By price", (r) => r.parts?.priceMicros ?? null, {
      ...{ header: "by_price", change: true, unknown: NO_TIME },
      title: "Of the difference: what another price comes to for the billed GPU-hours",
    }),
    gpuHours(
      "billed-hours",
      "Billed GPU-hours",
      (r) => (r.actualMilliHours === null ? null : r.actualMilliHours * 3600),
      {
        ...{ header: "actual_gpu_hours", extra: true, unknown: NO_TIME },
      },
    ),
    gpuHours("charged-hours", "Charged GPU-hours", (r) => r.estimatedMilliHours * 3600, {
      ...{ header: "estimated_gpu_hours", extra: true },
    }),
  ];
  const view = readView(input, columns, { label: "By team", path: "/bills", list: "bill-comparison" });
  const rows = comparison.teams
    .map((team) => ({ ...team, name: comparison.teamName(team.teamKey) }))
    .sort((a, b) => differenceOf(b) - differenceOf(a) || a.teamKey - b.teamKey);
  return { comparison, basis, view, rows: sortRows(rows, view) };
}

const differenceOf = ({ actualMicros, estimatedMicros }: ComparedTeam): number =>
  Math.abs(Number(changeMicros(actualMicros, estimatedMicros)));

const REMOVE: TableColumn<BillImportSum> = drawn("remove", "Remove", ({ id }) => (
  <Guarded label="Remove">
    <ActionForm action={removeBillFile} label="Remove the bill" look="danger" fields={{ id }} />
  </Guarded>
));

/** Bills that were imported, the newest first. */
export async function readBills(
  { ctx, zone, now }: PageInput,
  mayRemove = false,
): Promise<{ readonly view: TableView<BillImportSum>; readonly rows: readonly BillImportSum[] }> {
  const money = moneyIn(ctx.ledger.currency);
  const columns: readonly TableColumn<BillImportSum>[] = [
    text("file", "File", (b) => b.name, { note: (b) => (b.format === "cur" ? "AWS Cost and Usage Report" : "FOCUS") }),
    text("days", "Days", (b) => `${dateOfKey(b.fromDay)} – ${dateOfKey(addDays(b.untilDay, -1))}`, {
      cell: (b) => `${formatDay(b.fromDay)} – ${formatDay(addDays(b.untilDay, -1))}`,
    }),
    count("lines", "Lines", (b) => b.lines),
    money("amount", "Billed", (b) => b.effectiveMicros),
    money("gpu", "For GPUs", (b) => b.gpuMicros, { lead: true }),
    instant("imported", "Imported", (b) => b.importedAt, { look: ["whole"] }),
    ...(mayRemove ? [REMOVE] : []),
  ];
  return { view: plainView("Bills", columns, { zone, now, carry: {} }), rows: await listVisibleBills(ctx) };
}
