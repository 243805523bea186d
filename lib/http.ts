import type { LookupFunction } from "node:net";
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from "node:zlib";
import pLimit, { type LimitFunction } from "p-limit";
import { Agent, request, errors as undiciErrors } from "undici";
import { AppError, errorText } from "./errors.ts";
import { parseHttpDate } from "./instant.ts";
import type { Log } from "./log.ts";
import { own } from "./order.ts";
import { redact, withoutControls } from "./redact.ts";
import { tracedCall } from "./telemetry/traced.ts";
import type { Instant } from "./time.ts";

export interface HttpSettings {
  readonly timeoutMs: number;
  readonly retryCount: number;
  readonly retryWaitMs: number;
  readonly retryMaxWaitMs: number;
  /** Total time for one call with all its retries. */
  readonly deadlineMs: number;
  readonly concurrency: number;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** How hosts are resolved; absent: as the system does. */
  readonly lookup?: LookupFunction;
  readonly log: Log;
  /** Called for each request, retries included, with how long it took. */
  readonly observe?: (outcome: CallOutcome, ms: number) => void;
  /** 0 ≤ x < 1; replaced in tests to make the jitter repeatable. */
  readonly random?: () => number;
}

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What is sent and answered is secret, as at an endpoint of tokens: no message shows any of the body. */
  readonly secret?: boolean;
  /** Statuses besides 2xx that are answers, not failures; or a rule that looks at the whole answer. */
  readonly accept?: readonly number[] | ((answer: HttpAnswer) => boolean);
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export type HttpFailure = "network" | "timeout" | "status" | "body";

/** A call that did not give what was asked for, after all its retries. */
export class HttpError extends AppError {
  readonly failure: HttpFailure;
  readonly status: number;
  readonly text: string;
  /** The body is longer than an answer may be, as it would be at every try. */
  readonly isTooLong: boolean = false;
  constructor(failure: HttpFailure, status: number, text: string, message: string, options?: ErrorOptions) {
    super("source_unavailable", message, options);
    this.name = "HttpError";
    this.failure = failure;
    this.status = status;
    this.text = text;
  }
}

/** What became of a request: `answered`; `refused`: another status than 2xx; `unreadable`: a body that is too large or not whole. */
export type CallOutcome = "answered" | "refused" | "timeout" | "unreachable" | "unreadable";

const OUTCOMES: Readonly<Record<HttpFailure, CallOutcome>> = {
  network: "unreachable",
  timeout: "timeout",
  status: "refused",
  body: "unreadable",
};

const RETRYABLE = new Set([429, 500, 502, 503, 504]);

/** The start of a body, on one line, without secrets and control characters: what an error message may show of it. */
export function excerpt(text: string, length = 200): string {
  return withoutControls(redact(text.slice(0, 20 * length)))
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, length);
}

/**
 * Seconds or HTTP date of a `Retry-After` header, in milliseconds from `nowMs`; null without one.
 * @param nowMs null: not known, and a date says nothing.
 */
export function retryAfterMs(header: string | undefined, nowMs: number | null): number | null {
  if (!header) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const at = parseHttpDate(header);
  return at === null || nowMs === null ? null : Math.max(0, at * 1000 - nowMs);
}

/** How long an answer says what time it is, in milliseconds: a clock that was put right is believed again after it. */
const HELD_MS = 10 * 60_000;

/**
 * What time it is by another server's clock, from the `Date` of its answers: whole seconds, and never behind by more than an answer takes.
 * Between answers it goes on by a clock that only measures how much time has passed, so it does not follow when the clock here is set.
 */
export class PeerClock {
  readonly #elapsed: () => number;
  #at: { readonly date: Instant; readonly ms: number } | null = null;

  /** @param elapsed milliseconds from any beginning, which only grow. */
  constructor(elapsed: () => number = () => performance.now()) {
    this.#elapsed = elapsed;
  }

  /** Notes the date of an answer that came just now. An earlier one than is held is that of a cache, unless what is held is old. */
  note(date: Instant): void {
    const ms = this.#elapsed();
    const held = this.now();
    if (this.#at && held !== null && date < held - 1 && ms - this.#at.ms < HELD_MS) return;
    this.#at = { date, ms };
  }

  /** Null before the first answer. */
  now(): Instant | null {
    return this.#at === null ? null : this.#at.date + Math.floor((this.#elapsed() - this.#at.ms) / 1000);
  }
}

/** One peer's HTTP door: bounded concurrency, timeout, jittered backoff, `Retry-After`, total deadline. Never follows redirects. */
export class Http {
  readonly #settings: HttpSettings;
  readonly #limit: LimitFunction;
  readonly #agent: Agent;
  /** Requests sent, retries included. */
  sent = 0;
  /** What time it is by the clock of the peer. */
  readonly clock = new PeerClock();

  constructor(settings: HttpSettings) {
    this.#settings = settings;
    this.#limit = pLimit(settings.concurrency);
    this.#agent = new Agent({
      connect: { ...settings.tls, ...(settings.lookup ? { lookup: settings.lookup } : {}) },
      connections: settings.concurrency,
      keepAliveTimeout: 10_000,
    });
  }

  /** @throws HttpError when the last try failed too, or at once for what retrying cannot mend. */
  async send(call: HttpRequest): Promise<HttpAnswer> {
    return this.#limit(() => this.#retried(call, (answer) => answer));
  }

  /** As `send`, and parses the JSON body; a truncated or HTML body is retried like a 502. */
  async json(call: HttpRequest): Promise<{ answer: HttpAnswer; body: unknown }> {
    return this.#limit(() => this.#retried(call, (answer) => ({ answer, body: parseJson(call, answer) })));
  }

  /** Learns the time of the peer from one answer, whatever it says, without retries. Never throws. */
  async askTime(url: string): Promise<void> {
    const call: HttpRequest = { method: "GET", url, accept: () => true, secret: true };
    const once = () => this.#once(call, performance.now() + this.#settings.timeoutMs);
    await this.#limit(once).catch(() => undefined);
  }

  /** Ends what is still on its way: closing does not wait for a slow peer. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #retried<T>(call: HttpRequest, read: (answer: HttpAnswer) => T): Promise<T> {
    const { retryCount, deadlineMs, log } = this.#settings;
    const deadline = performance.now() + deadlineMs;
    for (let attempt = 0; ; attempt++) {
      try {
        return read(await this.#once(call, deadline));
      } catch (error) {
        if (!(error instanceof HttpError) || attempt >= retryCount || !isRetryable(error)) throw error;
        const wait = this.#wait(attempt, error);
        if (performance.now() + wait > deadline) throw error;
        log.debug({ url: withoutQuery(call.url), attempt, wait, error: error.message }, "retrying");
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  #wait(attempt: number, error: HttpError): number {
    const { retryWaitMs, retryMaxWaitMs, random = Math.random } = this.#settings;
    const backoff = Math.min(retryMaxWaitMs, retryWaitMs * 2 ** attempt) * random();
    const asked = error instanceof RetryLater ? error.afterMs : 0;
    return Math.max(asked, backoff);
  }

  async #once(call: HttpRequest, deadline: number): Promise<HttpAnswer> {
    const timeout = Math.max(1, Math.ceil(Math.min(this.#settings.timeoutMs, deadline - performance.now())));
    this.sent++;
    let status = 0;
    const start = performance.now();
    let outcome: CallOutcome = "answered";
    try {
      const response = await request(call.url, {
        method: call.method,
        headers: { accept: "application/json", ...call.headers },
        body: call.body ?? null,
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(timeout),
      });
      status = response.statusCode;
      const headers = flat(response.headers);
      const date = headers.age === undefined ? parseHttpDate(headers.date ?? "") : null;
      if (date !== null) this.clock.note(date);
      const bytes = await bodyOf(call, response.statusCode, response.body);
      const answer = {
        status: response.statusCode,
        headers,
        text: decodeBody(call, response.statusCode, headers, bytes),
      };
      if (isAccepted(call, answer)) return answer;
      throw failure(call, answer);
    } catch (error) {
      outcome = error instanceof HttpError ? OUTCOMES[error.failure] : "unreachable";
      if (error instanceof HttpError) throw error;
      const slow =
        error instanceof Error && (error.name === "TimeoutError" || error instanceof undiciErrors.HeadersTimeoutError);
      if (slow) outcome = "timeout";
      const why = slow ? `did not answer within ${seconds(timeout)} s` : `could not be reached: ${networkText(error)}`;
      throw new HttpError(slow ? "timeout" : "network", 0, "", `${withoutQuery(call.url)} ${why}.`, { cause: error });
    } finally {
      const ms = performance.now() - start;
      this.#settings.observe?.(outcome, ms);
      tracedCall({ method: call.method, host: URL.parse(call.url)?.hostname ?? "", outcome, status }, ms);
    }
  }
}

const seconds = (ms: number) => (ms < 10_000 ? Number((ms / 1000).toFixed(1)) : Math.round(ms / 1000));

/** A refused connection to a name with several addresses is an AggregateError with an empty message: its code says why. */
function networkText(error: unknown): string {
  const text = errorText(error);
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  if (!text) return code || "unknown network failure";
  return code && !text.includes(code) ? `${text} [${code}]` : text;
}

function isAccepted({ accept }: HttpRequest, answer: HttpAnswer): boolean {
  if (answer.status >= 200 && answer.status < 300) return true;
  return typeof accept === "function" ? accept(answer) : (accept?.includes(answer.status) ?? false);
}

const shown = ({ secret }: HttpRequest, { text }: HttpAnswer): string =>
  secret ? "(its text is not shown)" : excerpt(text) || "(empty body)";

const DECODERS: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Buffer>> = {
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  deflate: (bytes, options) =>
    ((bytes[0] ?? 0) & 0x0f) === 8 ? inflateSync(bytes, options) : inflateRawSync(bytes, options),
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};
/** What an answer may have, packed and unpacked: twenty times the largest that a query of ours asks for. */
const MOST_BODY = 64 * 1024 * 1024;
const MOST_BYTES = { maxOutputLength: MOST_BODY };

/** A body's bytes, read no further than an answer may be long. */
async function bodyOf(call: HttpRequest, status: number, body: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body) {
    parts.push(part);
    length += part.length;
    if (length > MOST_BODY) throw tooLong(call, status);
  }
  return Buffer.concat(parts);
}

class TooLong extends HttpError {
  override readonly isTooLong = true;
}

const tooLong = (call: HttpRequest, status: number): HttpError =>
  new TooLong(
    "body",
    status,
    "",
    `${withoutQuery(call.url)} answered ${status} with more than ${MOST_BODY / 1024 / 1024} MiB: it was not read further.`,
  );

/** The text of a body, decoded by its Content-Encoding: proxies encode also what nobody asked them to. */
function decodeBody(call: HttpRequest, status: number, headers: Record<string, string>, bytes: Buffer): string {
  const encodings = (headers["content-encoding"] ?? "")
    .toLowerCase()
    .split(",")
    .map((e) => e.trim());
  let decoded = bytes;
  for (const encoding of encodings.reverse().filter((e) => e && e !== "identity")) {
    const decode = own(DECODERS, encoding);
    try {
      if (!decode) throw new Error("unknown encoding");
      decoded = decode(decoded, MOST_BYTES);
    } catch (error) {
      if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") throw tooLong(call, status);
      const message = `${withoutQuery(call.url)} answered ${status} with a body that is not whole ${excerpt(encoding, 20)}.`;
      throw new HttpError("body", status, "", message, { cause: error });
    }
  }
  return new TextDecoder().decode(decoded);
}

class RetryLater extends HttpError {
  afterMs = 0;
}

function failure(call: HttpRequest, answer: HttpAnswer): HttpError {
  const message = `${withoutQuery(call.url)} answered ${answer.status}: ${shown(call, answer)}`;
  // A date is by the clock of the server, which its answer names: the clock here may differ.
  const asked = parseHttpDate(answer.headers.date ?? "");
  const after = retryAfterMs(answer.headers["retry-after"], asked === null ? null : asked * 1000);
  if (after === null) return new HttpError("status", answer.status, answer.text, message);
  const error = new RetryLater("status", answer.status, answer.text, message);
  error.afterMs = after;
  return error;
}

function isRetryable(error: HttpError): boolean {
  if (error.isTooLong) return false;
  if (error.failure === "status") return RETRYABLE.has(error.status);
  return (
    error.failure !== "network" ||
    !/certificate|self.signed|CERT_|ERR_TLS|ERR_METADATA|ENOTFOUND|Invalid URL/i.test(errorText(error))
  );
}

/** JSON without U+0000, which PostgreSQL keeps in no text: one name with it would fail a whole sync. */
const withoutNul = (text: string): string =>
  text.includes("\\u0000") ? text.replaceAll(/(?<!\\)((?:\\\\)*)\\u0000/g, "$1") : text;

function parseJson(call: HttpRequest, answer: HttpAnswer): unknown {
  try {
    return JSON.parse(withoutNul(answer.text));
  } catch (error) {
    const html = /^\s*</.test(answer.text);
    const what = html
      ? "an HTML page instead of JSON (is this the address of the API, or of a login page?)"
      : "a body that is not whole JSON";
    const message = `${withoutQuery(call.url)} answered ${answer.status} with ${what}: ${shown(call, answer)}`;
    throw new HttpError("body", answer.status, answer.text, message, { cause: error });
  }
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([k, v]) => [k.toLowerCase(), Array.isArray(v) ? v.join(", ") : (v ?? "")]),
  );
}

function withoutQuery(url: string): string {
  return url.replace(/\?.*$/, "").replace(/\/\/[^/@]*@/, "//");
}
