import { AppError } from "@/lib/errors.ts";
import { own } from "@/lib/order.ts";

declare const brand: unique symbol;
/**
 * An expression built by this file. The client accepts nothing else, so no text of a user reaches a query unescaped.
 */
export type Promql = string & { readonly [brand]: "promql" };

export interface Matcher {
  readonly label: string;
  readonly op: "=" | "!=" | "=~" | "!~";
  /** Already a PromQL string literal, quotes included. */
  readonly literal: string;
}

const BARE: Record<string, string> = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A text as a double-quoted PromQL string literal. @throws AppError `invalid` on text that is not Unicode. */
export function quote(text: string): string {
  if (/\p{Cs}/u.test(text)) throw new AppError("invalid", "A label value is not valid Unicode text.");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped here
  const escaped = text.replace(/[\\"\u0000-\u001f\u007f]/g, (c) => {
    return own(BARE, c) ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return `"${escaped}"`;
}

/** A text as an RE2 pattern that matches exactly this text (PromQL anchors patterns itself). */
export function quoteRegex(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}

function labelName(name: string): string {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name))
    throw new AppError("invalid", `"${name}" is not a Prometheus label name.`);
  return name;
}

function metricName(name: string): string {
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name))
    throw new AppError("invalid", `"${name}" is not a Prometheus metric name.`);
  return name;
}

export function is(label: string, value: string): Matcher {
  return { label: labelName(label), op: "=", literal: quote(value) };
}

export function isNot(label: string, value: string): Matcher {
  return { label: labelName(label), op: "!=", literal: quote(value) };
}

/** Equal to one of the texts, which are taken literally. @throws AppError `invalid` without any text. */
export function isOneOf(label: string, values: readonly string[]): Matcher {
  if (values.length === 0) throw new AppError("invalid", `No value to match label "${label}" with.`);
  return { label: labelName(label), op: "=~", literal: quote(values.map(quoteRegex).join("|")) };
}

const matcherText = ({ label, op, literal }: Matcher): string => `${label}${op}${literal}`;

/** `name{matchers}`. @throws AppError `invalid`. */
export function selector(name: string, matchers: readonly Matcher[] = []): Promql {
  const inside = matchers.map(matcherText).join(",");
  return `${metricName(name)}${inside ? `{${inside}}` : ""}` as Promql;
}

/** The series of any of these names. Whole and literal, as matchers of the name. @throws AppError `invalid` without any name. */
export function anyOf(names: readonly string[]): Promql {
  return `{${matcherText(isOneOf("__name__", names.map(metricName)))}}` as Promql;
}

/** The newest sample of the last `rangeMs` milliseconds, per series. @throws AppError `invalid` on a range below 1 ms. */
export function lastOverTime(series: Promql, rangeMs: number): Promql {
  return `last_over_time(${series}[${rangeText(rangeMs)}])` as Promql;
}

/** The largest sample of the last `rangeMs` milliseconds, per series. @throws AppError `invalid` on a range below 1 ms. */
export function maxOverTime(series: Promql, rangeMs: number): Promql {
  return `max_over_time(${series}[${rangeText(rangeMs)}])` as Promql;
}

/**
 * Growth of counters per second over the last `rangeMs` milliseconds.
 * @throws AppError `invalid` on a range below 1 ms.
 */
export function rate(series: Promql, rangeMs: number): Promql {
  return `rate(${series}[${rangeText(rangeMs)}])` as Promql;
}

/**
 * Sums of an instant vector, one for each combination of the labels.
 * @throws AppError `invalid` on a name that is not a label name.
 */
export function sumBy(labels: readonly string[], vector: Promql): Promql {
  return `sum by (${labels.map(labelName).join(", ")}) (${vector})` as Promql;
}

/**
 * The largest of an instant vector for each combination of the labels: one series of those that replicas or several
 * scrape jobs deliver.
 * @throws AppError `invalid` on a name that is not a label name.
 */
export function maxBy(labels: readonly string[], vector: Promql): Promql {
  return `max by (${labels.map(labelName).join(", ")}) (${vector})` as Promql;
}

function rangeText(rangeMs: number): string {
  if (!Number.isSafeInteger(rangeMs) || rangeMs < 1) throw new AppError("invalid", `${rangeMs} ms is not a range.`);
  return rangeMs % 1000 === 0 ? `${rangeMs / 1000}s` : `${rangeMs}ms`;
}

/**
 * A query as an administrator wrote it, with the length of its window in place of `$window`: the one text that is not built here. It is
 * never joined with another. @throws AppError `invalid` on a window below one second.
 */
export function givenQuery(text: string, windowSeconds: number): Promql {
  return text.replaceAll("$window", rangeText(windowSeconds * 1000)) as Promql;
}

/** How many series exist now; no sample without series. */
export function count(series: Promql): Promql {
  return `count(${series})` as Promql;
}

/** The largest value of the series; no sample without series. */
export function max(series: Promql): Promql {
  return `max(${series})` as Promql;
}

/** The cheapest real query: every server that evaluates PromQL answers one sample of 1. */
export const VECTOR_ONE = "vector(1)" as Promql;

/** At a whole second: 2 where ranges include their left edge (Prometheus 2.x), 1 where they do not (3.x). */
export const LEFT_EDGE_PROBE = "count_over_time(vector(1)[1s:1s])" as Promql;
