import { BurnDown } from "@/components/charts/burn-down.tsx";
import { Figure } from "@/components/charts/figure.tsx";
import { formatMoney } from "@/components/format.ts";
import { href, type Params } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { Switch } from "@/components/ui/switch.tsx";
import { dayText } from "@/lib/budgets/words.ts";
import type { BudgetPage } from "@/lib/pages/budgets.ts";
import { dateOfKey, daysBetween } from "@/lib/time.ts";

interface Props {
  readonly page: BudgetPage;
  readonly currency: string;
  readonly path: string;
  readonly params: Params;
  readonly withPast: boolean;
}

/** Spent and expected over the period against the budget, with the days on which it is passed. */
export function ScopeBurnDown({ page, currency, path, params, withPast }: Props) {
  const { outlook, budget } = page.view;
  const { span, past, ahead, days: count } = outlook;
  const index = (day: number) => daysBetween(span.fromDay, day);
  const days = Array.from({ length: count }, (_, i) => dayAt(span.fromDay, i));
  const empty = (): (number | null)[] => Array.from({ length: count }, () => null);
  const fill = <T,>(list: readonly T[], at: (one: T) => number, value: (one: T) => number) => {
    const values = empty();
    for (const one of list) if (at(one) >= 0 && at(one) < count) values[at(one)] = value(one);
    return values;
  };
  const spent = fill(
    past,
    (p) => index(p.day),
    (p) => p.micros,
  );
  const last = past.at(-1);
  // The lines ahead begin where what is spent ends.
  const from = last ? [{ day: last.day, expected: last.micros, lower80: last.micros, upper80: last.micros }] : [];
  const points = [...from, ...ahead];
  const at = (p: { day: number }) => index(p.day);
  const expected = fill(points, at, (p) => p.expected);
  const lower = fill(points, at, (p) => p.lower80);
  const upper = fill(points, at, (p) => p.upper80);
  const passed = budget?.passedOn ?? null;
  const { fromDay = passed, middleDay = passed, throughDay = passed } = budget?.breach ?? {};
  const money = (micros: number | null) => (micros === null ? null : formatMoney(Math.round(micros), currency));
  return (
    <Section
      title="Burn-down"
      note="totals from the start of the period"
      controls={
        page.pastPaths.length > 0 && (
          <Switch
            label="Earlier forecasts"
            options={[
              { label: "Now", href: href(path, params, { past: undefined }), active: !withPast },
              { label: "With earlier forecasts", href: href(path, params, { past: "on" }), active: withPast },
            ]}
          />
        )
      }
    >
      <Figure
        summary={summaryOf(page, currency)}
        twin={{ name: "burn-down", path, params }}
        columns={["Day", "Spent", "Expected", "At least", "At most"]}
        rows={() =>
          days.map((day, i) => [
            day,
            money(spent[i] ?? null),
            ...[expected, lower, upper].map((v) => money(v[i] ?? null)),
          ])
        }
      >
        <BurnDown
          days={days}
          spent={spent}
          expected={expected}
          lower={lower}
          upper={upper}
          budget={budget?.totalMicros ?? null}
          breach={
            fromDay && middleDay && throughDay
              ? {
                  from: index(fromDay),
                  middle: index(middleDay),
                  through: index(throughDay),
                  label: passed
                    ? `passed on ${dayText(passed)}`
                    : `${budget?.daysLeft == null ? "if passed, about" : "passed about"} ${dayText(middleDay)}`,
                }
              : null
          }
          past={withPast ? page.pastPaths.map((p) => fill(p.points, at, (one) => one.micros)) : []}
          print={(value) => formatMoney(Math.round(value), currency)}
        />
      </Figure>
    </Section>
  );
}

const dayAt = (fromDay: number, i: number): string => {
  const at = new Date(`${dateOfKey(fromDay)}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + i);
  return at.toISOString().slice(0, 10);
};

/** What the chart shows, in words. */
function summaryOf({ view: { outlook, budget } }: BudgetPage, currency: string): string {
  const money = (micros: number) => formatMoney(Math.round(micros), currency);
  const parts = [`Spent ${money(outlook.spentMicros)}`];
  if (outlook.end)
    parts.push(
      `expected ${money(outlook.end.expected)} at the end, between ${money(outlook.end.lower80)} and ${money(outlook.end.upper80)} in four of five cases`,
    );
  if (outlook.committedMicros > 0) parts.push(`with ${money(outlook.committedMicros)} of known cost to come`);
  if (budget) parts.push(`budget ${money(budget.totalMicros)}`);
  return `${parts.join("; ")}.`;
}
