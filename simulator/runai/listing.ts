import { parseInstant } from "@/lib/time.ts";
import { type Call, json, type Reply } from "@/simulator/http.ts";
import { atLeast, isOddAt, type RunaiContext, RunaiError } from "./context.ts";

type Field = string | number | boolean | null | undefined | readonly string[];

/** What can be sorted and filtered by, per list: names as in the API's query, values as on the wire. */
export type Fields<T> = Readonly<Record<string, (item: T) => Field>>;

interface Condition {
  readonly field: string;
  readonly op: string;
  readonly value: string;
}

const CONDITION = /^([A-Za-z][\w.]*?)(==|!=|<=|>=|=@|!@|=\^|=\$)(.*)$/s;

/** `a==b,c!=d` as conditions. @throws RunaiError 400 for what is not one. */
export function parseFilter(text: string): Condition[] {
  return text
    .split(",")
    .filter((part) => part !== "")
    .map((part) => {
      const match = CONDITION.exec(part);
      if (!match) throw new RunaiError(400, "Validation failed - filterBy", part);
      return { field: match[1] as string, op: match[2] as string, value: match[3] as string };
    });
}

function compare(actual: Field, wanted: string): number {
  if (typeof actual === "number") return actual - Number(wanted);
  const text = String(actual ?? "");
  const [a, b] = [parseInstant(text), parseInstant(wanted)];
  if (/^\d{4}-\d\d-\d\d/.test(text) && a !== null && b !== null) return a - b;
  return text < wanted ? -1 : text > wanted ? 1 : 0;
}

function holds(actual: Field, { op, value }: Condition): boolean {
  if (Array.isArray(actual))
    return op.startsWith("!")
      ? actual.every((a) => holds(a, { field: "", op, value }))
      : actual.some((a) => holds(a, { field: "", op, value }));
  const text = String(actual ?? "");
  switch (op) {
    case "==":
      return compare(actual as Field, value) === 0;
    case "!=":
      return compare(actual as Field, value) !== 0;
    case "<=":
      return actual !== null && actual !== undefined && compare(actual as Field, value) <= 0;
    case ">=":
      return actual !== null && actual !== undefined && compare(actual as Field, value) >= 0;
    case "=@":
      return text.includes(value);
    case "!@":
      return !text.includes(value);
    case "=^":
      return text.startsWith(value);
    default:
      return text.endsWith(value);
  }
}

/** Applies `filterBy`, `search`, `sortBy` and `sortOrder`. @throws RunaiError 400 for unknown fields or too many conditions. */
export function filtered<T>(
  context: RunaiContext,
  call: Call,
  items: readonly T[],
  fields: Fields<T>,
  defaultOrder = "asc",
): T[] {
  const conditions = parseFilter(call.query.get("filterBy") ?? "");
  if (atLeast(context.switches, "3.0") && conditions.length > 10)
    throw new RunaiError(400, "Validation failed - filterBy has more than 10 items");
  const getter = (name: string) => {
    const get = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!get) throw new RunaiError(400, "Validation failed - unknown field", name);
    return get;
  };
  const tests = conditions.map((c) => ({ c, get: getter(c.field) }));
  const search = call.query.get("search")?.toLowerCase();
  const out = items.filter((item) => tests.every(({ c, get }) => holds(get(item), c)));
  const found = search
    ? out.filter((item) =>
        String(fields.name?.(item) ?? "")
          .toLowerCase()
          .includes(search),
      )
    : out;
  const sortBy = call.query.get("sortBy");
  if (!sortBy) return found;
  const get = getter(sortBy);
  const sign = (call.query.get("sortOrder") ?? defaultOrder) === "desc" ? -1 : 1;
  // Of equal keys any order is right.
  const ties = oddPage(context, call) === "reordered" ? [...found].reverse() : found;
  const keyed = ties.map((item) => [get(item), item] as const);
  keyed.sort(
    ([a], [b]) =>
      sign *
      (typeof a === "number" && typeof b === "number"
        ? a - b
        : String(a ?? "") < String(b ?? "")
          ? -1
          : String(a ?? "") > String(b ?? "")
            ? 1
            : 0),
  );
  return keyed.map(([, item]) => item);
}

/** How a page of a list is odd. */
export type OddPage = "empty" | "short" | "last" | "repeated" | "reordered" | "capped";
const ODD_PAGES: readonly OddPage[] = ["empty", "short", "last", "repeated", "reordered"];
/** Share of pages that are odd in one of these ways. */
const ODD_RATE = 0.15;
const CAPPED = 10;

/** How this page is odd, by the draw of the call; undefined where pages are not. */
export function oddPage(context: RunaiContext, call: Call): OddPage | undefined {
  const { switches, draw, clock } = context;
  if (!switches.oddPages || !isOddAt(context, clock.now())) return undefined;
  const drawn = draw(`page ${call.path}?${call.query.toString()}`);
  return drawn < ODD_RATE ? ODD_PAGES[Math.floor((drawn / ODD_RATE) * ODD_PAGES.length)] : "capped";
}

function integer(call: Call, name: string, fallback: number): number {
  const text = call.query.get(name);
  if (text === null) return fallback;
  if (!/^\d+$/.test(text)) throw new RunaiError(400, `Validation failed - ${name} must be an integer`, text);
  return Number(text);
}

/** What a page has besides its items if single items cannot be read. */
export const oddItem = (context: RunaiContext): readonly object[] =>
  context.switches.oddItems && isOddAt(context, context.clock.now())
    ? [{ id: "odd", name: "odd", clusterId: 0, createdAt: null }]
    : [];

/**
 * One page: `limit` 1..500 (default 50), `offset`; `next` is the next page's offset and is left out on the last one.
 * @throws RunaiError 400 outside the limits.
 */
export function page<T, W>(
  call: Call,
  items: readonly T[],
  key: string,
  wire: (item: T) => W,
  withNext = true,
  more: readonly object[] = [],
  odd?: OddPage,
): Reply {
  const asked = integer(call, "limit", 50);
  const limit = odd && asked > 0 ? Math.min(asked, CAPPED) : asked;
  const offset = integer(call, "offset", 0);
  if (limit < 1 || limit > 500)
    throw new RunaiError(400, "Validation failed - limit must be between 1 and 500", String(limit));
  const whole = items.slice(offset, offset + limit);
  const slice = odd === "empty" ? [] : odd === "short" ? whole.filter((_, i) => i % 2 === 0) : whole;
  const isLast = offset + limit >= items.length || !withNext || odd === "last";
  const next = isLast ? {} : { next: odd === "repeated" ? offset : offset + limit };
  return json({ ...next, [key]: [...slice.map(wire), ...more] });
}
