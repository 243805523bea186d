import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { DETECTORS } from "./detectors.ts";
import type { Floors } from "./floors.ts";
import type { Detector } from "./types.ts";

/** How anomalies are looked for. The floor's amount is in micro-units of the ledger currency. */
export interface AnomalySettings {
  readonly detector: Detector;
  readonly threshold: number;
  readonly floors: Floors;
}

const DEFAULT_AMOUNT = 50;
const DEFAULT_PERCENT = 20;
const KEYS = ["method", "score", "min_cost", "min_percent"];

/**
 * Reads `method=robust-z, score=4, min_cost=100, min_percent=25`; empty: the defaults. A method brings its own score.
 * @throws AppError `invalid` naming what is not a setting, a method or a number.
 */
export function parseAnomalySettings(text: string): AnomalySettings {
  const given = new Map<string, string>();
  for (const part of text.split(",").map((p) => p.trim())) {
    if (!part) continue;
    const [, key = "", value = ""] = /^([a-z_]+)\s*=\s*(\S+)$/.exec(part) ?? [];
    if (!KEYS.includes(key)) throw wrong(part, `write one of ${KEYS.join(", ")} with its value`);
    given.set(key, value);
  }
  const [usual] = DETECTORS;
  const method = given.get("method");
  const detector = method === undefined ? usual : DETECTORS.find((d) => d.id === method);
  if (!detector)
    throw wrong(`method=${method}`, `there is no such method: use ${DETECTORS.map((d) => d.id).join(", ")}`);
  return {
    detector,
    threshold: numberOf(given, "score", detector.threshold),
    floors: {
      amount: 1e6 * numberOf(given, "min_cost", DEFAULT_AMOUNT),
      percent: numberOf(given, "min_percent", DEFAULT_PERCENT),
    },
  };
}

/** Those of the settings. @throws AppError `invalid`. */
export const anomalySettings = (): AnomalySettings => parseAnomalySettings(env().ANOMALY_RULES);

function numberOf(given: ReadonlyMap<string, string>, key: string, usual: number): number {
  const text = given.get(key);
  if (text === undefined) return usual;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw wrong(`${key}=${text}`, `"${text}" is not a number of 0 or more`);
  return value;
}

const wrong = (part: string, why: string) => new AppError("invalid", `ANOMALY_RULES: ${part}: ${why}.`);
