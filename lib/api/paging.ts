import { AppError } from "@/lib/errors.ts";

const USUAL = 500;
const MOST = 1000;
const NO_CURSOR = "cursor: this is not the `next` of an answer. Leave it out to begin again.";

export interface PageRequest {
  readonly limit?: string | undefined;
  readonly cursor?: string | undefined;
}

/** Where a row of a list stands that the database pages. */
export interface Place {
  readonly key: number;
  readonly value: string | number | null;
}

export interface Page<T> {
  readonly rows: readonly T[];
  /** The cursor of the next page; null: this is the last. */
  readonly next: string | null;
}

/** @throws AppError `invalid` for anything but a whole number from 1 to 1000. */
export function limitOf({ limit }: PageRequest): number {
  if (limit === undefined) return USUAL;
  const number = Number(limit);
  if (!Number.isInteger(number) || number < 1 || number > MOST)
    throw new AppError("invalid", `limit: "${limit.slice(0, 20)}" is not a whole number from 1 to ${MOST}.`);
  return number;
}

const encode = (key: readonly (string | number)[]): string => Buffer.from(JSON.stringify(key)).toString("base64url");

function decode(cursor: string): unknown[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(key) && key.every((k) => typeof k === "string" || typeof k === "number")) return key;
  } catch {
    // The same answer as for any other text.
  }
  throw new AppError("invalid", NO_CURSOR);
}

/**
 * One page of rows that are in order of `keyOf`, which no two rows share; `compare` is that order. The cursor holds the key of the last
 * row of a page, so a row that is added or removed meanwhile makes no other row come twice or not at all.
 * @throws AppError `invalid` for what is not a limit or a cursor.
 */
export function pageOf<T>(
  rows: readonly T[],
  request: PageRequest,
  keyOf: (row: T) => readonly (string | number)[],
  compare: (a: readonly (string | number)[], b: readonly (string | number)[]) => number,
): Page<T> {
  const limit = limitOf(request);
  const after = request.cursor === undefined ? null : (decode(request.cursor) as (string | number)[]);
  const rest = after ? rows.filter((row) => compare(keyOf(row), after) > 0) : rows;
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: last !== undefined && rest.length > limit ? encode(keyOf(last)) : null };
}

/** The cursor of a row by its key and what the list is ordered by, for lists that the database pages. */
export const placeCursor = ({ key, value }: Place): string => encode(value === null ? [key] : [key, value]);

/** Undefined: from the beginning. @throws AppError `invalid` for a malformed cursor. */
export function placeOf({ cursor }: PageRequest): Place | undefined {
  if (cursor === undefined) return undefined;
  const [key, value = null, ...rest] = decode(cursor) as (string | number)[];
  if (typeof key !== "number" || !Number.isSafeInteger(key) || key < 0 || rest.length)
    throw new AppError("invalid", NO_CURSOR);
  return { key, value };
}

/** Newest first, and by id among those of the same instant: keys are `[instant, id]`. */
export function newestFirst(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  const [at, id] = [Number(b[0]) - Number(a[0]), [String(a[1]), String(b[1])] as const];
  return at || (id[0] < id[1] ? -1 : id[0] > id[1] ? 1 : 0);
}
