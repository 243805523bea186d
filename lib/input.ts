import type { z } from "zod";
import { AppError, type FieldProblems } from "./errors.ts";

/**
 * What a person gave, as a schema reads it.
 * @throws AppError `invalid` with the schema's own sentences, and with the first of each field by its path.
 */
export function parseInput<T extends z.ZodType>(schema: T, given: unknown): z.output<T> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const message = [...new Set(issues.map((issue) => issue.message))].join(" ");
  throw new AppError("invalid", message, { fields: fieldsOf(issues) });
}

function fieldsOf(issues: readonly z.core.$ZodIssue[]): FieldProblems {
  const fields: Record<string, string> = {};
  for (const { path, message } of issues) {
    const name = path.join(".");
    if (name) fields[name] ??= message;
  }
  return fields;
}
