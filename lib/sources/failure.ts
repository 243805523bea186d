import { HttpError } from "@/lib/http.ts";

/** Whether the source did not respond at all: sending more requests now is pointless. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof HttpError) return error.failure === "network" || error.failure === "timeout";
  return error instanceof Error && error.cause !== undefined && isUnreachable(error.cause);
}

/** Whether the source responds but does not have what was requested. */
export function isAbsent(error: unknown): boolean {
  return error instanceof HttpError && error.failure === "status" && (error.status === 404 || error.status === 405);
}
