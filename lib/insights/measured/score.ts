/** Counts of a detector against labels. */
export interface Score {
  readonly detector: string;
  readonly found: number;
  readonly missed: number;
  readonly wrong: number;
}

/** Of what it found, the part that is right; null where it found nothing. */
export const precisionOf = (s: Score): number | null => (s.found + s.wrong ? s.found / (s.found + s.wrong) : null);
/** Of what there was, the part that it found; null where there was nothing. */
export const recallOf = (s: Score): number | null => (s.found + s.missed ? s.found / (s.found + s.missed) : null);

/** One case as one detector sees it. `may`: neither right nor wrong. */
export interface Verdicted {
  readonly detector: string;
  readonly fires: boolean;
  readonly truth: "yes" | "no" | "may";
}

/** Scores by detector, in the order of their first appearance. */
export function scores(list: Iterable<Verdicted>): Score[] {
  const out = new Map<string, { found: number; missed: number; wrong: number }>();
  for (const { detector, fires, truth } of list) {
    const score = out.get(detector) ?? { found: 0, missed: 0, wrong: 0 };
    out.set(detector, score);
    if (truth === "yes") fires ? score.found++ : score.missed++;
    else if (truth === "no" && fires) score.wrong++;
  }
  return [...out].map(([detector, score]) => ({ detector, ...score }));
}

const figure = (value: number | null): string => (value === null ? "–" : value.toFixed(3));

/** Scores as a table for people, in Markdown. */
export function scoreTable(list: readonly Score[]): string {
  const rows = list.map(
    (s) =>
      `| ${s.detector} | ${s.found + s.missed} | ${s.found} | ${s.missed} | ${s.wrong} | ${figure(precisionOf(s))} | ${figure(recallOf(s))} |`,
  );
  return [
    "| detector | cases | found | missed | wrong | precision | recall |",
    "|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}
