import { HttpError } from "@/lib/http.ts";

/** The peer gave no answer at all: asking it for more now is in vain. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof HttpError) return error.failure === "network" || error.failure === "timeout";
  return error instanceof Error && error.cause !== undefined && isUnreachable(error.cause);
}

/** The peer answers, but does not have what was asked for. */
export function isAbsent(error: unknown): boolean {
  return error instanceof HttpError && error.failure === "status" && (error.status === 404 || error.status === 405);
}
