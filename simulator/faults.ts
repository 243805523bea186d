import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { Call, Reply, Spoil } from "./http.ts";
import { hashText, mix } from "./random.ts";
import type { Oddities } from "./runai/context.ts";

/** What goes wrong, and how often. Rates are shares of calls in [0, 1]; the same seed and calls give the same faults. */
export interface Faults extends Oddities {
  readonly seed: number;
  /** Split evenly over the kinds in `errors`. */
  readonly errorRate: number;
  readonly errors: readonly FaultKind[];
  /** Answers that come late, by `slowMs`. */
  readonly slowRate: number;
  readonly slowMs: number;
  readonly retryAfterSeconds: number;
  /** Answers are compressed in one way or another, although nobody asked for it. */
  readonly compressed: boolean;
  /** Paths that stay healthy, as prefixes. */
  readonly spare: readonly string[];
}

/** `expired` is a 401 for a token that was good; `html` an HTML page with 200; `truncated` the first half of the body. */
export type FaultKind = "429" | "500" | "502" | "503" | "504" | "truncated" | "html" | "reset" | "expired";

export const NO_FAULTS: Faults = {
  seed: 1,
  errorRate: 0,
  errors: ["429", "500", "502", "503", "504", "truncated", "html", "reset", "expired"],
  slowRate: 0,
  slowMs: 400,
  retryAfterSeconds: 1,
  compressed: false,
  spare: [],
  odd: false,
  partialRate: 0,
  movingList: false,
  gapRate: 0,
};

const HTML =
  "<!doctype html><html><head><title>Gateway</title></head><body><h1>We will be back shortly</h1></body></html>";
const MESSAGES: Readonly<Record<string, string>> = {
  "429": "Too many requests.",
  "500": "Something went wrong.",
  "503": "Please try again in few minutes.",
  "504": "Gateway timeout.",
};

type Encoder = readonly [encoding: string, encode: (body: Buffer) => Uint8Array];
const ENCODERS: readonly Encoder[] = [
  ["gzip", gzipSync],
  ["br", (body) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })],
  ["zstd", zstdCompressSync],
  ["deflate", deflateSync],
  ["identity", (body) => body],
];

function flat(reply: Reply): Buffer {
  if (typeof reply.body === "string") return Buffer.from(reply.body);
  return reply.body instanceof Uint8Array ? Buffer.from(reply.body) : Buffer.concat([...reply.body]);
}

function spoiled(kind: FaultKind, reply: Reply, faults: Faults): Reply | "reset" {
  if (kind === "reset") return "reset";
  if (kind === "html") return { status: 200, type: "text/html", body: HTML };
  if (kind === "502") return { status: 502, type: "text/html", body: HTML };
  if (kind === "truncated") {
    const body = flat(reply);
    return { ...reply, body: body.subarray(0, Math.floor(body.length / 2)) };
  }
  const status = kind === "expired" ? 401 : Number(kind);
  const body = JSON.stringify({ code: status, message: MESSAGES[kind] ?? "Token is expired." });
  const headers: Record<string, string> = kind === "429" ? { "retry-after": String(faults.retryAfterSeconds) } : {};
  return { status, type: "application/json", body, headers };
}

/** Seeded faults that can be changed while the servers run. */
export class FaultInjector {
  current: Faults;
  readonly #asked = new Map<string, number>();

  constructor(faults: Partial<Faults> = {}) {
    this.current = { ...NO_FAULTS, ...faults };
  }

  set(faults: Partial<Faults>): void {
    this.current = { ...this.current, ...faults };
  }

  /** In [0, 1); differs from one call of the same text to the next, so that a repeated call can succeed. */
  readonly draw = (text: string): number => {
    const n = (this.#asked.get(text) ?? 0) + 1;
    this.#asked.set(text, n);
    return mix(mix(this.current.seed, hashText(text)), n) / 4_294_967_296;
  };

  /** `latencyMs` is added to every answer. */
  spoil(latencyMs: number): Spoil {
    const inner = this.#spoil(latencyMs);
    return async (call: Call, reply: Reply) => {
      const answer = await inner(call, reply);
      if (answer === "reset" || !this.current.compressed) return answer;
      const [encoding, encode] = ENCODERS[Math.floor(this.draw(`encoding ${call.path}`) * ENCODERS.length)] as Encoder;
      return { ...answer, body: encode(flat(answer)), headers: { ...answer.headers, "content-encoding": encoding } };
    };
  }

  #spoil(latencyMs: number): Spoil {
    return async (call: Call, reply: Reply) => {
      const { errorRate, errors, slowRate, slowMs, spare } = this.current;
      const late = latencyMs + (slowRate > 0 && this.draw(`slow ${call.path}`) < slowRate ? slowMs : 0);
      if (late > 0) await new Promise((resolve) => setTimeout(resolve, late));
      if (errorRate === 0 || errors.length === 0 || spare.some((p) => call.path.startsWith(p))) return reply;
      if (this.draw(`error ${call.path}`) >= errorRate) return reply;
      const kind = errors[Math.floor(this.draw(`kind ${call.path}`) * errors.length)] as FaultKind;
      return spoiled(kind, reply, this.current);
    };
  }
}
