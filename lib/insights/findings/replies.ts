import type { RuleWords } from "@/lib/insights/rules/rule.ts";

/** How often people called findings of a rule right, right but expected, and wrong. */
export interface Replies {
  readonly real: number;
  readonly expected: number;
  readonly wrong: number;
}

/** What was said of a finding, oldest first. */
export interface Said {
  readonly findingKey: number;
  readonly rule: string;
  readonly kind: string;
  readonly verdict: string;
}

/**
 * Counts each finding once, by what was decided last: a person who resolved it found it real; a dispute counts as its
 * owner called it once an administrator accepts it, and as real where one refuses it. Disputes without an answer, and snoozes, say
 * nothing of the rule.
 * @param list ascending by time.
 */
export function countReplies(list: readonly Said[]): ReadonlyMap<string, Replies> {
  const out = new Map<string, { real: number; expected: number; wrong: number }>();
  for (const own of Map.groupBy(list, (s) => s.findingKey).values()) {
    let claimed = "";
    let decided: keyof Replies | null = null;
    for (const { kind, verdict } of own) {
      if (kind === "disputed") claimed = verdict;
      else if (kind === "answered" && verdict === "accepted") decided = claimed === "wrong" ? "wrong" : "expected";
      else if (verdict === "real") decided = "real";
    }
    const rule = own[0]?.rule ?? "";
    if (decided === null) continue;
    const counts = out.get(rule) ?? { real: 0, expected: 0, wrong: 0 };
    counts[decided]++;
    out.set(rule, counts);
  }
  return out;
}

/** Of the findings that were answered, the percent that nobody called wrong; null: none was. */
export function repliedPrecision({ real, expected, wrong }: Replies): number | null {
  const all = real + expected + wrong;
  return all ? (100 * (real + expected)) / all : null;
}

/** In words: "12 of 14 answered findings were right (86 %), 3 of them expected". */
export function repliesText(replies: Replies): string {
  const precision = repliedPrecision(replies);
  const { real, expected, wrong } = replies;
  if (precision === null) return "No finding answered yet";
  const all = real + expected + wrong;
  const meant = expected ? `, ${expected} of them expected` : "";
  return `${real + expected} of ${all} answered ${all === 1 ? "finding" : "findings"} right (${precision.toFixed(0)} %)${meant}`;
}

/** What a rule reaches on labelled workloads, in words. Empty for rules of another version. */
export function measuredText({ measured }: Pick<RuleWords, "measured">): string {
  if (!measured) return "";
  const percent = (part: number) => `${(100 * part).toFixed(part === 1 ? 0 : 1)} %`;
  return `On labelled workloads ${percent(measured.precision)} of its findings are right, and it finds ${percent(measured.recall)} of the cases`;
}
