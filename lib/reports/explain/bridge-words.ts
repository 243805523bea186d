import { BRIDGE_PARTS, type Bridge, type BridgePart } from "@/lib/charges/bridge.ts";
import { formatMoney } from "@/lib/format.ts";
import { absMicros, changeMicros, type ExactMicros, minorDigits } from "@/lib/money.ts";

const WORDS: Readonly<Record<BridgePart, readonly [more: string, less: string]>> = {
  calendar: ["more days", "fewer days"],
  volume: ["more use on each day", "less use on each day"],
  mix: ["more expensive GPUs and terms", "cheaper GPUs and terms"],
  idle: ["more idle time", "less idle time"],
  unheld: ["more unallocated capacity", "less unallocated capacity"],
  price: ["higher prices", "lower prices"],
  policy: ["larger shares of unallocated capacity", "smaller shares of unallocated capacity"],
  imported: ["more imported cost", "less imported cost"],
  corrections: ["corrections of closed periods", "corrections of closed periods"],
};

/** Is an amount more than rounding: at least half of the currency's minor unit? */
export const isVisible = (micros: ExactMicros, currency: string): boolean =>
  Math.abs(Number(micros)) * 2 >= 10 ** Math.max(0, 6 - minorDigits(currency));

const MOST_CAUSES = 3;
const MOST_OFFSETS = 2;

/**
 * The change in one sentence: first the largest parts in the direction of the change, then what works against it. A part that is
 * rounding is not named. @returns `Spend fell by $677.48: $1,981.98 from less unallocated capacity; offset by $2,733.32 from …`.
 */
export function bridgeSentence({ beforeMicros, nowMicros, parts }: Bridge, currency: string): string {
  const change = changeMicros(nowMicros, beforeMicros);
  const moved = BRIDGE_PARTS.filter((p) => isVisible(parts[p], currency)).sort(
    (a, b) => Number(absMicros(parts[b])) - Number(absMicros(parts[a])),
  );
  const inWords = (list: readonly BridgePart[]) =>
    list.map((p) => `${formatMoney(absMicros(parts[p]), currency)} from ${WORDS[p][parts[p] > 0 ? 0 : 1]}`).join(", ");
  if (!isVisible(change, currency))
    return moved.length === 0
      ? "Spend did not change."
      : `Spend did not change: ${cancelling(moved, parts, currency)}.`;
  const causes = moved.filter((p) => parts[p] > 0 === change > 0).slice(0, MOST_CAUSES);
  const offsets = moved.filter((p) => parts[p] > 0 !== change > 0).slice(0, MOST_OFFSETS);
  const against = offsets.length ? `; offset by ${inWords(offsets)}` : "";
  return `Spend ${change > 0 ? "rose" : "fell"} by ${formatMoney(absMicros(change), currency)}: ${inWords(causes)}${against}.`;
}

/** Parts that add up to nothing, each with its sign. */
const cancelling = (moved: readonly BridgePart[], parts: Bridge["parts"], currency: string): string =>
  moved
    .slice(0, MOST_CAUSES)
    .map((p) => `${WORDS[p][parts[p] > 0 ? 0 : 1]} (${parts[p] > 0 ? "+" : ""}${formatMoney(parts[p], currency)})`)
    .join(", ");
