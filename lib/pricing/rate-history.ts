import { isMap, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from "yaml";
import type { PriceDraft, Problem } from "./draft.ts";

const MOST_NAMES = 40;
const GPU_RATE = /^GPU(\w+) SU Rate$/;

/** Whether a list is one of named values with their history, not of prices. */
export const isRateHistory = (list: YAMLSeq): boolean =>
  list.items.some((item) => isMap(item) && item.has("name") && item.has("history"));

/**
 * Reads the rates of GPUs from a list of `name` with a `history` of `value`, `from` and `until` (months, both counted), as
 * the New England Research Cloud publishes its rates: `GPUH100 SU Rate` is the price of an H100, in USD. A price holds until
 * the next one, so a month that a history leaves out is named as a hole, and an end without a successor is noted. Other entries are left
 * out and noted.
 */
export function readRateHistory(
  list: YAMLSeq,
  lineOf: (node: Node) => number,
): { drafts: PriceDraft[]; problems: Problem[]; notes: string[] } {
  const drafts: PriceDraft[] = [];
  const problems: Problem[] = [];
  const [passedOver, ended]: [string[], string[]] = [[], []];
  for (const item of list.items) {
    const name = isMap(item) ? text(item, "name") : "";
    const match = GPU_RATE.exec(name)?.[1];
    const history = isMap(item) ? item.get("history") : null;
    if (!match || !isSeq(history)) {
      if (name) passedOver.push(name);
      continue;
    }
    let expected = "";
    for (const step of history.items.filter((s) => isMap(s))) {
      const [from, until, line] = [text(step, "from"), text(step, "until"), lineOf(step)];
      if (expected && from !== expected) {
        const message = `${match} has no rate from ${expected} on, but one from ${from} on: a price has no holes.`;
        problems.push({ line, field: "from", message });
      }
      expected = until ? monthAfter(until) : "";
      drafts.push({
        ...{ line, kind: "gpu", match, cluster: "", priceClass: "standard", currency: "USD" },
        ...{ unitPrice: text(step, "value"), effectiveFrom: from, origin: { type: "entered", note: name } },
      });
    }
    if (expected) ended.push(`${match} before ${expected}`);
  }
  const notes = [
    ended.length ? `The list ends rates that hold here until another price replaces them: ${listed(ended)}.` : "",
    passedOver.length ? `Left out ${passedOver.length} entries that are no rates of GPUs: ${listed(passedOver)}.` : "",
  ].filter((note) => note !== "");
  return { drafts, problems, notes };
}

/** Names, the first of them where they are many. */
const listed = (names: readonly string[]): string =>
  [...names.slice(0, MOST_NAMES), ...(names.length > MOST_NAMES ? [`${names.length - MOST_NAMES} more`] : [])].join(
    ", ",
  );

function text(map: YAMLMap, key: string): string {
  const node = map.get(key, true);
  return isScalar(node) ? String(node.value ?? "").trim() : "";
}

function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
}
