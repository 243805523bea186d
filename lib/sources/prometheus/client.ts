import { AppError } from "@/lib/errors.ts";
import { Http, type HttpAnswer, type HttpSettings } from "@/lib/http.ts";
import { parseHttpDate } from "@/lib/instant.ts";
import type { Log } from "@/lib/log.ts";
import { type CallTime, CallTimes } from "@/lib/sources/call-times.ts";
import type { SourceClock } from "@/lib/sources/source.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import { type Access, type Door, openDoor } from "./auth.ts";
import { explainFailure, PrometheusError, readEnvelope, refused } from "./failure.ts";
import { LATENCY_SECONDS, type Peer, parametersFor, readPeer } from "./flavour.ts";
import { LEFT_EDGE_PROBE, type Promql } from "./promql.ts";
import { type Chunk, chunks, halve, MAX_POINTS } from "./range.ts";
import {
  buildInfoSchema,
  type Envelope,
  envelopeSchema,
  type Labels,
  type Points,
  readMatrix,
  readVector,
} from "./wire.ts";

export interface ClientSettings extends Access {
  readonly http: Omit<HttpSettings, "tls" | "log">;
  readonly log: Log;
  /** Labels that set replicas of one server apart, where the server does not know them itself. */
  readonly replicaLabels?: readonly string[] | undefined;
  /** Points per series in one query; fewer in tests. */
  readonly maxPoints?: number;
}

/** Series, and what is known to be missing: one sentence for each cause, empty when the answer is complete. */
export interface Found {
  readonly series: Points[];
  readonly incomplete: readonly string[];
}

interface Reply {
  readonly envelope: Envelope;
  readonly answer: HttpAnswer;
}

const HALVINGS = 6;

/** Client of the Prometheus HTTP API. Every failure is an AppError with a plain sentence. */
export class PrometheusClient {
  readonly url: string;
  readonly #door: Door;
  readonly #http: Http;
  readonly #times = new CallTimes();
  readonly #settings: ClientSettings;
  #peer: Promise<Peer> | null = null;

  /** @throws AppError `invalid` naming the setting that is wrong. */
  constructor(settings: ClientSettings) {
    this.#settings = settings;
    this.#door = openDoor(settings);
    this.url = this.#door.base;
    this.#http = new Http({ ...settings.http, log: settings.log, tls: this.#door.tls, observe: this.#times.add });
  }

  /** HTTP requests sent so far, retries included. */
  get requests(): number {
    return this.#http.sent;
  }

  /** How long they took, since the last time that somebody asked. */
  takeCallTimes(): readonly CallTime[] {
    return this.#times.take();
  }

  get clock(): SourceClock {
    return { now: () => this.#http.clock.now(), ask: () => this.#http.askTime(this.url) };
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  /** Which server answers, cached until a call fails, because a server may be replaced while it is down. */
  async peer(): Promise<Peer> {
    this.#peer ??= this.#detect();
    try {
      return await this.#peer;
    } catch (error) {
      this.#peer = null;
      throw error;
    }
  }

  /** An instant query, at the time of the server unless `at` is given. */
  async instant(query: Promql, at?: Instant): Promise<Found> {
    const parameters = parametersFor(await this.peer());
    const { envelope } = await this.#ask("query", {
      query,
      ...parameters,
      ...(at === undefined ? {} : { time: String(at) }),
    });
    return { series: readVector(envelope.data), incomplete: lacks(envelope) };
  }

  /**
   * One expression at every multiple of `step` in the half-open window, in as many queries as the limits of the server
   * require. A query that is too large for the server, or whose answer is too long, is halved. Series have ascending instants; equal labels are one
   * series.
   */
  async range(query: Promql, window: Interval, step: number): Promise<Found> {
    const series = new Map<string, Points>();
    const incomplete = new Set<string>();
    const keep = (found: Found) => {
      for (const cause of found.incomplete) incomplete.add(cause);
      for (const points of found.series) append(series, points);
    };
    for (const chunk of chunks(window, step, this.#settings.maxPoints ?? MAX_POINTS))
      await this.#chunk(query, chunk, step, HALVINGS, keep);
    return { series: [...series.values()], incomplete: [...incomplete] };
  }

  /**
   * Whether a server that keeps averages of old samples has some of a query in a window in which it has no samples as they were taken. On
   * averages nothing is judged.
   */
  async hasAverages(query: Promql, window: Interval): Promise<boolean> {
    const parameters = parametersFor(await this.peer());
    if (parameters.max_source_resolution === undefined) return false;
    const { envelope } = await this.#ask("query", {
      ...{ query, ...parameters, max_source_resolution: "1h", time: String(window.end) },
    });
    return readVector(envelope.data).length > 0;
  }

  async #chunk(
    query: Promql,
    chunk: Chunk,
    step: number,
    halvings: number,
    keep: (found: Found) => void,
  ): Promise<void> {
    try {
      keep(await this.#rangeOnce(query, chunk, step));
    } catch (error) {
      const halves = error instanceof PrometheusError && error.narrower && halvings > 0 ? halve(chunk, step) : null;
      if (!halves) throw error;
      for (const half of halves) await this.#chunk(query, half, step, halvings - 1, keep);
    }
  }

  async #rangeOnce(query: Promql, chunk: Chunk, step: number): Promise<Found> {
    const peer = await this.peer();
    const times = { start: String(chunk.from), end: String(chunk.to), step: String(step) };
    const { envelope, answer } = await this.#ask("query_range", { query, ...times, ...parametersFor(peer) });
    const incomplete = lacks(envelope);
    const series = readMatrix(envelope.data);
    const settled =
      peer.flavour === "victoriametrics" ? serverTime(answer) - LATENCY_SECONDS : Number.POSITIVE_INFINITY;
    let isOdd = false;
    for (const points of series) isOdd = keepGrid(points, chunk, step, settled) || isOdd;
    if (isOdd) incomplete.push("The server returned points at other instants than requested.");
    if (chunk.to > settled)
      incomplete.push(`The server withholds its last ${LATENCY_SECONDS} s, which overlap this window.`);
    return { series, incomplete };
  }

  async #detect(): Promise<Peer> {
    const peer = await this.#buildInfo();
    if (peer.leftOpen !== null) return peer;
    try {
      const { envelope } = await this.#ask("query", { query: LEFT_EDGE_PROBE, time: "0" });
      const count = readVector(envelope.data)[0]?.value[0];
      return { ...peer, leftOpen: count === 1 ? true : count === 2 ? false : null };
    } catch (error) {
      if (error instanceof PrometheusError && (error.status === 400 || error.status === 422)) return peer;
      throw error;
    }
  }

  async #buildInfo(): Promise<Peer> {
    const url = `${this.url}/api/v1/status/buildinfo`;
    try {
      const accept = (answer: HttpAnswer) => answer.status >= 400 && answer.status < 500 && answer.status !== 429;
      const answer = await this.#http.send({ method: "GET", url, headers: this.#door.headers(), accept });
      const build = buildInfoSchema.safeParse(readEnvelope(answer.text)?.data);
      return readPeer(answer.status < 300 && build.success ? build.data : null, answer.headers);
    } catch (error) {
      throw explainFailure(error, url);
    }
  }

  async #ask(endpoint: "query" | "query_range", parameters: Record<string, string>): Promise<Reply> {
    const url = `${this.url}/api/v1/${endpoint}`;
    const headers = { ...this.#door.headers(), "content-type": "application/x-www-form-urlencoded" };
    const replicas = (this.#settings.replicaLabels ?? []).map((label) => ["replicaLabels[]", label]);
    const body = new URLSearchParams([...Object.entries(parameters), ...replicas]).toString();
    try {
      const { answer, body: json } = await this.#http.json({ method: "POST", url, headers, body, accept: isTimeout });
      const envelope = envelopeSchema.safeParse(json);
      if (!envelope.success)
        throw new AppError("source_unavailable", `${url} answered JSON that is not from a Prometheus API.`);
      if (envelope.data.status === "error") throw refused(url, answer.status, envelope.data);
      this.#settings.log.debug({ url, query: parameters.query, infos: envelope.data.infos }, "asked Prometheus");
      return { envelope: envelope.data, answer };
    } catch (error) {
      const explained = explainFailure(error, url);
      if (!(explained instanceof PrometheusError && explained.narrower)) this.#peer = null;
      throw explained;
    }
  }
}

/** A query that took too long will take too long again: it is narrowed, not retried. */
function isTimeout(answer: HttpAnswer): boolean {
  return answer.status === 503 && readEnvelope(answer.text)?.errorType === "timeout";
}

function lacks(envelope: Envelope): string[] {
  const out = (envelope.warnings ?? []).map((warning) => `The server warned: ${warning}`);
  if (envelope.isPartial) out.push("The server returned a partial answer: some of its storage did not reply.");
  return out;
}

function serverTime(answer: HttpAnswer): Instant {
  return parseHttpDate(answer.headers.date ?? "") ?? Number.POSITIVE_INFINITY;
}

/**
 * Removes, in place, points that were not requested or have not settled.
 * @returns whether there were points that were not requested.
 */
function keepGrid(points: Points, chunk: Chunk, step: number, settled: Instant): boolean {
  let kept = 0;
  let isOdd = false;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < points.at.length; i++) {
    const at = points.at[i] as number;
    if (at % step !== 0 || at < chunk.from || at > chunk.to || at <= last) isOdd = true;
    else if (at <= settled) {
      points.at[kept] = at;
      points.value[kept++] = points.value[i] as number;
      last = at;
    }
  }
  points.at.length = kept;
  points.value.length = kept;
  return isOdd;
}

function append(all: Map<string, Points>, points: Points): void {
  const key = labelKey(points.labels);
  const known = all.get(key);
  if (!known) {
    all.set(key, points);
    return;
  }
  for (let i = 0; i < points.at.length; i++) {
    known.at.push(points.at[i] as number);
    known.value.push(points.value[i] as number);
  }
}

function labelKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
