import type { Evidence, Loss, Severity, Verdict } from "@/lib/insights/rules/rule.ts";
import type { Instant } from "@/lib/time.ts";

/** What the job knows of one finding: nothing of what people said about it. */
export interface Tracked {
  readonly openedAt: Instant;
  readonly sinceAt: Instant;
  readonly lastSeenAt: Instant;
  readonly endedAt: Instant | null;
  readonly clearCells: number;
  readonly clearAt: Instant | null;
  readonly countedAt: Instant;
  readonly episodes: readonly (readonly [start: Instant, end: Instant | null])[];
  readonly severity: Severity;
  readonly evidence: readonly Evidence[];
  readonly nowMilli: number;
}

/** A loss in one cell. */
export interface DatedLoss extends Loss {
  readonly at: Instant;
}

export interface TrackInput {
  /** Cells to judge, half-open, in the index of the subject. */
  readonly from: number;
  readonly end: number;
  /** Start of a cell. */
  readonly instant: (index: number) => Instant;
  readonly index: (at: Instant) => number;
  /** Of the cell before `end`. */
  readonly judge: (end: number) => Verdict;
  readonly lost: (index: number) => readonly Loss[];
  readonly severity: Severity;
  readonly closeAfter: number;
}

/**
 * Follows a finding over some cells, one after the other: it opens at the end of the first cell that its rule fires on,
 * and ends with the start of `closeAfter` cells that are clear, or when its subject holds nothing. Unknown cells change
 * nothing. Following cells in parts gives the same as following them at once.
 * @returns its state, null while it never opened, and what was lost in these cells.
 */
export function track(prior: Tracked | null, input: TrackInput): { state: Tracked | null; losses: DatedLoss[] } {
  const { from, end, instant, index, judge, lost, closeAfter } = input;
  const losses: DatedLoss[] = [];
  let state = prior;
  const count = (i: number) => {
    for (const loss of lost(i)) losses.push({ ...loss, at: instant(i) });
  };
  for (let i = from; i < end; i++) {
    const verdict = judge(i + 1);
    const until = instant(i + 1);
    if (state?.endedAt === null) {
      count(i);
      state = { ...state, countedAt: until, ...continued(state, verdict, instant(i), until, closeAfter) };
    } else if (verdict.kind === "fires") {
      const first = Math.max(verdict.since, state ? index(state.countedAt) : 0, 0);
      for (let k = first; k <= i; k++) count(k);
      state = {
        ...seen(verdict, until, input.severity),
        openedAt: until,
        sinceAt: instant(Math.min(first, i)),
        endedAt: null,
        countedAt: until,
        episodes: [...(state?.episodes ?? []), [until, null]],
      };
    }
  }
  return { state, losses };
}

type Fires = Extract<Verdict, { kind: "fires" }>;

const seen = ({ evidence, milli, severity }: Fires, at: Instant, usual: Severity) => ({
  ...{ lastSeenAt: at, clearCells: 0, clearAt: null, evidence, nowMilli: milli, severity: severity ?? usual },
});

/** What changes in an open finding by the verdict on the next cell. */
function continued(
  state: Tracked,
  verdict: Verdict,
  start: Instant,
  until: Instant,
  closeAfter: number,
): Partial<Tracked> {
  if (verdict.kind === "fires") return seen(verdict, until, state.severity);
  if (verdict.kind === "unknown") return {};
  const clearAt = state.clearAt ?? start;
  const clearCells = state.clearCells + 1;
  if (verdict.kind === "clear" && clearCells < closeAfter) return { clearCells, clearAt };
  return closed(state, clearAt);
}

/** What changes in an open finding that ends at an instant. */
export function closed(
  state: Tracked,
  at: Instant,
): Pick<Tracked, "clearCells" | "clearAt" | "endedAt" | "episodes" | "nowMilli"> {
  const episodes = state.episodes.map((e, i) => (i === state.episodes.length - 1 ? ([e[0], at] as const) : e));
  return { clearCells: 0, clearAt: null, endedAt: at, episodes, nowMilli: 0 };
}

/**
 * A finding as it stood at an instant, where everything from then on is judged again: episodes that began later are
 * forgotten, and one that lasts beyond is open.
 */
export function cutAt(state: Tracked, at: Instant): Tracked | null {
  const episodes = state.episodes
    .filter(([start]) => start <= at)
    .map(([start, end]) => [start, end !== null && end > at ? null : end] as const);
  const last = episodes.at(-1);
  if (!last) return null;
  return {
    ...state,
    openedAt: last[0],
    sinceAt: Math.min(state.sinceAt, last[0]),
    lastSeenAt: Math.min(state.lastSeenAt, Math.max(at, last[0])),
    endedAt: last[1],
    clearCells: 0,
    clearAt: null,
    countedAt: Math.min(state.countedAt, at),
    episodes,
  };
}
