import type { z } from "zod";
import { AppError, type FieldProblems } from "./errors.ts";
import { own } from "./order.ts";

/** Problems that are listed; a list of thousands would be longer than what was sent. */
const MOST_ISSUES = 20;

/**
 * What a person or a program gave, as a schema reads it.
 * @throws AppError `invalid` with the schema's own sentences – of an item of a list after its place, `budgets 2, amount: …` – and with the
 * first of each field by its path. Where the schema has no sentence of its own it is one that names the field.
 */
export function parseInput<T extends z.ZodType>(schema: T, given: unknown): z.output<T> {
  const parsed = schema.safeParse(given, { error: wordsOf });
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const shown = [...new Set(issues.slice(0, MOST_ISSUES).map(sentenceOf))];
  const more = issues.length > MOST_ISSUES ? [`… and ${issues.length - MOST_ISSUES} more.`] : [];
  throw new AppError("invalid", [...shown, ...more].join(" "), { fields: fieldsOf(issues.slice(0, MOST_ISSUES)) });
}

function fieldsOf(issues: readonly z.core.$ZodIssue[]): FieldProblems {
  const fields: Record<string, string> = {};
  for (const { path, message } of issues) {
    const name = path.join(".");
    if (name) fields[name] ??= message;
  }
  return fields;
}

/** What forms call parts that have another name inside. */
const NAMES: Readonly<Record<string, string>> = {
  grants: "role",
  teamKey: "team",
  teamKeys: "team",
  projectKey: "project",
  userKey: "person",
};
const nameOf = (part: PropertyKey): string => own(NAMES, String(part)) ?? String(part);

/** `["budgets", 1, "amount"]` → `budgets 2, amount`: items are counted from 1. */
const placeOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text} ${part + 1}`.trim();
    return text ? `${text}, ${nameOf(part)}` : nameOf(part);
  }, "");

const sentenceOf = ({ path, message }: z.core.$ZodIssue): string =>
  path.some((part) => typeof part === "number") ? `${placeOf(path)}: ${message}` : message;

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  date: "a day",
};
const COUNTED: Readonly<Record<string, string>> = { string: "character", array: "item", set: "item", file: "byte" };

/** `3 characters`, or the number alone where it is the value that is too small or large. */
const sizeOf = (n: number | bigint, of: string): string =>
  own(COUNTED, of) ? `${n} ${own(COUNTED, of)}${Number(n) === 1 ? "" : "s"}` : String(n);

/** A sentence for what a schema says nothing about. Asked of Zod where no message of its own is set. */
function wordsOf(issue: z.core.$ZodRawIssue): string {
  const path = issue.path ?? [];
  // An item of a list has the name of the list.
  const named = path.findLast((part) => typeof part !== "number");
  const name = named === undefined ? "What was sent" : `"${nameOf(named).slice(0, 60)}"`;
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined && path.length
        ? `${name} is missing: it must be ${own(TYPES, issue.expected) ?? issue.expected}.`
        : `${name} must be ${own(TYPES, issue.expected) ?? issue.expected}.`;
    case "unrecognized_keys": {
      const keys = issue.keys.slice(0, 3).map((key) => `"${key.slice(0, 60)}"`);
      return `${keys.join(", ")} ${keys.length > 1 ? "are no fields" : "is no field"} that can be given here.`;
    }
    case "too_small":
      return `${name} must be ${issue.inclusive === false ? "more than" : "at least"} ${sizeOf(issue.minimum, issue.origin)}.`;
    case "too_big":
      return `${name} must be ${issue.inclusive === false ? "less than" : "at most"} ${sizeOf(issue.maximum, issue.origin)}.`;
    case "invalid_value":
      return `${name} must be one of ${issue.values.map(String).join(", ")}.`;
    default:
      return `${name} does not have the form that is needed.`;
  }
}

/** Lists within lists. */
const MOST_DEPTH = 40;
/** Values: ten thousand counts have 30,000, five thousand alerts some 200,000. */
const MOST_VALUES = 300_000;

const QUOTE = 34;
const BACKSLASH = 92;
const OPENING = new Set([91, 123]);
const CLOSING = new Set([93, 125]);
const COMMA = 44;

/**
 * JSON that somebody sent. Refused before it is parsed is what would take a parser memory for each of its letters: lists within lists,
 * and values without end. @throws AppError `invalid` for what is not JSON; `too_large` for more than it may hold.
 */
export function parseJsonText(text: string): unknown {
  checkShape(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError("invalid", "The body is not JSON.", { cause: error });
  }
}

function checkShape(text: string): void {
  let [depth, values, isQuoted] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isQuoted) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) isQuoted = false;
    } else if (code === QUOTE) isQuoted = true;
    else if (code === COMMA) values++;
    else if (OPENING.has(code)) {
      values++;
      if (++depth > MOST_DEPTH)
        throw new AppError("invalid", `The body has lists within lists, deeper than ${MOST_DEPTH}.`);
    } else if (CLOSING.has(code)) depth--;
    if (values > MOST_VALUES)
      throw new AppError(
        "too_large",
        `The body has more than ${MOST_VALUES} values. Send less at once, in several requests.`,
      );
  }
}
