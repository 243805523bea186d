import { formatDay, formatPercent, grouped } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { exactly } from "@/components/money.tsx";
import { Section } from "@/components/page-header.tsx";
import { count, moneyIn, nanos, percent, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { counted } from "@/lib/format.ts";
import { formatMicros, formatNanos, formatQuantity, SKUS } from "@/lib/money.ts";
import type { Statement, StatementLine } from "@/lib/statements/types.ts";
import { addDays } from "@/lib/time.ts";
import { percentOf } from "@/lib/units.ts";

const days = ({ fromDay, untilDay }: StatementLine): string => {
  const [first, last] = [formatDay(fromDay), formatDay(addDays(untilDay, -1))];
  return first === last ? first : `${first} to ${last}`;
};

/** Every line of a statement, kind by kind, and the rounding line that leads to its total. */
export function Lines({ statement: { lines, header: h } }: { statement: Statement }) {
  const of = (kind: StatementLine["kind"]) => lines.filter((l) => l.kind === kind);
  const usage = of("usage");
  const { currency } = h;
  const at = { period: h.period.id, team: h.team.key };
  return (
    <>
      <Part title="Usage" note={counted(usage.length, "line")} lines={usage} columns={usageColumns(currency, at)} />
      <Part
        title="Shared and imported cost"
        note="by the policies below"
        lines={[...of("share"), ...of("cost")]}
        columns={amountColumns(currency)}
      />
      <Part title="Corrections and adjustments" lines={of("correction")} columns={amountColumns(currency)} />
      <Section title="Total">
        <DataTable
          view={plainView("From lines to total", totalColumns(currency))}
          rows={[
            { label: "Subtotal, exact", micros: h.totalMicros },
            { label: `Rounding to the minor unit of ${currency}`, micros: h.roundingMicros },
            { label: "Total", micros: h.roundedMicros },
          ]}
          markOf={(r) => (r.label === "Total" ? "sum" : undefined)}
        />
      </Section>
    </>
  );
}

interface Step {
  readonly label: string;
  readonly micros: number;
}

const totalColumns = (currency: string): readonly TableColumn<Step>[] => [
  text("step", "Step", (r) => r.label),
  moneyIn(currency)("amount", "Amount", (r) => r.micros, exactly(currency)),
];

interface PartProps {
  readonly title: string;
  readonly note?: string;
  readonly lines: readonly StatementLine[];
  readonly columns: readonly TableColumn<StatementLine>[];
}

function Part({ title, note, lines, columns }: PartProps) {
  if (lines.length === 0) return null;
  return (
    <Section title={title} note={note}>
      <DataTable view={plainView(title, columns)} rows={lines} foot="Subtotal" />
    </Section>
  );
}

/** Whose statement it is: where its lines lead. */
interface At {
  readonly period: string;
  readonly team: number;
}

const amountOf = (currency: string, at?: At): TableColumn<StatementLine> =>
  moneyIn(currency)("amount", "Amount", (l: StatementLine) => l.amountMicros, {
    ...{ ...exactly(currency), total: true, lead: true },
    link: (l) =>
      at && l.projectKey > 0
        ? href("/explain", { period: at.period, team: String(at.team), project: String(l.projectKey) })
        : null,
  });

const faint = (detail: string) => <span className="text-xs text-faint"> {detail}</span>;

const usageColumns = (currency: string, at: At): readonly TableColumn<StatementLine>[] => [
  text("what", "What", (l) => l.description, { note: (l) => [l.cluster, l.nodePool].filter(Boolean).join(", ") }),
  text("project", "Project", (l) => l.project, {
    link: (l) => (l.projectKey > 0 ? href(`/projects/${l.projectKey}`, { period: at.period }) : null),
    cell: (l) => (
      <>
        {l.project || <span className="text-faint">no project</span>}
        {l.department && faint(l.department)}
      </>
    ),
    note: days,
  }),
  count("quantity", "Quantity", (l) => l.quantity, {
    cell: ({ sku, quantity }) =>
      sku &&
      quantity !== null && (
        <>
          {grouped(formatQuantity(quantity, sku, 3))}
          {faint(SKUS[sku].unit)}
        </>
      ),
  }),
  nanos("rate", "Rate", (l) => l.unitPriceNanos, {
    cell: (l) => (
      <>
        {l.unitPriceNanos !== null && formatNanos(l.unitPriceNanos)}
        {l.priceVersion !== null && faint(`v${l.priceVersion}`)}
        {l.foreign &&
          faint(
            `${formatNanos(l.foreign.unitPriceNanos)} ${l.foreign.currency} at ${formatNanos(l.foreign.rateNanos)}`,
          )}
      </>
    ),
  }),
  moneyIn(currency)("idle", "Idle", (l) => (l.sku === "gpu" ? l.idleMicros : ""), { total: true }),
  percent("coverage", "Coverage", (l) => (l.sku === "gpu" ? percentOf(l.observedMilli, l.expectedMilli) : "")),
  amountOf(currency, at),
];

const amountColumns = (currency: string): readonly TableColumn<StatementLine>[] => [
  text("what", "What", (l) => l.description),
  text("where", "Where", (l) => [l.cluster, l.project].filter(Boolean).join(", "), { look: ["soft"] }),
  text("days", "Days", days, { look: ["soft", "whole"] }),
  text("basis", "Reason or basis", basisOf, {
    look: ["wide"],
    note: (l) => [l.corrects && `corrects ${l.corrects}`, sidesOf(l, currency)].filter(Boolean).join(", "),
  }),
  amountOf(currency),
];

/** What a correction changes. */
const sidesOf = ({ before, amountMicros }: StatementLine, currency: string): string =>
  before
    ? `${grouped(formatMicros(before.amountMicros))} before, ${grouped(formatMicros(before.amountMicros + amountMicros))} ${currency} now`
    : "";

const basisOf = ({ reason, weight, weightTotal }: StatementLine): string =>
  reason || (weightTotal > 0 ? `${formatPercent(percentOf(weight, weightTotal))} of the base` : "");
