import type { z } from "zod";
import { AppError } from "./errors.ts";

/** What a person gave, as a schema reads it. @throws AppError `invalid` with the schema's own sentences. */
export function parseInput<T extends z.ZodType>(schema: T, given: unknown): z.output<T> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new AppError("invalid", [...new Set(parsed.error.issues.map((issue) => issue.message))].join(" "));
}
