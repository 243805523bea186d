/** What went wrong, in the words of the caller's world. Transports map the code to a status; the message is shown. */
export type ErrorCode =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "period_closed"
  | "source_unavailable"
  | "internal";

/** The only error the product throws on purpose. `message` says what was wrong, where, and what to do. */
export class AppError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AppError";
    this.code = code;
  }
}

/** The text of any thrown value, for logs and gap causes; never a stack. */
export function errorText(error: unknown): string {
  if (error instanceof Error) {
    const cause =
      error.cause instanceof Error && !error.message.includes(error.cause.message) ? error.cause.message : "";
    return cause ? `${error.message} (${cause})` : error.message;
  }
  return String(error);
}
