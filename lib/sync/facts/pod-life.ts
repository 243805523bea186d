import { type Instant, type Interval, subtract, union } from "@/lib/time.ts";
import {
  boundEpisodes,
  OPEN_END,
  REPORT_LAG_SECONDS,
  type ReportedPhases,
  runningEpisodesOf,
} from "./running-episodes.ts";

/** What is stored of a pod: instants in seconds UTC. */
export interface ReportedPod {
  readonly id: string;
  /** Empty while it is bound to no node. */
  readonly node: string;
  readonly createdAt: Instant;
  /** The earliest start of a container that was ever reported; null before it started. */
  readonly startedAt: Instant | null;
  /** When it was first seen bound to a node before a container had started; null if it never was. */
  readonly boundAt: Instant | null;
  /** Its own end; OPEN_END while it has none. */
  readonly endedAt: Instant;
}

/** When a pod held its GPUs: half-open; `start` is null if nothing shows that it ever did. */
export interface PodLife {
  readonly start: Instant | null;
  readonly end: Instant;
}

/**
 * When each pod of a workload held its GPUs (docs/accounting.md §3), in the order of `pods`.
 *
 * From the earliest of: the first start of a container; the first look that saw it bound; the time since when its
 * workload is reported to initialise or run although no pod of it has started – not before its creation, and only for a
 * pod that is on a node. Until its own end, else the end of its workload if that came later than its start.
 */
export function podLives(reported: ReportedPhases, listed: readonly ReportedPod[]): PodLife[] {
  const pods = listed.map((pod) => withoutLateStart(pod, endOf(pod, reported.endedAt)));
  const started = pods.map((pod) => ({ start: pod.startedAt, end: endOf(pod, reported.endedAt) }));
  const seen = started.map(({ start, end }, i) => ({ start: earliest(start, pods[i]?.boundAt ?? null), end }));
  const isLate = ({ node, createdAt }: ReportedPod, { start, end }: PodLife) =>
    node !== "" && (start === null ? createdAt < end : start - createdAt > REPORT_LAG_SECONDS);
  if (!pods.some((pod, i) => isLate(pod, started[i] as PodLife))) return seen;
  const parts = uncoveredParts(boundEpisodes(reported, hasStarted(started)), spansOf(started));
  return seen.map((life, i) => {
    const pod = pods[i] as ReportedPod;
    const start = isLate(pod, started[i] as PodLife) ? startWithin(parts, pod, life.end) : null;
    return { start: earliest(life.start, start), end: life.end };
  });
}

/**
 * Since when a pod without a start, or with a late one, held its GPUs by the phases of its workload; null if they do not
 * show it.
 */
function startWithin(parts: readonly UncoveredPart[], pod: ReportedPod, end: Instant): Instant | null {
  for (const part of parts) {
    const from = Math.max(part.start, pod.createdAt);
    const to = Math.min(part.end, pod.startedAt ?? OPEN_END, end);
    const isDelay = (pod.startedAt !== null || !part.isWhole) && to - from <= REPORT_LAG_SECONDS;
    // What was held before a phase that released its GPUs was not held by this start of it.
    if (to > from && !isDelay && (pod.startedAt ?? 0) <= part.episode.end) return from;
  }
  return null;
}

/** A start after the end is that of a restart, or by another clock: when it first started is not known. */
const withoutLateStart = (pod: ReportedPod, end: Instant): ReportedPod =>
  pod.startedAt !== null && pod.startedAt > end ? { ...pod, startedAt: null } : pod;

const hasStarted = (lives: readonly PodLife[]) => lives.some(({ start }) => start !== null);

/** The end of a pod without one of its own is that of its workload; a workload that ran on after it has none for it. */
function endOf(pod: ReportedPod, workloadEnd: Instant | null): Instant {
  if (pod.endedAt !== OPEN_END || workloadEnd === null) return pod.endedAt;
  return workloadEnd > (pod.startedAt ?? pod.createdAt) ? workloadEnd : pod.endedAt;
}

function earliest(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/** The lives of pods that held anything, as half-open intervals. */
export function spansOf(lives: readonly PodLife[]): Interval[] {
  return lives.flatMap(({ start, end }) => (start === null || end <= start ? [] : [{ start, end }]));
}

interface UncoveredPart extends Interval {
  readonly episode: Interval;
  /** Whether no pod covers any of its episode. */
  readonly isWhole: boolean;
}

function uncoveredParts(episodes: readonly Interval[], covered: readonly Interval[]): UncoveredPart[] {
  const spans = union(covered);
  return episodes.flatMap((episode) =>
    subtract(episode, spans).map((part) => ({
      ...part,
      episode,
      isWhole: part.start === episode.start && part.end === episode.end,
    })),
  );
}

/** Time in which a workload ran and no listed pod of it did. */
export interface Uncovered extends Interval {
  /**
   * Whether pods that the source no longer lists may have held GPUs: a list keeps longest what ended last, so nothing is
   * hidden after the end of a listed pod – unless the whole episode is without one.
   */
  readonly mayHide: boolean;
}

/**
 * The running time of a workload that no pod covers, as half-open intervals: of its phase history if one was read, else
 * of its allocation samples, else – without started pods – of its own times. Parts of at most REPORT_LAG_SECONDS beside
 * a pod are left out.
 * @param lives of its pods (podLives).
 * @param allocated when samples say that it held GPUs; null without samples.
 */
export function uncoveredTime(
  reported: ReportedPhases,
  lives: readonly PodLife[],
  allocated: readonly Interval[] | null,
): Uncovered[] {
  const covered = spansOf(lives);
  const firstEnd = covered.reduce((least, { end }) => Math.min(least, end), OPEN_END);
  return uncoveredParts(runningEpisodesOf(reported, hasStarted(lives), allocated), covered).flatMap(
    ({ start, end, isWhole }) =>
      isWhole || end - start > REPORT_LAG_SECONDS ? [{ start, end, mayHide: isWhole || start < firstEnd }] : [],
  );
}

/** When a workload may have held GPUs, by its pods and beside them: half-open, disjoint, ascending. */
export function maybeHeld(
  reported: ReportedPhases,
  pods: readonly ReportedPod[],
  allocated: readonly Interval[] | null,
): Interval[] {
  const lives = podLives(reported, pods);
  return union([...spansOf(lives), ...uncoveredTime(reported, lives, allocated)]);
}
