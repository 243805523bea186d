import { z } from "zod";
import { type Http, HttpError } from "@/lib/http.ts";
import type { Log } from "@/lib/log.ts";
import { RunaiError, unexpectedShape } from "./failure.ts";
import type { TokenKeeper } from "./token.ts";

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** One list: its path, the key of its items, how an item is read and identified. */
export interface List<T> {
  readonly path: string;
  readonly key: string;
  readonly item: z.ZodType<T>;
  readonly identity: (item: T) => string;
  readonly query?: Query;
  /** A field by which the endpoint can sort and that only grows; without one, the order of the server. */
  readonly sortBy?: string;
}

const PAGE = 500;
/** Items of the previous page that are requested again, so that deletions in between cannot make us skip any. */
const OVERLAP = 20;

/** One renewal is for a token that expired; the second for a gateway that sometimes refuses a valid one. */
const MOST_RENEWALS = 2;

const isUnauthorised = (error: unknown) =>
  error instanceof HttpError && error.failure === "status" && error.status === 401;

/** Whether the failure means that this version has no such endpoint. */
export function isAbsent(error: unknown): error is HttpError {
  return error instanceof HttpError && error.failure === "status" && (error.status === 404 || error.status === 405);
}

function queryText(query: Query): string {
  const parts = Object.entries(query).flatMap(([key, value]) =>
    // The API declares comma lists as `explode: false`: the comma is part of the syntax and stays bare.
    value === undefined ? [] : [`${key}=${encodeURIComponent(value).replaceAll("%2C", ",")}`],
  );
  return parts.length ? `?${parts.join("&")}` : "";
}

/** Reads the REST API of Run:ai with a bearer token; every list in full, however the version pages. */
export class RunaiClient {
  readonly #http: Http;
  readonly #tokens: TokenKeeper;
  readonly #url: string;
  readonly #log: Log;
  /** Lists that refused `sortBy`; they are read without it from then on. */
  readonly #unsorted = new Set<string>();
  readonly #lacking = new Set<string>();

  constructor(http: Http, tokens: TokenKeeper, url: string, log: Log) {
    this.#http = http;
    this.#tokens = tokens;
    this.#url = url;
    this.#log = log;
  }

  /**
   * One GET; only 2xx answers, including 207. A 401 renews the token and repeats the call, at most twice.
   * @throws RunaiError that says what to do; AppError `source_unavailable` for an answer of another shape.
   */
  async get<T>(path: string, query: Query, schema: z.ZodType<T>): Promise<{ status: number; value: T }> {
    try {
      const { status, body } = await this.#authorised(`${this.#url}${path}${queryText(query)}`);
      const parsed = schema.safeParse(body);
      if (parsed.success) return { status, value: parsed.data };
      const issue = parsed.error.issues[0];
      throw unexpectedShape(path, `${issue?.path.join(".") || "body"}: ${issue?.message}`);
    } catch (error) {
      throw error instanceof HttpError && !(error instanceof RunaiError) ? new RunaiError(error) : error;
    }
  }

  async #authorised(url: string): Promise<{ status: number; body: unknown }> {
    for (let renewals = 0; ; renewals++) {
      const token = await this.#tokens.get();
      try {
        const { answer, body } = await this.#http.json({
          method: "GET",
          url,
          headers: { authorization: `Bearer ${token}` },
        });
        return { status: answer.status, body };
      } catch (error) {
        if (renewals >= MOST_RENEWALS || !isUnauthorised(error)) throw error;
        this.#tokens.clear(token);
      }
    }
  }

  /**
   * Every item of a list once, page by page, in the order of the server. Empty pages are left out. @throws as `get`.
   */
  async *pages<T>(list: List<T>): AsyncGenerator<T[]> {
    const seen = new Set<string>();
    for (let offset = 0; ; ) {
      const { items, next } = await this.#page(list, offset);
      const sorted = Boolean(list.sortBy) && !this.#unsorted.has(list.path);
      if (sorted && offset > 0 && !items.some((item) => seen.has(list.identity(item)))) {
        this.#log.debug({ path: list.path, offset }, "the list moved while it was read; going back a page");
        offset = Math.max(0, offset - PAGE);
        continue;
      }
      const fresh = items.filter((item) => !seen.has(list.identity(item)));
      for (const item of fresh) seen.add(list.identity(item));
      if (fresh.length > 0) yield fresh;
      // Where `next` is not declared, a full page may have a successor; a server that cannot page repeats itself.
      if (next !== null && next > offset) offset = next;
      else if (items.length >= PAGE && fresh.length > 0) offset += items.length;
      else return;
      if (sorted) offset -= Math.min(OVERLAP, Math.floor(items.length / 2));
    }
  }

  /** A whole list in memory: for lists that do not grow with the history of the cluster. */
  async all<T>(list: List<T>): Promise<T[]> {
    const out: T[] = [];
    for await (const page of this.pages(list)) out.push(...page);
    return out;
  }

  /** As `all`; an endpoint that this version lacks returns an empty list and, the first time, logs a warning. */
  async allOrNone<T>(list: List<T>): Promise<T[]> {
    try {
      return await this.all(list);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      const level = this.#lacking.has(list.key) ? "debug" : "warn";
      this.#lacking.add(list.key);
      this.#log[level]({ path: list.path, status: error.status }, "Run:ai does not offer this list; taken as empty");
      return [];
    }
  }

  async #page<T>(list: List<T>, offset: number): Promise<{ items: T[]; next: number | null }> {
    const schema = z.looseObject({ [list.key]: z.array(list.item), next: z.number().nullish() });
    const sorted = list.sortBy && !this.#unsorted.has(list.path);
    const sort: Query = sorted ? { sortBy: list.sortBy, sortOrder: "asc" } : {};
    try {
      const { value } = await this.get(list.path, { ...list.query, limit: PAGE, offset, ...sort }, schema);
      return { items: value[list.key] as T[], next: (value.next as number | null | undefined) ?? null };
    } catch (error) {
      if (!sorted || !(error instanceof HttpError) || error.status !== 400) throw error;
      this.#log.info({ path: list.path, sortBy: list.sortBy }, "the list cannot be sorted; read in the server's order");
      this.#unsorted.add(list.path);
      return this.#page(list, offset);
    }
  }
}
