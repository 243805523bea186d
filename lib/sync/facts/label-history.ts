import type { Instant } from "@/lib/time.ts";

/**
 * The labels of a workload over time: key → value → the starts of the first and the last day (in the billing zone) on
 * which the value was reported.
 */
export type LabelHistory = Readonly<Record<string, Readonly<Record<string, readonly [Instant, Instant]>>>>;

export type Labels = Readonly<Record<string, string>>;

/**
 * The history with the labels that were seen on a day, given by its start. The order in which days are added does not
 * matter.
 */
export function withLabels(history: LabelHistory, seen: Labels, day: Instant): LabelHistory {
  const out: Record<string, Record<string, readonly [Instant, Instant]>> = {};
  for (const [key, values] of Object.entries(history)) out[key] = { ...values };
  for (const [key, value] of Object.entries(seen)) {
    const [first, last] = out[key]?.[value] ?? [day, day];
    out[key] = { ...out[key], [value]: [Math.min(first, day), Math.max(last, day)] };
  }
  return sorted(out, (values) => sorted(values));
}

/**
 * The labels that a workload had on a day, given by its start: for each key the value that was reported last up to
 * then; before the first report the first value, because pods keep the labels that they are created with. Of two values
 * reported on one day, the one that was first reported later.
 */
export function labelsOn(history: LabelHistory, day: Instant): Labels {
  const out: Record<string, string> = {};
  for (const [key, values] of Object.entries(history)) {
    const spans = Object.entries(values);
    const begun = spans.filter(([, [first]]) => first <= day);
    const reportedAt = ([, [, last]]: (typeof spans)[number]) => Math.min(last, day);
    const [best] =
      begun.length > 0
        ? begun.sort((a, b) => reportedAt(b) - reportedAt(a) || b[1][0] - a[1][0] || (a[0] < b[0] ? -1 : 1))
        : spans.sort((a, b) => a[1][0] - b[1][0] || (a[0] < b[0] ? -1 : 1));
    if (best) out[key] = best[0];
  }
  return sorted(out);
}

/** The longest day, in seconds. */
const LONGEST_DAY = 26 * 3600;

/**
 * The first instant from which labels differ, on its day or the next; 0 if they differ on every day, null if on none.
 */
export function changedSince(before: LabelHistory, after: LabelHistory): Instant | null {
  const spans = [before, after].flatMap((history) => Object.values(history).flatMap((values) => Object.values(values)));
  const firsts = spans.map(([first]) => first);
  // A value can end on the day after its last report; where another value begins on that day, its first report covers
  // it.
  const lasts = spans.map(([, last]) => last).filter((l) => !firsts.some((f) => f > l && f <= l + LONGEST_DAY));
  const edges = [0, ...firsts, ...lasts.map((last) => last + 1)].sort((a, b) => a - b);
  const on = (history: LabelHistory, day: Instant) => JSON.stringify(labelsOn(history, day));
  return edges.find((day) => on(before, day) !== on(after, day)) ?? null;
}

function sorted<T>(record: Readonly<Record<string, T>>, inside: (value: T) => T = (value) => value): Record<string, T> {
  const entries = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, inside(value)]));
}
