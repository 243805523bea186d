import { parseDurationMs } from "@/lib/time.ts";

export interface Matcher {
  readonly name: string;
  readonly op: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

/** The metric of a selector that names none, such as `{__name__=~"a|b"}`. */
export const ANY = "__any__";

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  /** Set for `metric{…}[5m]`. */
  readonly rangeMs: number | null;
}

const OVER_TIME = ["last", "avg", "max", "min", "sum", "count"] as const;
export type RangeFunction = (typeof OVER_TIME)[number] | "rate";
export const AGGREGATIONS = ["max", "min", "sum", "avg", "count"] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

export type Query =
  | { readonly kind: "constant"; readonly value: number }
  | {
      readonly kind: "select";
      readonly selector: Selector;
      /** `x_over_time`, or `rate`. */
      readonly over: RangeFunction | null;
      readonly aggregate: Aggregate | null;
    };

/** An aggregation, of the series or of another aggregation of them. */
export interface Aggregate {
  readonly op: Aggregation;
  readonly by: readonly string[];
  readonly of?: Aggregate;
}

/** A query outside the subset, or not PromQL at all. `message` is Prometheus's way of saying it. */
export class ParseError extends Error {}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  fail(what?: string): never {
    const found = this.#text[this.#at];
    const reason =
      what ??
      (found === undefined ? "unexpected end of input" : `unexpected character or form: ${JSON.stringify(found)}`);
    throw new ParseError(`1:${this.#at + 1}: parse error: ${reason}`);
  }

  take(pattern: RegExp): string | null {
    const match = new RegExp(`\\s*(${pattern.source})`, "y");
    match.lastIndex = this.#at;
    const found = match.exec(this.#text);
    if (!found) return null;
    this.#at = match.lastIndex;
    return found[1] as string;
  }

  need(pattern: RegExp): string {
    return this.take(pattern) ?? this.fail();
  }

  end(): void {
    this.take(/\s*/);
    if (this.#at < this.#text.length) this.fail();
  }
}

function readString(reader: Reader): string {
  const raw = reader.need(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/);
  const inner = raw.slice(1, -1);
  return raw.startsWith('"')
    ? (JSON.parse(`"${inner.replaceAll("\n", "\\n")}"`) as string)
    : inner.replaceAll(/\\(.)/g, "$1");
}

function readSelector(reader: Reader, metric: string): Selector {
  const matchers: Matcher[] = [];
  if (reader.take(/\{/)) {
    while (!reader.take(/\}/)) {
      const name = reader.need(/[a-zA-Z_]\w*/);
      const op = reader.need(/=~|!~|!=|=/) as Matcher["op"];
      matchers.push({ name, op, value: readString(reader) });
      if (reader.take(/,/) === null && reader.take(/(?=\})/) === null) reader.fail();
    }
  }
  const range = reader.take(/\[[^\]]*\]/);
  if (range === null) return { metric, matchers, rangeMs: null };
  const rangeMs = parseDurationMs(range.slice(1, -1).trim());
  if (rangeMs === null || rangeMs <= 0) reader.fail(`bad or unsupported duration ${JSON.stringify(range)}`);
  return { metric, matchers, rangeMs };
}

function readLabels(reader: Reader): string[] {
  const labels: string[] = [];
  reader.need(/\(/);
  while (!reader.take(/\)/)) {
    labels.push(reader.need(/[a-zA-Z_]\w*/));
    if (reader.take(/,/) === null && reader.take(/(?=\))/) === null) reader.fail();
  }
  return labels;
}

function readInner(reader: Reader, word: string): Extract<Query, { kind: "select" }> {
  const over = word === "rate" ? word : OVER_TIME.find((f) => word === `${f}_over_time`);
  if (!over) return { kind: "select", selector: readSelector(reader, word), over: null, aggregate: null };
  reader.need(/\(/);
  const selector = readSelector(reader, reader.take(/[a-zA-Z_:][\w:]*/) ?? reader.need(/(?=\{)/) + ANY);
  if (selector.rangeMs === null)
    reader.fail(`expected type range vector in call to function "${word}", got instant vector`);
  reader.need(/\)/);
  return { kind: "select", selector, over, aggregate: null };
}

/** `max by (…) (` in front of what an aggregation is of. */
function readNested(reader: Reader): Aggregate | null {
  const op = reader.take(/(?:max|min|sum)(?=\s+by\s*\()/) as Aggregation | null;
  if (op === null) return null;
  reader.need(/by/);
  const by = readLabels(reader);
  reader.need(/\(/);
  return { op, by };
}

/** Reads exactly the forms that GPU Ledger sends; anything else throws ParseError. */
export function parseQuery(text: string): Query {
  if (text.trim() === "") throw new ParseError("unknown position: parse error: no expression found in input");
  const reader = new Reader(text);
  const word = reader.need(/[a-zA-Z_:][\w:]*/);
  if (word === "vector" && reader.take(/\(/)) {
    const value = Number(reader.need(/[-+]?\d+(?:\.\d+)?/));
    reader.need(/\)/);
    reader.end();
    return { kind: "constant", value };
  }
  const op = AGGREGATIONS.find((a) => a === word);
  const labelled = op ? reader.take(/by(?=\s*\()/) : null;
  if (!op || (labelled === null && reader.take(/(?=\()/) === null)) {
    const query = readInner(reader, word);
    reader.end();
    return query;
  }
  const by = labelled ? readLabels(reader) : [];
  reader.need(/\(/);
  const of = readNested(reader);
  const inner = readInner(reader, reader.need(/[a-zA-Z_:][\w:]*/));
  if (inner.selector.metric === ANY) reader.fail("an aggregation over several metrics is not supported here");
  if (inner.selector.rangeMs !== null && inner.over === null)
    reader.fail("expected type instant vector in aggregation expression, got range vector");
  if (of) reader.need(/\)/);
  reader.need(/\)/);
  const after = labelled === null && reader.take(/by(?=\s*\()/) ? readLabels(reader) : by;
  reader.end();
  return { ...inner, aggregate: { op, by: after, ...(of ? { of } : {}) } };
}

/** A selector alone, as `match[]` has it. */
export function parseSelector(text: string): Selector {
  const query = parseQuery(text.trim().startsWith("{") ? `${ANY}${text.trim()}` : text);
  if (query.kind !== "select" || query.over || query.aggregate || query.selector.rangeMs !== null)
    throw new ParseError("1:1: parse error: selector expected");
  return query.selector;
}
