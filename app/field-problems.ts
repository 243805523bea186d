import type { Answer } from "@/components/ui/field.tsx";
import type { AppError, FieldProblems } from "@/lib/errors.ts";

/** How a form calls the parts of a verb's input, by their paths. A part that is called the same need not be named. */
export type FieldNames = Readonly<Record<string, string>>;

/**
 * What an error says to a form: each problem at its field, and below the form what is about no field of it. `given` are the
 * texts that were sent: a page without scripts shows them again.
 */
export function refusalOf(error: AppError, form: FormData | undefined, names: FieldNames = {}): Answer {
  const problems = Object.entries(error.fields ?? {}).map(([path, message]) => [names[path] ?? path, message] as const);
  const known = new Set([...(form?.keys() ?? []), ...Object.values(names)]);
  const fields: FieldProblems = Object.fromEntries(problems.filter(([name]) => known.has(name)));
  const count = Object.keys(fields).length;
  const isWhole = count > 0 && count === problems.length;
  const summary = `Not saved: ${count === 1 ? "one field needs" : `${count} fields need`} a correction.`;
  return { ok: false, message: isWhole ? summary : error.message, fields, given: textsOf(form) };
}

/** Never sent back. */
const SECRET = /password|secret|token/i;

const textsOf = (form: FormData | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...(form ?? [])].filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && !SECRET.test(entry[0]),
    ),
  );
