import { Coverage } from "@/components/coverage.tsx";
import { daysText } from "@/components/days-text.ts";
import { Explain } from "@/components/explain.tsx";
import { formatGpuHours, formatMoney, formatPercent } from "@/components/format.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { GpuHours, Percent } from "@/components/quantity.tsx";
import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import { CAPACITY, sumClasses } from "@/lib/classes.ts";
import type { SpendView } from "@/lib/pages/spend.ts";
import { addDays } from "@/lib/time.ts";
import { percentOf } from "@/lib/units.ts";

/** Why there is nothing to compare with. */
export const beginning = ({ lacks, firstDay }: SpendView): string => {
  if (lacks === "a complete day") return "no comparison yet: no day of the period is complete";
  if (lacks === null || firstDay === null) return "nothing to compare with";
  return `nothing to compare with: the ledger begins on ${daysText({ from: firstDay, until: addDays(firstDay, 1) })}`;
};

/** Of everything, what teams are charged: with the platform's part the sum hardly moves. */
function comparedTeams({ compared, teams }: SpendView): SpendView["compared"] {
  const platform = teams.find((t) => t.key === PLATFORM_TEAM)?.compared;
  if (!compared || !platform) return compared;
  return {
    nowMicros: compared.nowMicros - platform.nowMicros,
    beforeMicros: compared.beforeMicros - platform.beforeMicros,
  };
}

export function SpendKpis({ view }: { view: SpendView }) {
  const { currency, sums, totalMicros: total, pair } = view;
  const compared = view.whole ? comparedTeams(view) : view.compared;
  const change = compared && compared.nowMicros - compared.beforeMicros;
  const unheld = sumClasses(view.classMicros, CAPACITY);
  const days = view.begun;
  const platform = view.teams.find((t) => t.key === PLATFORM_TEAM)?.micros ?? 0;
  return (
    <Kpis
      items={[
        // Of everything the total is capacity × price, and hardly moves: what moves is who pays it.
        ...(view.whole && total !== null
          ? [
              {
                label: "Charged to teams",
                value: <Money micros={total - platform} currency={currency} />,
                note: `${formatPercent(percentOf(total - platform, total))}; the platform keeps ${formatMoney(platform, currency)}`,
              },
            ]
          : []),
        {
          label: "Total",
          value: days ? (
            <Explain of={{ fromDay: days.from, untilDay: days.until, team: view.team?.key }}>
              <Money micros={total} currency={currency} />
            </Explain>
          ) : (
            <Money micros={total} currency={currency} />
          ),
          note: days ? daysText(days) : "",
        },
        {
          label: "Change",
          value: <Money micros={change} currency={currency} change why={beginning(view)} />,
          note:
            pair && compared && change !== null
              ? `${change > 0 ? "+" : ""}${formatPercent(percentOf(change, compared.beforeMicros))} ${view.whole ? "for teams" : ""}: ${daysText(pair.now)} against ${daysText(pair.before)}`.replace(
                  " :",
                  ":",
                )
              : beginning(view),
        },
        {
          label: "Idle",
          value: <Money micros={view.idleMicros} currency={currency} />,
          note: `${formatPercent(percentOf(view.idleMicros, sums.usageMicros))} of usage, held without activity`,
        },
        view.whole
          ? {
              label: "Not allocated",
              value: <Money micros={unheld} currency={currency} />,
              note: `${formatPercent(percentOf(unheld, sums.usageMicros))} of usage`,
            }
          : {
              label: "Shares",
              value: <Money micros={sums.shareMicros} currency={currency} />,
              note: "of what nobody held, by policy",
            },
        {
          label: "GPU time",
          value: <GpuHours milli={sums.gpuMilli} />,
          unit: "GPU-h",
          note: `${formatGpuHours(sums.expectedMilli)} of them held by workloads`,
        },
        {
          label: "Coverage",
          value: <Percent value={percentOf(sums.observedMilli, sums.expectedMilli)} />,
          note: (
            <Coverage
              bare
              percent={percentOf(sums.observedMilli, sums.expectedMilli)}
              observedMilli={sums.observedMilli}
              expectedMilli={sums.expectedMilli}
            />
          ),
        },
      ]}
    />
  );
}
