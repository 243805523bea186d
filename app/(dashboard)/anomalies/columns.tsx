import { href } from "@/components/href.ts";
import { dateField, day, drawn, moneyIn, percent, text, textField } from "@/components/tables/columns.ts";
import type { TableColumn } from "@/components/tables/view.ts";
import { dayRangeText, dayText } from "@/lib/budgets/words.ts";
import type { Anomaly, AnomalyList } from "@/lib/insights/anomalies/list.ts";
import { CAUSE_WORDS, MEASURE_WORDS, measureText, STATE_WORDS } from "@/lib/insights/anomalies/words.ts";
import { contributorText } from "@/lib/reports/insights/anomalies.ts";
import { dateOfKey } from "@/lib/time.ts";
import { Verdicts } from "./verdicts.tsx";

export const daysOf = (a: Pick<Anomaly, "fromDay" | "throughDay">): string =>
  a.fromDay === a.throughDay ? dayText(a.fromDay) : dayRangeText(a.fromDay, a.throughDay);

const mainContributor = (a: Anomaly, { projectNames }: AnomalyList): string | null => {
  const [first] = a.explanation?.contributors ?? [];
  return first ? contributorText(first, projectNames) : null;
};

/** Anomalies as their list shows them; the report of the same name has every figure. */
export const anomalyColumns = (
  list: AnomalyList,
  currency: string,
  judges: boolean,
): readonly TableColumn<Anomaly>[] => [
  text("scope", "Anomaly of", (a) => a.scope.name, {
    look: ["strong"],
    link: (a, { carry }) => href(`/anomalies/${a.id}`, carry),
    note: (a) => `${a.scope.kind}, ${MEASURE_WORDS[a.measure].toLowerCase()}`,
    fields: [
      textField("anomaly", (a) => a.id),
      textField("scope_kind", (a) => a.scope.kind),
      textField("scope", (a) => a.scope.name),
      textField("measure", (a) => a.measure),
    ],
  }),
  day("days", "Days", (a) => a.fromDay, {
    look: ["whole"],
    cell: daysOf,
    fields: [dateField("from", (a) => dateOfKey(a.fromDay)), dateField("through", (a) => dateOfKey(a.throughDay))],
  }),
  text("actual", "Value", (a) => measureText(a.measure, a.actual, currency), {
    order: false,
    look: ["whole"],
    note: (a) => `usual: ${measureText(a.measure, a.lower, currency)} to ${measureText(a.measure, a.upper, currency)}`,
  }),
  moneyIn(currency)("impact", "Worth", (a: Anomaly) => a.impactMicros, {
    ...{ lead: true, change: true, title: "What the difference is worth, over all of its days" },
    toneOf: (a) => (a.state === "open" && a.impactMicros > 0 ? "warn" : undefined),
  }),
  text("cause", "Mainly", (a) => (a.explanation?.cause ? CAUSE_WORDS[a.explanation.cause] : null), {
    note: (a) => mainContributor(a, list),
    look: ["wide"],
    unknown: "Nothing before to compare with",
    fields: [
      textField("cause", (a) => a.explanation?.cause ?? null),
      textField("contributor", (a) => mainContributor(a, list)),
    ],
  }),
  percent("share", "Share", (a) => a.explanation?.contributors[0]?.sharePercent ?? null, {
    ...{ extra: true, header: "share_percent", title: "Of the change, by the first contributor" },
  }),
  text("state", "State", (a) => a.state, {
    cell: (a) => STATE_WORDS[a.state],
    note: (a) => a.reason || a.feedback?.note || null,
  }),
  ...(judges ? [drawn<Anomaly>("verdict", "What was it?", (a) => <Verdicts of={a} />)] : []),
];
