import { methodOf, settingsOf } from "@/lib/allocation/policies.ts";
import { type ChargeSettings, COST_CLASSES, type CostClass } from "@/lib/allocation/types.ts";
import type { ChargeRules } from "@/lib/charges/day.ts";
import type { Share } from "@/lib/charges/types.ts";
import { formatDecimal, formatNanos, minorDigits } from "@/lib/money.ts";
import { compareKeys } from "@/lib/order.ts";
import type { Override } from "@/lib/periods/period.ts";
import type { CloseSettings } from "@/lib/periods/settings.ts";
import type { BillingPeriod } from "@/lib/periods/types.ts";
import { addDays, dateOfKey } from "@/lib/time.ts";
import type { Statement } from "./types.ts";

const CLASS_WORDS: Readonly<Record<CostClass, string>> = {
  unallocated: "Unallocated capacity",
  down: "Capacity that was down",
  unknown: "Capacity that nobody could see",
  shared: "Imported cost of no team",
};
const METHOD_WORDS: Readonly<Record<Share["method"], string>> = {
  platform: "kept by the platform",
  charges: "in proportion to charges",
  quota: "in proportion to quota",
  equal: "in equal parts",
  "node-pool": "in proportion to charges on the node pool",
  "unused-quota": "for quota that was reserved and not used",
  direct: "as it was imported",
};
const BASIS_WORDS: Readonly<Record<ChargeSettings["cpu"], string>> = {
  none: "not at all",
  request: "by what was requested",
  usage: "by what was used",
  larger: "by the larger of request and use",
};

export const classWords = (costClass: string): string => CLASS_WORDS[costClass as CostClass] ?? "Shared cost";
export const methodWords = (method: Share["method"]): string => METHOD_WORDS[method];

/** The exchange rates of a statement's prices in other currencies, each in a sentence, by currency and day. */
export function rateSentences({ header, lines }: Pick<Statement, "header" | "lines">): string[] {
  const rates = lines.flatMap(({ foreign }) => (foreign ? [foreign] : []));
  const sorted = rates.sort((a, b) => compareKeys([a.currency, a.rateDay], [b.currency, b.rateDay]));
  const sentences = sorted.map(({ currency, rateNanos, rateDay, rateSource }) => {
    const source = rateSource === "" ? "" : ` (${rateSource})`;
    return `1 ${currency} = ${formatNanos(rateNanos)} ${header.currency} from ${dateOfKey(rateDay)} on${source}, for prices that are agreed in ${currency}.`;
  });
  return [...new Set(sentences)];
}

/**
 * The policies that applied in a period, in sentences: who paid for what nobody held, how CPU and memory are charged, how
 * amounts are rounded. A change inside the period is shown with its day. @param clusters id → name.
 */
export function policySentences(
  rules: Pick<ChargeRules, "policies" | "settings">,
  period: BillingPeriod,
  clusters: ReadonlyMap<string, string>,
  currency: string,
): string[] {
  return [
    ...COST_CLASSES.flatMap((costClass) => classSentences(rules, period, clusters, costClass)),
    ...settingSentences(rules, period),
    "All GPU time of a day on one kind of hardware at one price is multiplied once, rounded half to even to a millionth, and split over its users by the largest remainder.",
    `Lines are exact. The total is rounded once to ${currency} ${formatDecimal(1, Math.min(6, minorDigits(currency)))}, half away from zero; the rounding line carries the difference.`,
  ];
}

/** `value(day)` as runs of equal values over the period. */
function runsOf<T>(period: BillingPeriod, value: (day: number) => T): { fromDay: number; value: T }[] {
  const out: { fromDay: number; value: T }[] = [];
  for (let day = period.fromDay; day < period.untilDay; day = addDays(day, 1)) {
    const now = value(day);
    if (out.at(-1)?.value !== now) out.push({ fromDay: day, value: now });
  }
  return out;
}

const since = (fromDay: number, index: number): string => (index === 0 ? "" : `from ${dateOfKey(fromDay)} on `);

function classSentences(
  rules: Pick<ChargeRules, "policies">,
  period: BillingPeriod,
  clusters: ReadonlyMap<string, string>,
  costClass: CostClass,
): string[] {
  const words = [...clusters].map(([id, name]) => {
    const runs = runsOf(period, (day) => methodOf(rules.policies, id, costClass, day));
    return { name, text: runs.map((r, i) => since(r.fromDay, i) + methodWords(r.value)).join(", ") };
  });
  const same = new Set(words.map((w) => w.text)).size <= 1;
  if (same) return words[0] ? [`${classWords(costClass)}: ${words[0].text}.`] : [];
  return words.map(({ name, text }) => `${classWords(costClass)} of ${name}: ${text}.`);
}

function settingSentences({ settings }: Pick<ChargeRules, "settings">, period: BillingPeriod): string[] {
  const runs = runsOf(period, (day) => JSON.stringify(settingsOf(settings, day)));
  return runs.flatMap(({ fromDay, value }, i) => {
    const s = JSON.parse(value) as ChargeSettings;
    const begin = i === 0 ? "" : `From ${dateOfKey(fromDay)} on: `;
    const bases = `CPU is charged ${BASIS_WORDS[s.cpu]}, memory ${BASIS_WORDS[s.memory]}, GPU memory ${BASIS_WORDS[s.gpuMemory]}, where they have a price.`;
    const quota = "A team pays for quota that it reserved and did not use, out of unallocated capacity.";
    return [begin + bases, ...(s.chargeUnusedQuota ? [begin + quota] : [])];
  });
}

/** Open items by the key that an override names; those with a colon are of what stands behind it. */
const OPEN_ITEMS: ReadonlyMap<string, string> = new Map([
  ["grace", "Late data may still come"],
  ["missing-days", "Days never metered"],
  ["due-buckets", "Buckets to meter"],
  ["gaps", "Open gaps"],
  ["not-metered", "Buckets that could not be metered again"],
]);
const OPEN_ITEMS_OF: ReadonlyMap<string, (what: string) => string> = new Map([
  ["unpriced", (what) => `No price for ${what}`],
  ["overlap", (what) => `More held than there is: ${what}`],
  ["dispute", (what) => `${what} disputes a line`],
]);

/**
 * The open item that an override let pass, as it was when the period was closed. An earlier version froze its key alone: then
 * the words of that key, without how much it was about (`detail` is empty).
 */
export function overrideWords({ item, title, detail = "" }: Override): {
  readonly title: string;
  readonly detail: string;
} {
  if (title) return { title, detail };
  const colon = item.indexOf(":");
  const of = colon > 0 ? OPEN_ITEMS_OF.get(item.slice(0, colon)) : undefined;
  return { title: of?.(item.slice(colon + 1)) ?? OPEN_ITEMS.get(item) ?? item, detail };
}

/** Where a line of a closed period is corrected, and whom to ask. */
export const closedSentence = ({ contact }: Pick<CloseSettings, "contact">): string =>
  `The period is closed and its amounts are final: a mistake is corrected in a later period.${contact ? ` Questions: ${contact}.` : ""}`;

/** How to question a line, until when, and whom to ask. */
export function disputeSentence({ graceDays, contact }: CloseSettings, period: BillingPeriod): string {
  const last = dateOfKey(addDays(period.untilDay, graceDays - 1));
  const open = graceDays > 0 ? `, which is after ${last} at the earliest` : "";
  return `Question a line in GPU Ledger before the period is closed${open}${contact ? `, or write to ${contact}` : ""}. After the close it is corrected in the next period.`;
}
