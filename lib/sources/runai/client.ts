import { z } from "zod";
import { AppError } from "@/lib/errors.ts";
import { type Http, HttpError } from "@/lib/http.ts";
import type { Log } from "@/lib/log.ts";
import type { ListEnd, Listed } from "@/lib/sources/source.ts";
import { RunaiError, unexpectedShape } from "./failure.ts";
import { type Next, nextOf, Reading, readId } from "./reading.ts";
import type { TokenKeeper } from "./token.ts";

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** One list: its path, the key of its items, how an item is read and identified. */
export interface List<T> {
  readonly path: string;
  readonly key: string;
  readonly item: z.ZodType<T>;
  readonly identity: (item: T) => string;
  readonly query?: Query;
  /** The path of its count, which proves that it was read in full; without one, its own end is believed. */
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
/** A walk through pages ends after so many in a row of which more than half was on pages before. */
const MOST_STALE = 100;
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
   * of equal keys change places between requests – is read again for what is missing, and so is one that cannot be counted
   * here. @throws as `get`.
   * @returns whether the list is whole: as many items as counted, or, uncounted, none more in a second look that goes on
   * until a page has nothing new. A list that no version counts is whole at an end that it says, or at such a page.
   */
  async *pages<T>(list: List<T>): AsyncGenerator<T[], ListEnd, undefined> {
    const reading = new Reading();
    let isWhole = false;
    for (let look = 0; look < MOST_LOOKS && !isWhole; look++) {
      const before = reading.size;
      const hasEnded = yield* this.#look(list, reading, look % 2 === 0 ? "asc" : "desc", look > 0);
      const read = reading.size;
      const count = await this.#count(list);
      const isSame = list.count === undefined || (look > 0 && read === before);
      isWhole = count === null ? hasEnded && isSame : read >= count;
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

  /**
   * Walks once through the pages.
   * @param isDoubted whether a short page without a next one is followed by another request: many a server has its own limit.
   * @returns whether the walk came to the end: one that the server says or, in doubt, a page with nothing new.
   */
  async *#look<T>(
    list: List<T>,
    reading: Reading,
    order: "asc" | "desc",
    isDoubted: boolean,
  ): AsyncGenerator<T[], boolean> {
    const { seen } = reading;
    const before = new Set<string>();
    let [retreats, stale] = [0, 0];
    for (let offset = 0; ; ) {
      const { items, next, length } = await this.#page(list, reading, offset, order);
      const sorted = Boolean(list.sortBy) && !this.#unsorted.has(list.path);
      if (sorted && offset > 0 && retreats < MOST_RETREATS && !items.some((item) => before.has(list.identity(item)))) {
        this.#log.debug({ path: list.path, offset }, "the list moved while it was read; going back a page");
        offset = Math.max(0, offset - PAGE);
        retreats++;
        continue;
      }
      const added = items.filter((item) => !before.has(list.identity(item))).length;
      const isNew = added > 0;
      for (const item of items) before.add(list.identity(item));
      const fresh = items.filter((item) => !seen.has(list.identity(item)));
      for (const item of fresh) seen.add(list.identity(item));
      if (fresh.length > 0) yield fresh;
      stale = isNew && 2 * added >= items.length ? 0 : stale + 1;
      if (stale > MOST_STALE) return false;
      // Where `next` is not declared, a full page may have a successor; a server that cannot page repeats itself.
      if (typeof next === "number" && next > offset) offset = next;
      else if ((length >= PAGE || next !== "end" || isDoubted) && isNew) offset += length;
      else return next === "end" || offset > 0;
      if (sorted) offset -= Math.min(OVERLAP, Math.floor(length / 2));
    }
  }

  /** As `listed`, of a list that is a bare array and never paged. */
  async bare<T>(list: List<T>): Promise<Listed<T>> {
    const reading = new Reading();
    const { status, value } = await this.get(list.path, {}, z.array(z.unknown()).nullable());
    const items = this.#readable(list, value ?? [], reading);
    return { items, isWhole: status !== PARTIAL && !reading.isPartial, unread: [...reading.unread] };
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
  ): Promise<{ items: T[]; next: Next; length: number }> {
    // Go writes an empty list as null.
    const schema = z.looseObject({ [list.key]: z.array(z.unknown()).nullable(), next: z.unknown().optional() });
    const sorted = list.sortBy && !this.#unsorted.has(list.path);
    const sort: Query = sorted ? { sortBy: list.sortBy, sortOrder: order } : {};
    try {
      const { status, value } = await this.get(list.path, { ...list.query, limit: PAGE, offset, ...sort }, schema);
      if (status === PARTIAL) reading.isPartial = true;
      const sent = (value[list.key] ?? []) as unknown[];
      const items = this.#readable(list, sent, reading);
      return { items, next: nextOf(value.next), length: sent.length };
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
      const named = readId(item);
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
