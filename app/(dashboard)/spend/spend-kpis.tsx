import { Coverage } from "@/components/coverage.tsx";
import { daysText } from "@/components/days-text.ts";
import { Explain } from "@/components/explain.tsx";
import { formatGpuHours, formatMoney, formatPercent } from "@/components/format.ts";
import { type Kpi, Kpis } from "@/components/kpis.tsx";
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

/** Who pays of everything; nothing where the viewer sees a part. Its total is capacity × price, and hardly moves. */
function chargedKpi({ whole, totalMicros: total, teams, currency }: SpendView): readonly Kpi[] {
  if (!whole || total === null) return [];
  const platform = teams.find((t) => t.key === PLATFORM_TEAM)?.micros ?? 0;
  const share = formatPercent(percentOf(total - platform, total));
  return [
    {
      label: "Charged to teams",
      value: <Money headline micros={total - platform} currency={currency} />,
      note: `${share}; the platform keeps ${formatMoney(platform, currency)}`,
    },
  ];
}

function totalKpi({ begun: days, totalMicros, currency, team }: SpendView): Kpi {
  const amount = <Money micros={totalMicros} currency={currency} />;
  if (!days) return { label: "Total", value: amount };
  const of = { fromDay: days.from, untilDay: days.until, team: team?.key };
  return { label: "Total", value: <Explain of={of}>{amount}</Explain>, note: daysText(days) };
}

function changeKpi(view: SpendView): Kpi {
  const { whole, pair, currency } = view;
  const compared = whole ? comparedTeams(view) : view.compared;
  const label = whole ? "Change for teams" : "Change";
  if (!pair || !compared)
    return {
      label,
      value: <Money headline micros={null} currency={currency} why={beginning(view)} />,
      note: beginning(view),
    };
  const change = compared.nowMicros - compared.beforeMicros;
  const percent = formatPercent(percentOf(change, compared.beforeMicros));
  return {
    label,
    value: <Money headline micros={change} currency={currency} change />,
    note: `${change > 0 ? "+" : ""}${percent}: ${daysText(pair.now)} against ${daysText(pair.before)}`,
  };
}

/** What nobody held, where the viewer sees everything; else the part of it that policies share out. */
function unheldKpi({ whole, classMicros, sums, currency }: SpendView): Kpi {
  const unheld = sumClasses(classMicros, CAPACITY);
  return whole
    ? {
        label: "Not allocated",
        value: <Money headline micros={unheld} currency={currency} />,
        note: `${formatPercent(percentOf(unheld, sums.usageMicros))} of usage`,
      }
    : {
        label: "Shares",
        value: <Money headline micros={sums.shareMicros} currency={currency} />,
        note: "of unallocated capacity, by policy",
      };
}

export function SpendKpis({ view }: { view: SpendView }) {
  const { currency, sums } = view;
  const coverage = percentOf(sums.observedMilli, sums.expectedMilli);
  return (
    <Kpis
      items={[
        ...chargedKpi(view),
        totalKpi(view),
        changeKpi(view),
        {
          label: "Idle",
          value: <Money headline micros={view.idleMicros} currency={currency} />,
          note: `${formatPercent(percentOf(view.idleMicros, sums.usageMicros))} of usage, held without activity`,
        },
        unheldKpi(view),
        {
          label: "GPU time",
          value: <GpuHours milli={sums.gpuMilli} />,
          unit: "GPU-h",
          note: `${formatGpuHours(sums.expectedMilli)} of them held by workloads`,
        },
        {
          label: "Coverage",
          value: <Percent value={coverage} />,
          note: (
            <Coverage bare percent={coverage} observedMilli={sums.observedMilli} expectedMilli={sums.expectedMilli} />
          ),
        },
      ]}
    />
  );
}
