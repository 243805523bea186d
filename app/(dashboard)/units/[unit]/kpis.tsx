import { formatPercent } from "@/components/format.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { Unknown } from "@/components/quantity.tsx";
import { pluralOf } from "@/lib/unit-costs/types.ts";
import type { UnitSum } from "@/lib/unit-costs/unit-cost.ts";
import type { UnitView } from "@/lib/unit-costs/unit-views.ts";
import { percentOf } from "@/lib/units.ts";
import { BASIS_WORDS, changeText, countText, STATUS_WORDS, UNKNOWN_COST, unitMoney } from "../words.ts";

const known = ({ known: n, days }: UnitSum): string => `${n} of ${days} days are known`;

/** What a unit costs, at a glance. */
export function UnitKpis({ view, currency }: { view: UnitView; currency: string }) {
  const { unit, allocation, usage, changePercent, status } = view;
  const price = (sum: UnitSum) =>
    sum.unitMicros === null ? <Unknown why={UNKNOWN_COST} /> : unitMoney(sum.unitMicros, currency);
  const share =
    allocation.known === usage.known && usage.known > 0
      ? percentOf(Number(usage.costMicros), Number(allocation.costMicros))
      : null;
  const limit = unit.targetMicros ?? unit.thresholdMicros;
  return (
    <Kpis
      items={[
        { label: "Everything charged", value: price(allocation), note: known(allocation) },
        {
          label: "Time in which cards worked",
          value: price(usage),
          note: share === null ? known(usage) : `${formatPercent(share)} of the cost`,
        },
        {
          label: "Change",
          value: changePercent === null ? "–" : changeText(changePercent),
          note: changePercent === null ? "one of the periods is unknown" : "against as many days before",
        },
        {
          label: pluralOf(unit.noun).replace(/^./, (c) => c.toUpperCase()),
          value: allocation.known > 0 ? countText(allocation.countMilli) : "–",
          note: "on the days that are known",
        },
        {
          label: "Cost",
          value: (
            <Money
              micros={allocation.known > 0 ? allocation.costMicros : null}
              currency={currency}
              why={UNKNOWN_COST}
            />
          ),
          note: "of the same days",
        },
        {
          label: unit.targetMicros === null ? "Threshold" : "Target",
          value: limit === null ? "–" : unitMoney(limit, currency),
          note:
            limit === null
              ? "none is set"
              : `${status ? `${STATUS_WORDS[status]}; ` : ""}for ${BASIS_WORDS[unit.basis]}`,
        },
      ]}
    />
  );
}
