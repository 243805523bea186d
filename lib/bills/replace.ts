import { type DaySpan, joinSpans } from "@/lib/costs/spread.ts";
import { counted } from "@/lib/format.ts";
import { formatMicros, sumExactly } from "@/lib/money.ts";
import type { BillLine } from "./types.ts";

/** Lines of an import, those of the same bill, service, GPU and days together. */
export interface StandingBill extends DaySpan {
  /** Of the import. */
  readonly name: string;
  readonly source: string;
  readonly service: string;
  readonly gpu: string;
  readonly lines: number;
  readonly effectiveMicros: number;
}

type Keyed = Pick<BillLine, "source" | "service" | "gpu">;
/** Without the team: tags change between two versions of a bill. */
const keyOf = ({ source, service, gpu }: Keyed): string => JSON.stringify([source, service, gpu]);

/** Imports and bills that a refusal names. */
const MOST_NAMED = 5;

/**
 * Why a file must not replace what imports have of its bills, in sentences that say what to do; null: it may. It replaces a file of its own name,
 * if it has all days, services and GPUs of it. A file of another name may be another part of the same export: then both would be right.
 * @param standing lines of the bills of the file. Amounts in millionths of `currency`.
 */
export function replacementProblem(
  name: string,
  lines: readonly BillLine[],
  standing: readonly StandingBill[],
  currency: string,
): string | null {
  const days = new Map(
    [...Map.groupBy(lines, keyOf)].map(([key, list]): [string, DaySpan[]] => [key, joinSpans(list)]),
  );
  const covers = (line: StandingBill) =>
    days.get(keyOf(line))?.some((span) => span.fromDay <= line.fromDay && span.untilDay >= line.untilDay) ?? false;
  const others = standing.filter((line) => line.name !== name);
  const missing = standing.filter((line) => line.name === name && !covers(line));
  const words = [
    ...wordsOf(others, currency, (what, other) => `${other} has ${what}.`),
    ...wordsOf(missing, currency, (what) => `The ${name} that is there has more: ${name} does not have ${what}.`),
  ];
  if (words.length === 0) return null;
  const more = words.length - MOST_NAMED;
  const named = [...words.slice(0, MOST_NAMED), ...(more > 0 ? [`… and ${counted(more, "more bill")}.`] : [])];
  return `Nothing was imported, because to replace what is there could lose lines of the same bills:\n${named.join("\n")}\nImport all parts of an export in one import of several files; to replace what is there all the same, choose to replace it (--replace).`;
}

function wordsOf(
  lines: readonly StandingBill[],
  currency: string,
  say: (what: string, name: string) => string,
): string[] {
  return [...Map.groupBy(lines, ({ name, source }) => JSON.stringify([name, source])).values()].map((list) => {
    const { name, source } = list[0] as StandingBill;
    const count = counted(sumExactly(list.map((line) => line.lines)), "line");
    const amount = formatMicros(sumExactly(list.map((line) => line.effectiveMicros)));
    return say(`${count} of ${amount} ${currency} of ${source}`, name);
  });
}
