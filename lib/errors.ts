import { redact } from "./redact.ts";

/** What went wrong, in the words of the caller's world. Transports map the code to a status; the message is shown. */
export type ErrorCode =
  | "invalid"
  | "too_large"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "period_closed"
  | "busy"
  | "source_unavailable"
  | "internal";

/** What is wrong with which part of an input: a sentence by its path, such as `name` or `rule.pattern`. */
export type FieldProblems = Readonly<Record<string, string>>;

/** Letters of a quoted text that a message repeats: the reader knows what they sent. */
const MOST_QUOTED = 200;
const shortened = (message: string): string =>
  message.replace(/"([^"]+)"/g, (quoted, text: string) =>
    text.length > MOST_QUOTED ? `"${text.slice(0, MOST_QUOTED).replace(/[\ud800-\udbff]$/, "")}…"` : quoted,
  );

interface AppErrorOptions extends ErrorOptions {
  readonly fields?: FieldProblems | undefined;
}

/**
 * The only error the product throws on purpose. `message` says what was wrong, where, and what to do; `fields` says the same
 * by the parts of the input, where the error is about some of them.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly fields: FieldProblems | undefined;
  constructor(code: ErrorCode, message: string, { fields, ...options }: AppErrorOptions = {}) {
    super(shortened(redact(message)), options);
    this.name = "AppError";
    this.code = code;
    this.fields = fields;
  }
}

/** What is wrong with one part of an input. */
export const fieldError = (field: string, message: string, code: ErrorCode = "invalid"): AppError =>
  new AppError(code, message, { fields: { [field]: message } });

/** Runs a check of one part of an input, and names that part where it throws `invalid`. */
export async function inField<T>(field: string, body: () => T | Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw error instanceof AppError && error.code === "invalid" ? fieldError(field, error.message) : error;
  }
}

/** The text of any thrown value, for logs and gap causes; never a stack, and never a secret. */
export const errorText = (error: unknown): string => redact(plainText(error));

function plainText(error: unknown): string {
  if (error instanceof Error) {
    const cause =
      error.cause instanceof Error && !error.message.includes(error.cause.message) ? error.cause.message : "";
    return cause ? `${error.message} (${cause})` : error.message;
  }
  return String(error);
}
