import { DAY, parseInstant } from "@/lib/time.ts";
import { type Call, json, type Reply } from "@/simulator/http.ts";
import { hashText, mix } from "@/simulator/random.ts";
import { iso, missingParameter, type RunaiContext, RunaiError } from "./context.ts";

/** One instant to answer: the grid index whose sample is shown, and the time it is shown at (ms). */
export interface Point {
  readonly i: number;
  readonly ms: number;
}

export interface MetricRequest {
  readonly types: readonly string[];
  readonly points: readonly Point[];
}

/** The sample of a series at a grid index, in the wire's unit; null without a sample. */
export type SampleAt = (i: number) => number | null;

export interface Measurement {
  readonly type: string;
  readonly labels: Readonly<Record<string, string>> | null;
  /** Names the series for seeded gaps. */
  readonly key: string;
  readonly at: SampleAt;
}

function msOf(call: Call, name: string): number {
  const text = call.query.get(name);
  if (!text) throw missingParameter(name);
  const ms = /[zZ]|[+-]\d\d:?\d\d$/.test(text) ? Date.parse(text) : Date.parse(`${text.replace(" ", "T")}Z`);
  if (Number.isNaN(ms) || parseInstant(text) === null)
    throw new RunaiError(400, `Validation failed - ${name} is not a date-time`, text);
  return ms;
}

function samplesOf(context: RunaiContext, call: Call): number {
  const text = call.query.get("numberOfSamples") ?? "20";
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0 || count > context.switches.maxSamples)
    throw new RunaiError(
      400,
      `Validation failed - numberOfSamples must be between 0 and ${context.switches.maxSamples}`,
      text,
    );
  return count === 0 ? 20 : count;
}

function typesOf(context: RunaiContext, call: Call, known: ReadonlySet<string>): string[] {
  const types = call.query
    .getAll("metricType")
    .flatMap((t) => t.split(","))
    .filter(Boolean);
  if (types.length === 0) throw missingParameter("metricType");
  if (types.length > context.switches.maxMetricTypes)
    throw new RunaiError(
      400,
      `Validation failed - at most ${context.switches.maxMetricTypes} metric types`,
      String(types.length),
    );
  for (const type of types) if (!known.has(type)) throw new RunaiError(400, "Validation failed - metricType", type);
  return types;
}

/**
 * The points of `[start, end)`: `numberOfSamples` of them, evenly, the first at `start`. On an aligned window with one
 * sample per grid step these are exactly the grid's instants. One sample alone is the latest before `end`.
 * @throws RunaiError 400 for a range or number of samples that the API refuses.
 */
export function metricRequest(context: RunaiContext, call: Call, known: ReadonlySet<string>): MetricRequest {
  const types = typesOf(context, call, known);
  const [start, end] = [msOf(call, "start"), msOf(call, "end")];
  if (start >= end) throw new RunaiError(400, "Validation failed - start must be before end");
  const now = context.clock.now();
  if (end > (now + 1) * 1000) throw new RunaiError(400, "Validation failed - end is in the future");
  const count = samplesOf(context, call);
  const grid = context.timeline.step * 1000;
  const { metricRetentionDays } = context.switches;
  const oldest = metricRetentionDays === null ? Number.NEGATIVE_INFINITY : (now - metricRetentionDays * DAY) * 1000;
  if (count === 1) {
    const i = Math.ceil(end / grid) - 1;
    return { types, points: i * grid < oldest ? [] : [{ i, ms: Math.max(i * grid, start) }] };
  }
  const points: Point[] = [];
  for (let k = 0; k < count; k++) {
    const ms = start + (k * (end - start)) / count;
    if (ms >= oldest && ms <= now * 1000) points.push({ i: Math.floor(ms / grid), ms });
  }
  return { types, points };
}

function timestamp(ms: number): string {
  return ms % 1000 === 0 ? iso(ms / 1000) : new Date(Math.round(ms)).toISOString();
}

function gap(rate: number, key: number, i: number, step: number): boolean {
  return rate > 0 && mix(key, Math.floor((i * step) / 300)) / 4_294_967_296 < rate;
}

function oddValue(type: string, hash: number, value: string): string {
  if (hash % 53 === 0) return "NaN";
  return type.startsWith("GPU_UTILIZATION") && hash % 31 === 0 ? "104.5" : value;
}

function valuesOf(context: RunaiContext, request: MetricRequest, m: Measurement) {
  const { odd, gapRate } = context.odd();
  const key = hashText(m.key);
  const out: { value: string; timestamp: string }[] = [];
  for (const { i, ms } of request.points) {
    const value = m.at(i);
    if (value === null || gap(gapRate, key, i, context.timeline.step)) continue;
    const text = String(Math.round(value * 10_000) / 10_000);
    out.push({ value: odd ? oddValue(m.type, mix(key, i), text) : text, timestamp: timestamp(ms) });
  }
  return out;
}

/** The body of every metrics endpoint. With the partial fault a part comes as 207, with series missing or `values: null`. */
export function metricsReply(
  context: RunaiContext,
  call: Call,
  request: MetricRequest,
  measurements: readonly Measurement[],
): Reply {
  const { partialRate } = context.odd();
  const partial = partialRate > 0 && context.draw(call.path) < partialRate;
  const full = measurements.map((m) => ({ type: m.type, labels: m.labels, values: valuesOf(context, request, m) }));
  if (!partial) return json({ measurements: full });
  const cut = full.filter((_, n) => n % 3 !== 1).map((m, n) => (n % 2 === 0 ? { ...m, values: null } : m));
  return json({ measurements: cut }, 207);
}
