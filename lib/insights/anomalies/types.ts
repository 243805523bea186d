import type { Series } from "@/lib/forecast/types.ts";

/** What is watched of a team or project, day by day. */
export const MEASURES = ["spend", "gpu-hours", "utilisation", "efficiency"] as const;
export type Measure = (typeof MEASURES)[number];

/** A day against the days before it. */
export interface Scored {
  /** What the days before led to expect, in the unit of the series. */
  readonly expected: number;
  /** Distance of the day from it in the detector's own unit, at least 0. Infinite: the days before did not differ at all. */
  readonly score: number;
  /** The smallest and the largest value with a score below the detector's threshold. */
  readonly lower: number;
  readonly upper: number;
}

/** One way to find unusual days. A file each in detectors/, one line each in detectors.ts. */
export interface Detector {
  /** As settings, files and the API write it. */
  readonly id: string;
  readonly title: string;
  /** How it works, in one sentence. */
  readonly about: string;
  /** The score from which a day is unusual. */
  readonly threshold: number;
  /**
   * Every day of a series against the days before it; the day itself and later ones are never part of what it is compared with.
   * Null: the day is unknown, or fewer than LEAST_HISTORY days before it are known.
   */
  readonly scores: (series: Series, threshold?: number) => readonly (Scored | null)[];
}

/** Known days before a day is compared with them. */
export const LEAST_HISTORY = 14;
/** Days that a baseline looks back. */
export const BASELINE_DAYS = 28;

/** What people say of an anomaly: it was meant to be so, it is a problem, or it is nothing. */
export const VERDICTS = ["expected", "real", "noise"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** `open`: nobody said anything; `explained`: a price change or a planned event accounts for it. */
export const ANOMALY_STATES = ["open", "explained", ...VERDICTS] as const;
export type AnomalyState = (typeof ANOMALY_STATES)[number];

/** An anomaly as addresses, files and the audit log name it: what of whom, and its first day. */
export interface AnomalyName {
  readonly measure: Measure;
  readonly scopeKind: "team" | "project";
  readonly scopeKey: number;
  readonly day: number;
}

export const anomalyId = ({ measure, scopeKind, scopeKey, day }: AnomalyName): string =>
  `${measure}-${scopeKind}-${scopeKey}-${day}`;

/** What an id names; null: not an id. */
export function parseAnomalyId(id: string): AnomalyName | null {
  const [, measure, scopeKind, key, day] = /^([a-z-]+)-(team|project)-(\d{1,15})-(\d{8})$/.exec(id) ?? [];
  const known = MEASURES.find((m) => m === measure);
  if (!known || !scopeKind) return null;
  return { measure: known, scopeKind: scopeKind as AnomalyName["scopeKind"], scopeKey: Number(key), day: Number(day) };
}
