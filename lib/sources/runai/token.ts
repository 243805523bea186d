import { type Http, HttpError, type HttpRequest } from "@/lib/http.ts";
import { hideLatest } from "@/lib/redact.ts";
import type { Instant } from "@/lib/time.ts";
import { RunaiError, unexpectedShape } from "./failure.ts";
import * as wire from "./wire.ts";

export interface TokenSettings {
  /** The control plane's address, without a trailing slash. */
  readonly url: string;
  readonly appId: string;
  readonly appSecret: string;
  readonly now: () => Instant;
}

const REFRESH_MARGIN = 60;

const json = (url: string, path: string, body: Record<string, string>): HttpRequest => ({
  method: "POST",
  url: `${url}${path}`,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
  secret: true,
});

/** Newest first: 2.24+, then 2.20+, then the older form that 3.0 no longer has. */
const WAYS: readonly ((s: TokenSettings) => HttpRequest)[] = [
  (s) => ({
    method: "POST",
    url: `${s.url}/api/v2/token`,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: s.appId,
      client_secret: s.appSecret,
    }).toString(),
    secret: true,
  }),
  (s) =>
    json(s.url, "/api/v1/token", { grantType: "client_credentials", clientId: s.appId, clientSecret: s.appSecret }),
  (s) => json(s.url, "/api/v1/token", { grantType: "app_token", AppId: s.appId, AppSecret: s.appSecret }),
];

/** `exp` and `iat` of a JWT, unverified; null if it has none or is not a JWT. */
export function jwtTimes(token: string): { exp: number | null; iat: number | null } {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const at = (key: "exp" | "iat") => {
      const value = claims && typeof claims === "object" ? (claims as Record<string, unknown>)[key] : null;
      return typeof value === "number" && Number.isFinite(value) ? value : null;
    };
    return { exp: at("exp"), iat: at("iat") };
  } catch {
    return { exp: null, iat: null };
  }
}

/** Whether another form of the request may still succeed; with an overloaded or unreachable server it will not. */
function isRefusal(error: unknown): error is HttpError {
  if (!(error instanceof HttpError)) return false;
  if (error.failure === "body" || error.status === 501) return true;
  return error.failure === "status" && error.status >= 300 && error.status < 500 && error.status !== 429;
}

/**
 * The access token of one account: requested once at a time, kept until shortly before it expires, renewed on demand.
 */
export class TokenKeeper {
  readonly #http: Http;
  readonly #settings: TokenSettings;
  #way = 0;
  #current: { token: string; useUntil: number } | null = null;
  #asking: Promise<string> | null = null;

  constructor(http: Http, settings: TokenSettings) {
    this.#http = http;
    this.#settings = settings;
  }

  /** A token that is valid now. @throws RunaiError when no form of the request returned one. */
  async get(): Promise<string> {
    if (this.#current && this.#settings.now() < this.#current.useUntil) return this.#current.token;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** Drops a token that was refused, unless another caller has already renewed it. */
  clear(refused: string): void {
    if (this.#current?.token === refused) this.#current = null;
  }

  async #ask(): Promise<string> {
    const refusals: HttpError[] = [];
    const order = [this.#way, ...WAYS.keys()].filter((way, at, all) => all.indexOf(way) === at);
    for (const way of order) {
      try {
        const token = await this.#askBy(way);
        this.#way = way;
        return token;
      } catch (error) {
        if (!isRefusal(error)) throw error instanceof HttpError ? new RunaiError(error) : error;
        refusals.push(error);
      }
    }
    // Paths that a version lacks answer 404; the refusal that is about the credentials says more.
    const plainest = refusals.find((e) => [400, 401, 403].includes(e.status)) ?? refusals[0];
    throw plainest ? new RunaiError(plainest) : unexpectedShape("/api/v1/token", "no way of asking was tried");
  }

  async #askBy(way: number): Promise<string> {
    const request = (WAYS[way] as (typeof WAYS)[number])(this.#settings);
    const { body } = await this.#http.json(request);
    const answer = wire.token.safeParse(body).data;
    const token = answer?.access_token || answer?.accessToken;
    if (!token) throw unexpectedShape(request.url, "it holds no access token");
    hideLatest(this.#settings.url, token);
    const now = this.#settings.now();
    const lifetime = lifetimeOf(token, now, answer.expires_in ?? answer.expiresIn ?? null);
    // A token that is valid for less than twice the margin would otherwise be renewed at every call.
    this.#current = { token, useUntil: now + lifetime - Math.min(REFRESH_MARGIN, lifetime / 2) };
    return token;
  }
}

/**
 * Seconds for which the token is valid: its own `exp`; if the clocks disagree or it has none, the reported lifetime;
 * else until a 401.
 */
function lifetimeOf(token: string, now: Instant, expiresIn: number | null): number {
  const { exp, iat } = jwtTimes(token);
  if (exp !== null && exp > now) return exp - now;
  if (exp !== null && iat !== null && exp > iat) return exp - iat;
  return expiresIn !== null && expiresIn > 0 ? expiresIn : Number.MAX_SAFE_INTEGER;
}
