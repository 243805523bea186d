import { type ExactMicros, formatMicros, minorDigits } from "@/lib/money.ts";
import { formatMoney, formatWholeMoney, grouped } from "./format.ts";
import { Unknown } from "./quantity.tsx";

/** An amount with every digit that it has: those below the minor unit are small and faint, so that columns add up to the eye. */
function ExactDigits({ micros, currency }: { micros: number; currency: string }) {
  const digits = Math.min(6, minorDigits(currency));
  const text = grouped(formatMicros(Math.abs(micros)));
  const cut = text.length - 6 + (digits === 0 ? -1 : digits);
  const symbol = formatMoney(0, currency).match(/^\D*/)?.[0] ?? "";
  return (
    <>
      {`${micros < 0 ? "\u2212" : ""}${symbol}${text.slice(0, cut)}`}
      <span className="sub">{text.slice(cut)}</span>
    </>
  );
}

export function ExactMoney({ micros, currency }: { micros: number; currency: string }) {
  return (
    <span title={`${formatMicros(micros)} ${currency}`} className="whitespace-nowrap tabular-nums">
      <ExactDigits micros={micros} currency={currency} />
    </span>
  );
}

/** Of a column of a table: its amounts with every digit. */
export const exactly = (currency: string) => ({
  draw: (micros: number) => <ExactDigits micros={micros} currency={currency} />,
});

/** The exact amount; a sum that a page rounds may be beyond what its number holds exactly, and then has none. */
const exactTitle = (micros: ExactMicros, currency: string): string | undefined =>
  typeof micros === "bigint" || Number.isSafeInteger(micros) ? `${formatMicros(micros)} ${currency}` : undefined;

/** From here on cents say nothing beside what they are of. */
const HEADLINE = 10_000 * 1e6;

/** An amount to read, with the exact one behind it. Null prints as a dash: what has no price is not free. */
export function Money({
  micros,
  currency,
  change = false,
  headline = false,
  why = "Not known: no price is in force",
}: {
  micros: ExactMicros | null;
  currency: string;
  /** A difference: shown with its sign. */
  change?: boolean;
  /** Among the figures of a page: no cents from 10,000 on. */
  headline?: boolean;
  why?: string;
}) {
  if (micros === null) return <Unknown why={why} />;
  const whole = headline && Math.abs(Number(micros)) >= HEADLINE;
  return (
    <span title={exactTitle(micros, currency)} className="whitespace-nowrap tabular-nums">
      {change && micros > 0 ? "+" : ""}
      {whole ? formatWholeMoney(micros, currency) : formatMoney(micros, currency)}
    </span>
  );
}
