import { Section } from "@/components/page-header.tsx";
import { count, percent, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { TextLink } from "@/components/ui/text-link.tsx";
import type { ScopeOutlook } from "@/lib/budgets/outlooks.ts";
import { type CardRow, FEW_ORIGINS } from "@/lib/budgets/report-card.ts";
import { noForecast } from "@/lib/budgets/words.ts";
import { type Forecast, isForecast } from "@/lib/forecast/forecast.ts";
import { formatNumber } from "@/lib/format.ts";
import type { Measured } from "@/lib/pages/budgets.ts";

const leftText = ({ mostLeft, leastLeft }: CardRow): string => {
  if (!Number.isFinite(mostLeft)) return "29 and more";
  return leastLeft === 1 ? "fewer than 7" : `${mostLeft}–${leastLeft}`;
};

const COLUMNS: readonly TableColumn<CardRow>[] = [
  text("left", "Days left", leftText, { look: ["whole"] }),
  percent("error", "Error of the month's total", (r) => r.errorPercent, { lead: true }),
  percent("baseline", "Same day last week", (r) => r.baselinePercent),
  text("mase", "Errors of days (MASE ratio)", (r) => (r.maseRatio === null ? null : formatNumber(r.maseRatio, 2)), {
    title: "Ours ÷ that of the same day last week: below 1 is better",
    unknown: "The same day last week had no error to compare with",
  }),
  percent("coverage", "Within the band", (r) => (r.coverage === null ? null : 100 * r.coverage)),
  count("origins", "Forecasts", (r) => r.origins, {
    note: (r) => (r.origins < FEW_ORIGINS ? "few" : null),
  }),
];

/** The place of a report card on the page of its budget. */
export const REPORT_CARD = "report-card";

interface CardProps extends Measured {
  readonly view: ScopeOutlook;
}

/** How good the forecast of a scope was, which method it uses, and why. */
export function Card(props: CardProps) {
  const { cardMonths } = props;
  return (
    <Section
      id={REPORT_CARD}
      title="How good the forecast is"
      note={cardMonths.length ? `measured on ${cardMonths.join(", ")}` : ""}
    >
      <CardParts {...props} />
    </Section>
  );
}

/** The same without a headline, for a place within another section. */
export function CardParts({ view, card }: CardProps) {
  const { forecast } = view.outlook;
  return (
    <>
      {forecast && isForecast(forecast) ? (
        <p className="mb-3 max-w-prose text-sm text-soft">
          {forecast.method.title}: {forecast.method.about} {whyText(forecast)}
        </p>
      ) : (
        <p className="mb-3 text-sm text-soft">{noForecast(forecast)}</p>
      )}
      {card.rows.length > 0 ? (
        <>
          <p className="mb-3 text-sm text-soft">
            {card.maseRatio !== null &&
              `Errors of days are ${formatNumber(card.maseRatio, 2)} times those of "same day last week" (MASE ratio). `}
            {card.coverage !== null &&
              `${formatNumber(100 * card.coverage, 0)} % of months ended within their 80 % band`}
            {card.coverage !== null && (card.origins < FEW_ORIGINS ? ", of few forecasts." : ".")}
          </p>
          <DataTable view={plainView(`Errors by days left: ${view.name}`, COLUMNS)} rows={card.rows} />
        </>
      ) : (
        <p className="text-sm text-faint">There is no whole month yet to measure it on.</p>
      )}
      <p className="mt-2 text-xs text-faint">
        Each day of those months was forecast from the days before it alone.{" "}
        <TextLink to="/help#forecast">How it works</TextLink>
      </p>
    </>
  );
}

/** Why this method and no other. */
function whyText({ choice, method }: Forecast): string {
  const [own, ...others] = choice.errors;
  if (!own) return "It is the default; the history is too short to compare others.";
  const won = others.find((o) => o.method === method);
  if (won && own.error > 0)
    return `Over the last ${won.origins} days its errors were ${formatNumber(100 * (1 - won.error / own.error), 0)} % smaller than those of the default.`;
  return `It is the default; over the last ${own.origins} days no other method was clearly better.`;
}
