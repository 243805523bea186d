import { formatMicros } from "@/lib/money";
import { formatMoney, formatMoneyChange } from "./format";
import { Unknown } from "./quantity";

/** An amount to read, with the exact one behind it. Null prints as a dash: what has no price is not free. */
export function Money({
  micros,
  currency,
  change = false,
  why = "Not known: no price is in force",
}: {
  micros: number | null;
  currency: string;
  /** A difference: shown with its sign. */
  change?: boolean;
  why?: string;
}) {
  if (micros === null) return <Unknown why={why} />;
  return (
    <span title={`${formatMicros(micros)} ${currency}`} className="whitespace-nowrap tabular-nums">
      {change ? formatMoneyChange(micros, currency) : formatMoney(micros, currency)}
    </span>
  );
}
