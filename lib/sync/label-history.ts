import { DAY, type Instant } from "@/lib/time";

/** Labels of a workload as they were told: key → value → the first and last day (its start, UTC) on which it was. */
export type LabelHistory = Readonly<Record<string, Readonly<Record<string, readonly [Instant, Instant]>>>>;

export type Labels = Readonly<Record<string, string>>;

/** The history with labels that were seen at an instant. In whatever order windows are read, it comes to the same. */
export function withLabels(history: LabelHistory, seen: Labels, at: Instant): LabelHistory {
  const day = at - (at % DAY);
  const out: Record<string, Record<string, readonly [Instant, Instant]>> = {};
  for (const [key, values] of Object.entries(history)) out[key] = { ...values };
  for (const [key, value] of Object.entries(seen)) {
    const [first, last] = out[key]?.[value] ?? [day, day];
    out[key] = { ...out[key], [value]: [Math.min(first, day), Math.max(last, day)] };
  }
  return sorted(out, (values) => sorted(values));
}

/**
 * The labels that a workload had at an instant: of each key the value that was told last up to then; before the first that
 * was told, that one, for pods keep the labels that they are made with. Of two told on one day, the one that came later.
 */
export function labelsAt(history: LabelHistory, at: Instant): Labels {
  const out: Record<string, string> = {};
  for (const [key, values] of Object.entries(history)) {
    const spans = Object.entries(values);
    const begun = spans.filter(([, [first]]) => first <= at);
    const toldAt = ([, [, last]]: (typeof spans)[number]) => Math.min(last, at);
    const [best] =
      begun.length > 0
        ? begun.sort((a, b) => toldAt(b) - toldAt(a) || b[1][0] - a[1][0] || (a[0] < b[0] ? -1 : 1))
        : spans.sort((a, b) => a[1][0] - b[1][0] || (a[0] < b[0] ? -1 : 1));
    if (best) out[key] = best[0];
  }
  return sorted(out);
}

/** Whether labels of some day are others than they were: not where a value is only told once more. */
export function tellsAnew(before: LabelHistory, after: LabelHistory): boolean {
  return Object.entries(after).some(([key, values]) => {
    const old = before[key] ?? {};
    const several = Object.keys(values).length > 1;
    return Object.entries(values).some(([value, [first, last]]) => {
      const was = old[value];
      return !was || (several && (was[0] !== first || was[1] !== last));
    });
  });
}

function sorted<T>(record: Readonly<Record<string, T>>, inside: (value: T) => T = (value) => value): Record<string, T> {
  const entries = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, inside(value)]));
}
