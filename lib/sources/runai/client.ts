import { z } from "zod";
import { AppError } from "@/lib/errors.ts";
import { type Http, HttpError } from "@/lib/http.ts";
import type { Log } from "@/lib/log.ts";
import type { ListEnd, Listed } from "@/lib/sources/source.ts";
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
  /** The path of its count, which proves that it was read in full; without one, it cannot be proven. */
  readonly count?: string;
  /** A field by which the endpoint can sort and that only grows; without one, the order of the server. */
  readonly sortBy?: string;
}

const PAGE = 500;
/** Items of the previous page that are requested again, so that deletions in between cannot make us skip any. */
const OVERLAP = 20;

/** A list that moves while it is read is read again from a page before, at most so often. */
const MOST_RETREATS = 5;
/** A list that has fewer items than its count says is read again, in the other order too, at most so often. */
const MOST_LOOKS = 3;
/** A page of more items than this, none of which can be read, is another API. */
const MOST_ODD = 3;

const PARTIAL = 207;

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

/** What was read of a list so far. */
class Reading {
  readonly seen = new Set<string>();
  /** Ids of items that cannot be read. */
  readonly unread = new Set<string>();
  /** Something of it was sent that cannot be identified, or the server said that it lacks something. */
  isPartial = false;

  get size(): number {
    return new Set([...this.seen, ...this.unread]).size;
  }
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
  /** Malformed items that were reported. */
  readonly #reported = new Set<string>();

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
   * Every item of a list once, page by page. Empty pages are left out. A list with fewer items than its count says – rows
   * of equal keys change places between requests – is read again for what is missing, and so is one that offers a count
   * in other versions and cannot be counted. @throws as `get`.
   * @returns whether the list is whole: as many items as counted, or, uncounted, none more in a second look.
   */
  async *pages<T>(list: List<T>): AsyncGenerator<T[], ListEnd, undefined> {
    const reading = new Reading();
    let isWhole = false;
    for (let look = 0; look < MOST_LOOKS && !isWhole; look++) {
      const before = reading.size;
      yield* this.#look(list, reading, look % 2 === 0 ? "asc" : "desc");
      const read = reading.size;
      const count = await this.#count(list);
      isWhole = count === null ? list.count === undefined || (look > 0 && read === before) : read >= count;
      if (count !== null && !isWhole)
        this.#log.warn({ path: list.path, read, count, look }, "the list has fewer items than its count says");
    }
    return { isWhole: isWhole && !reading.isPartial, unread: [...reading.unread] };
  }

  /** The number of items of a list as the API counts them; null where it does not. */
  async #count<T>({ count, query }: List<T>): Promise<number | null> {
    if (count === undefined || this.#lacking.has(count)) return null;
    try {
      const { value } = await this.get(count, { ...query }, z.looseObject({ count: z.coerce.number().nullish() }));
      const counted = value.count ?? null;
      return counted !== null && counted >= 0 ? counted : null;
    } catch (error) {
      if (isAbsent(error)) this.#lacking.add(count);
      this.#log.info({ path: count }, "the list cannot be counted");
      if (error instanceof AppError) return null;
      throw error;
    }
  }

  async *#look<T>(list: List<T>, reading: Reading, order: "asc" | "desc"): AsyncGenerator<T[]> {
    const { seen } = reading;
    const before = new Set<string>();
    let retreats = 0;
    for (let offset = 0; ; ) {
      const { items, next, length } = await this.#page(list, reading, offset, order);
      const sorted = Boolean(list.sortBy) && !this.#unsorted.has(list.path);
      if (sorted && offset > 0 && retreats < MOST_RETREATS && !items.some((item) => before.has(list.identity(item)))) {
        this.#log.debug({ path: list.path, offset }, "the list moved while it was read; going back a page");
        offset = Math.max(0, offset - PAGE);
        retreats++;
        continue;
      }
      const isNew = items.some((item) => !before.has(list.identity(item)));
      for (const item of items) before.add(list.identity(item));
      const fresh = items.filter((item) => !seen.has(list.identity(item)));
      for (const item of fresh) seen.add(list.identity(item));
      if (fresh.length > 0) yield fresh;
      // Where `next` is not declared, a full page may have a successor; a server that cannot page repeats itself.
      if (next !== null && next > offset) offset = next;
      else if (length >= PAGE && isNew) offset += length;
      else return;
      if (sorted) offset -= Math.min(OVERLAP, Math.floor(length / 2));
    }
  }

  /** A whole list in memory: for lists that do not grow with the history of the cluster. */
  async all<T>(list: List<T>): Promise<T[]> {
    return [...(await this.listed(list)).items];
  }

  /** As `all`, with how far the list was read. */
  async listed<T>(list: List<T>): Promise<Listed<T>> {
    const items: T[] = [];
    const pages = this.pages(list);
    for (;;) {
      const { done, value } = await pages.next();
      if (done) return { items, ...value };
      items.push(...value);
    }
  }

  /** As `all`; an endpoint that this version lacks returns an empty list and, the first time, logs a warning. */
  async allOrNone<T>(list: List<T>): Promise<T[]> {
    return [...(await this.listedOrNone(list)).items];
  }

  /** As `allOrNone`, with how far the list was read: one that this version lacks is not whole. */
  async listedOrNone<T>(list: List<T>): Promise<Listed<T>> {
    try {
      return await this.listed(list);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      const level = this.#lacking.has(list.key) ? "debug" : "warn";
      this.#lacking.add(list.key);
      this.#log[level]({ path: list.path, status: error.status }, "Run:ai does not offer this list; taken as empty");
      return { items: [], isWhole: false, unread: [] };
    }
  }

  /** One page: its items that can be read, and the length of the page as it was sent. */
  async #page<T>(
    list: List<T>,
    reading: Reading,
    offset: number,
    order: "asc" | "desc",
  ): Promise<{ items: T[]; next: number | null; length: number }> {
    // What is not a number is not an offset. Go writes an empty list as null.
    const next = z
      .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
      .nullish()
      .catch(null);
    const schema = z.looseObject({ [list.key]: z.array(z.unknown()).nullable(), next });
    const sorted = list.sortBy && !this.#unsorted.has(list.path);
    const sort: Query = sorted ? { sortBy: list.sortBy, sortOrder: order } : {};
    try {
      const { status, value } = await this.get(list.path, { ...list.query, limit: PAGE, offset, ...sort }, schema);
      if (status === PARTIAL) reading.isPartial = true;
      const sent = (value[list.key] ?? []) as unknown[];
      const items = this.#readable(list, sent, reading);
      return { items, next: (value.next as number | null | undefined) ?? null, length: sent.length };
    } catch (error) {
      if (!sorted || !(error instanceof HttpError) || error.status !== 400) throw error;
      this.#log.info({ path: list.path, sortBy: list.sortBy }, "the list cannot be sorted; read in the server's order");
      this.#unsorted.add(list.path);
      return this.#page(list, reading, offset, order);
    }
  }

  /**
   * The items that can be read. One that cannot is left out and reported with its id; a page of several without any that
   * can is another API.
   */
  #readable<T>(list: List<T>, sent: readonly unknown[], reading: Reading): T[] {
    const out: T[] = [];
    let first = "";
    for (const [i, item] of sent.entries()) {
      const parsed = list.item.safeParse(item);
      if (parsed.success) {
        out.push(parsed.data);
        continue;
      }
      const issue = parsed.error.issues[0];
      first ||= `${[list.key, i, ...(issue?.path ?? [])].join(".")}: ${issue?.message}`;
      const named = z.looseObject({ id: z.union([z.string(), z.number()]) }).safeParse(item).data?.id;
      if (named === undefined) reading.isPartial = true;
      else reading.unread.add(String(named));
      const id = named ?? `(number ${i})`;
      const known = `${list.path} ${String(id)}`;
      const level = this.#reported.has(known) ? "debug" : "warn";
      this.#reported.add(known);
      this.#log[level](
        { path: list.path, id, field: issue?.path.join("."), why: issue?.message },
        "an item of a list cannot be read and is left out",
      );
    }
    if (sent.length > MOST_ODD && out.length === 0) throw unexpectedShape(list.path, first);
    return out;
  }
}
