import { HttpError } from "@/lib/http.ts";
import type { Log } from "@/lib/log.ts";
import type { Missing } from "@/lib/sources/source.ts";
import { ceilTo, floorTo, formatInstant, type Interval } from "@/lib/time.ts";
import type { RunaiClient } from "./client.ts";
import { describeFailure } from "./failure.ts";
import { isRecentType } from "./metric-names.ts";
import * as wire from "./wire.ts";

const NO_DATA = { kind: "no-data", cause: "no data" } as const;
const GONE = { kind: "gone", cause: "Run:ai does not know it, or no longer (404)" } as const;

const MOST_TYPES = 9;
const MOST_SAMPLES = 1000;
const TRIES = 3;

/** A request: which metrics of one subject, at which path, over which time. */
export interface MetricsAsk {
  readonly path: string;
  /** Subjects with the same offered types: the kind of the subject and its cluster. */
  readonly family: string;
  readonly window: Interval;
  readonly groups: readonly { readonly types: readonly string[]; readonly stepSeconds: number }[];
}

export interface MetricsAnswer {
  /** As sent, in any order, with duplicates where calls overlap. */
  readonly measurements: readonly wire.WireMeasurement[];
  readonly missing: readonly MissingType[];
}

/** A type without data and the reason, as the vendor names the type. */
export interface MissingType extends Pick<Missing, "kind" | "cause"> {
  readonly type: string;
}

interface Part {
  readonly measurements: wire.WireMeasurement[];
  readonly missing: MissingType[];
  readonly error: unknown;
}

interface CallAnswer {
  readonly partial: boolean;
  readonly measurements: readonly wire.WireMeasurement[];
}
const NOTHING: CallAnswer = { partial: false, measurements: [] };

const hasValues = (m: wire.WireMeasurement) => (m.values?.length ?? 0) > 0;

/** The calls that cover the window: aligned to the step, at most 1,000 samples each. */
export function spansOf(window: Interval, stepSeconds: number): { span: Interval; samples: number }[] {
  const aligned = { start: floorTo(window.start, stepSeconds), end: ceilTo(window.end, stepSeconds) };
  const length = stepSeconds * MOST_SAMPLES;
  const out: { span: Interval; samples: number }[] = [];
  for (let { start } = aligned; start < aligned.end; start += length) {
    const end = Math.min(start + length, aligned.end);
    // A request for one sample returns the latest, which may be the excluded instant `end`: request the one before as
    // well.
    const from = end - start === stepSeconds ? start - stepSeconds : start;
    out.push({ span: { start: from, end }, samples: (end - from) / stepSeconds });
  }
  return out;
}

/** Reads metrics in calls of at most 9 types and 1,000 samples, and repeats what a partial answer left out. */
export class MetricsReader {
  readonly #client: RunaiClient;
  readonly #log: Log;
  /** `family type` that this version refuses. */
  readonly #refused = new Set<string>();
  /** `family type` that complete answers leave out, such as profiling metrics that are switched off. */
  readonly #absent = new Set<string>();

  constructor(client: RunaiClient, log: Log) {
    this.#client = client;
    this.#log = log;
  }

  /**
   * The samples of one subject; what is missing is in `missing`.
   * @throws the error of the first call, when no call succeeded and the subject is not merely unknown (404) or
   *   forbidden (403).
   */
  async read(ask: MetricsAsk): Promise<MetricsAnswer> {
    const calls = ask.groups.flatMap((group) =>
      spansOf(ask.window, group.stepSeconds).flatMap(({ span, samples }) =>
        chunks(group.types, MOST_TYPES).map((types) => this.#part(ask, types, span, samples)),
      ),
    );
    const parts = await Promise.all(calls);
    const failure = parts.find((part) => part.error !== null)?.error;
    const isSubjects = failure instanceof HttpError && (failure.status === 404 || failure.status === 403);
    if (failure && !isSubjects && parts.every((part) => part.error !== null)) throw failure;
    const measurements = parts.flatMap((part) => part.measurements);
    const present = new Set(measurements.filter(hasValues).map((m) => m.type));
    const missing = [...new Map(parts.flatMap((p) => p.missing).map((m) => [`${m.type} ${m.cause}`, m])).values()];
    const explained = new Set(missing.map((m) => m.type));
    for (const type of ask.groups.flatMap((group) => group.types))
      if (!present.has(type) && !explained.has(type)) missing.push({ type, ...NO_DATA });
    return { measurements, missing };
  }

  async #part(ask: MetricsAsk, types: readonly string[], span: Interval, samples: number): Promise<Part> {
    const measurements: wire.WireMeasurement[] = [];
    let wanted = types.filter((type) => !this.#refused.has(`${ask.family} ${type}`));
    let partial = false;
    for (let tries = 1; wanted.length > 0 && tries <= TRIES; tries++) {
      try {
        const answer = await this.#ask(ask, wanted, span, samples);
        partial = answer.partial;
        measurements.push(...answer.measurements);
        wanted = wanted.filter((type) => !this.#isAnswered(ask.family, type, answer));
      } catch (error) {
        const isUnknown = error instanceof HttpError && error.status === 404;
        const why = isUnknown ? GONE : ({ kind: "failed", cause: describeFailure(error) } as const);
        return { measurements, missing: wanted.map((type) => ({ type, ...why })), error };
      }
    }
    if (!partial) for (const type of wanted) this.#absent.add(`${ask.family} ${type}`);
    const cause = `the answer for ${formatInstant(span.start)} to ${formatInstant(span.end)} stayed partial (207)`;
    return {
      measurements,
      missing: partial ? wanted.map((type) => ({ type, kind: "failed", cause })) : [],
      error: null,
    };
  }

  #isAnswered(family: string, type: string, answer: CallAnswer): boolean {
    if (this.#refused.has(`${family} ${type}`)) return true;
    const own = answer.measurements.filter((m) => m.type === type);
    if (own.length > 0) {
      this.#absent.delete(`${family} ${type}`);
      // A partial answer does not say whether all cards are in it, or only some.
      return !answer.partial || (!type.endsWith("_PER_GPU") && own.every(hasValues));
    }
    return !answer.partial && this.#absent.has(`${family} ${type}`);
  }

  async #ask(ask: MetricsAsk, types: readonly string[], span: Interval, samples: number): Promise<CallAnswer> {
    try {
      return await this.#get(ask.path, types, span, samples);
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 400) throw error;
      return this.#askOlder(ask, types, span, samples, error);
    }
  }

  /**
   * After a 400: an older version refuses a whole call because of one unknown type. Finds which, and does not request
   * it again.
   */
  async #askOlder(
    ask: MetricsAsk,
    types: readonly string[],
    span: Interval,
    samples: number,
    refusal: HttpError,
  ): Promise<CallAnswer> {
    const speaksOfTypes = /metric|enum/i.test(refusal.text);
    const older = types.filter((type) => !isRecentType(type));
    if (older.length < types.length && (older.length > 0 || speaksOfTypes)) {
      const answer = older.length > 0 ? await this.#ask(ask, older, span, samples) : NOTHING;
      this.#refuse(ask.family, types.filter(isRecentType));
      return answer;
    }
    if (types.length === 1 || !speaksOfTypes) throw refusal;
    const answers = await Promise.all(
      types.map((type) =>
        this.#get(ask.path, [type], span, samples).catch((error: unknown) => {
          if (error instanceof HttpError && error.status === 400) return null;
          throw error;
        }),
      ),
    );
    const known = answers.filter((answer) => answer !== null);
    if (known.length === 0) throw refusal;
    this.#refuse(
      ask.family,
      types.filter((_, i) => answers[i] === null),
    );
    return { partial: known.some((a) => a.partial), measurements: known.flatMap((a) => a.measurements) };
  }

  #refuse(family: string, types: readonly string[]): void {
    this.#log.warn(
      { family, types },
      "this version of Run:ai does not offer these metrics; they are no longer asked for",
    );
    for (const type of types) this.#refused.add(`${family} ${type}`);
  }

  async #get(path: string, types: readonly string[], span: Interval, samples: number): Promise<CallAnswer> {
    const query = {
      metricType: types.join(","),
      start: formatInstant(span.start),
      end: formatInstant(span.end),
      numberOfSamples: samples,
    };
    const { status, value } = await this.#client.get(path, query, wire.metrics);
    return { partial: status === 207, measurements: value.measurements.filter((m) => types.includes(m.type)) };
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
