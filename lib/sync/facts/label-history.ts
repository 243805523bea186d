import type { Instant } from "@/lib/time.ts";

/** Labels of a workload as they were told: key → value → the starts of the first and last day (of the billing zone) on which it was. */
export type LabelHistory = Readonly<Record<string, Readonly<Record<string, readonly [Instant, Instant]>>>>;

export type Labels = Readonly<Record<string, string>>;

/** The history with labels that were seen on a day, by its start. In whatever order days are read, it comes to the same. */
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
 * The labels that a workload had on a day, by its start: of each key the value that was told last up to then; before the first
 * that was told, that one, for pods keep the labels that they are made with. Of two told on one day, the one that came later.
 */
export function labelsOn(history: LabelHistory, day: Instant): Labels {
  const out: Record<string, string> = {};
  for (const [key, values] of Object.entries(history)) {
    const spans = Object.entries(values);
    const begun = spans.filter(([, [first]]) => first <= day);
    const toldAt = ([, [, last]]: (typeof spans)[number]) => Math.min(last, day);
    const [best] =
      begun.length > 0
        ? begun.sort((a, b) => toldAt(b) - toldAt(a) || b[1][0] - a[1][0] || (a[0] < b[0] ? -1 : 1))
        : spans.sort((a, b) => a[1][0] - b[1][0] || (a[0] < b[0] ? -1 : 1));
    if (best) out[key] = best[0];
  }
  return sorted(out);
}

/** A day, at its longest. */
const LONGEST_DAY = 26 * 3600;

/** An instant from which on labels are others than they were, on its day or the next; 0: on every day; null: on none. */
export function changedSince(before: LabelHistory, after: LabelHistory): Instant | null {
  const spans = [before, after].flatMap((history) => Object.values(history).flatMap((values) => Object.values(values)));
  const firsts = spans.map(([first]) => first);
  // A value may give way on the day after its last; where another begins on that day, that is told by its first.
  const lasts = spans.map(([, last]) => last).filter((l) => !firsts.some((f) => f > l && f <= l + LONGEST_DAY));
  const edges = [0, ...firsts, ...lasts.map((last) => last + 1)].sort((a, b) => a - b);
  const on = (history: LabelHistory, day: Instant) => JSON.stringify(labelsOn(history, day));
  return edges.find((day) => on(before, day) !== on(after, day)) ?? null;
}

function sorted<T>(record: Readonly<Record<string, T>>, inside: (value: T) => T = (value) => value): Record<string, T> {
  const entries = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, inside(value)]));
}
