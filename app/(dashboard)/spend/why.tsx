import type { PageInput } from "@/app/page-input.ts";
import { Bar } from "@/components/bar.tsx";
import { type BridgeSpan, bridgeBar, bridgeScale, bridgeSpans } from "@/components/charts/bridge-scale.ts";
import { daysText } from "@/components/days-text.ts";
import { formatMoney, formatMoneyChange } from "@/components/format.ts";
import { href, travelling } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { drawn, moneyIn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { TextLink } from "@/components/ui/text-link.tsx";
import { BRIDGE_PARTS, type Bridge } from "@/lib/charges/bridge.ts";
import type { ExactMicros } from "@/lib/money.ts";
import { own } from "@/lib/order.ts";
import type { SpendView } from "@/lib/pages/spend.ts";
import { PART_MEANING } from "@/lib/reports/cost/cost-bridge.ts";
import { readBridge } from "@/lib/reports/explain/bridge-read.ts";
import { bridgeSentence, isVisible } from "@/lib/reports/explain/bridge-words.ts";
import { findCostScope } from "@/lib/reports/read/cost-scope.ts";
import { daysBetween } from "@/lib/time.ts";

/** For longer periods the report shows it, so that the page does not wait. */
const MOST_DAYS = 93;

interface Step {
  readonly label: string;
  readonly meaning: string;
  readonly micros: ExactMicros;
  readonly span: BridgeSpan;
}

const LABELS: Readonly<Record<string, string>> = { unheld: "Not held", imported: "Imported cost" };
const labelOf = (part: string): string => own(LABELS, part) ?? part.replace(/^./, (c) => c.toUpperCase());

function stepsOf({ beforeMicros, nowMicros, parts }: Bridge, currency: string): Step[] {
  const shown = BRIDGE_PARTS.filter((p) => isVisible(parts[p], currency));
  const spans = bridgeSpans(
    Number(beforeMicros),
    shown.map((p) => Number(parts[p])),
    Number(nowMicros),
  );
  return [
    { label: "Before", meaning: "", micros: beforeMicros },
    ...shown.map((p) => ({ label: labelOf(p), meaning: PART_MEANING[p], micros: parts[p] })),
    { label: "Now", meaning: "", micros: nowMicros },
  ].map((step, i) => ({ ...step, span: spans[i] as BridgeSpan }));
}

/** Why spend changed: the bridge from the period before to this one. The parts sum to the change exactly. */
export async function Why({ input, view }: { input: PageInput; view: SpendView }) {
  const { pair, currency } = view;
  if (!pair) return null;
  const { now, before } = pair;
  const report = href("/reports/cost-bridge", { ...travelling(input.params), team: view.team?.name });
  if (daysBetween(now.from, now.until) > MOST_DAYS)
    return (
      <Section title="Why it changed">
        <p className="text-sm">
          <TextLink to={report}>Compare these months with those before</TextLink>
        </p>
      </Section>
    );
  const cost = await findCostScope(
    input.ctx,
    { cluster: input.cluster, team: view.team ? String(view.team.key) : undefined },
    "team",
  );
  const bridge = await readBridge(input.ctx, cost, now, before, input.billingZone);
  if (!bridge) return null;
  const steps = stepsOf(bridge, currency);
  const scale = bridgeScale(steps.map((s) => s.span));
  return (
    <Section
      title="Why it changed"
      note={`${daysText(before)} to ${daysText(now)}${view.whole ? ", teams and the platform together" : ""}`}
      controls={
        <span className="text-xs">
          <TextLink to={report}>As a report</TextLink>
        </span>
      }
    >
      <p className="mb-3 max-w-prose text-sm text-soft">{bridgeSentence(bridge, currency)}</p>
      <DataTable
        view={plainView("Why spend changed", columnsOf(steps, currency))}
        rows={steps}
        markOf={(s) => (s.span.sum ? "sum" : undefined)}
      />
      {scale.isCut && (
        <p className="mt-2 text-xs text-faint">
          The bars begin at {formatMoney(Math.round(scale.low), currency)}, not at zero: the parts are small beside the
          totals.
        </p>
      )}
    </Section>
  );
}

/** Each part with its bar, on an axis on which the parts can be seen. */
function columnsOf(steps: readonly Step[], currency: string): readonly TableColumn<Step>[] {
  const scale = bridgeScale(steps.map((s) => s.span));
  return [
    text("part", "Part", (s) => s.label, { note: (s) => s.meaning }),
    moneyIn(currency)("amount", "Amount", (s) => s.micros, {
      lead: true,
      cell: (s) => (s.span.sum ? formatMoney : formatMoneyChange)(s.micros, currency),
    }),
    drawn(
      "bar",
      "Bar",
      (s) => <Bar {...bridgeBar(s.span, scale)} tone={s.span.sum ? "ink" : s.micros > 0 ? "bad" : "good"} />,
      { look: ["bar"] },
    ),
  ];
}
