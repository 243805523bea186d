import { z } from "zod";
import { AppError } from "@/lib/errors.ts";
import type { Instant } from "@/lib/time.ts";

/**
 * The envelope of every answer. Its `data` is read by `readMatrix` and `readVector`, which are fast enough for samples.
 */
export const envelopeSchema = z.looseObject({
  status: z.enum(["success", "error"]),
  data: z.unknown().optional(),
  errorType: z.string().nullish(),
  error: z.string().nullish(),
  warnings: z.array(z.string()).nullish(),
  isPartial: z.boolean().nullish(),
});
export type Envelope = z.output<typeof envelopeSchema>;

export const buildInfoSchema = z.looseObject({
  version: z.string().nullish(),
  revision: z.string().nullish(),
  goVersion: z.string().nullish(),
  application: z.string().nullish(),
});
export type BuildInfo = z.output<typeof buildInfoSchema>;

export type Labels = Readonly<Record<string, string>>;

/** One series as the server sent it: instants as sent (seconds), values finite; a missing value has no instant. */
export interface Points {
  readonly labels: Labels;
  readonly at: Instant[];
  readonly value: number[];
}

/** The text of a sample as a number; null for NaN, infinities and text that is not a number: missing, never zero. */
export function parseSample(text: string): number | null {
  const value = Number(text);
  if (!Number.isFinite(value)) return null;
  // Number("") and Number(" ") are 0.
  return value === 0 && text.trim() === "" ? null : value;
}

function wrong(what: string): never {
  throw new AppError("source_unavailable", `The answer is not what the Prometheus API defines: ${what}.`);
}

function resultOf(data: unknown, type: string): unknown[] {
  const { resultType, result } = (data ?? {}) as { resultType?: unknown; result?: unknown };
  if (resultType !== type) wrong(`resultType is ${JSON.stringify(resultType)}, not "${type}"`);
  // Mimir and VictoriaMetrics sometimes write an empty result as null.
  if (result === null || result === undefined) return [];
  if (!Array.isArray(result)) wrong("result is not a list");
  return result;
}

function labelsOf(item: unknown): Labels {
  const metric = (item as { metric?: unknown } | null)?.metric;
  if (typeof metric !== "object" || metric === null) wrong("a series has no labels");
  return metric as Labels;
}

function push(points: Points, pair: unknown): void {
  if (!Array.isArray(pair) || typeof pair[0] !== "number" || typeof pair[1] !== "string")
    wrong('a sample is not [seconds, "value"]');
  const value = parseSample(pair[1]);
  if (value === null) return;
  points.at.push(pair[0]);
  points.value.push(value);
}

/**
 * The series of a range answer. Native histograms have no `values` and are returned empty.
 * @throws AppError on another shape.
 */
export function readMatrix(data: unknown): Points[] {
  return resultOf(data, "matrix").map((item) => {
    const points: Points = { labels: labelsOf(item), at: [], value: [] };
    const values = (item as { values?: unknown }).values ?? [];
    if (!Array.isArray(values)) wrong("the values of a series are not a list");
    for (const pair of values) push(points, pair);
    return points;
  });
}

/** The series of an instant answer, each with one point or none. @throws AppError on another shape. */
export function readVector(data: unknown): Points[] {
  return resultOf(data, "vector").map((item) => {
    const points: Points = { labels: labelsOf(item), at: [], value: [] };
    const value = (item as { value?: unknown }).value;
    if (value !== undefined) push(points, value);
    return points;
  });
}
