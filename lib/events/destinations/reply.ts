import { excerpt } from "@/lib/http.ts";
import type { Reply, Verdict } from "./destination.ts";

/** Statuses by which a receiver says that what was sent is wrong, or too much at once. */
const REFUSED = new Set([400, 413, 422]);

/**
 * What a reply means: 2xx is success; 400, 413 and 422 are about the events; everything else (no access, a wrong address, too many requests, a
 * failure) is about the receiver or our settings, and loses no event.
 */
export function readReply({ status, text, retryAfterSeconds }: Reply): Verdict {
  if (status >= 200 && status < 300) return { kind: "accepted" };
  const reason = `The receiver answered ${status}: ${excerpt(detailOf(text), 300) || "(empty)"}`;
  return REFUSED.has(status) ? { kind: "refused", reason } : { kind: "later", reason, retryAfterSeconds };
}

/** The sentence of a `problem+json`, with the fields that it names; any other text as it is. */
function detailOf(text: string): string {
  try {
    const { detail, title, invalid_parameters: fields } = JSON.parse(text) as Record<string, unknown>;
    const named = Array.isArray(fields)
      ? fields.map((f: { field?: unknown; reason?: unknown }) => `${f.field}: ${f.reason}`)
      : [];
    const words = [detail ?? title, ...named].filter((part) => typeof part === "string" && part !== "");
    return words.length ? words.join("; ") : text;
  } catch {
    return text;
  }
}

export const JSON_BATCH = "application/cloudevents-batch+json";

export const bearer = (token: string | undefined): Record<string, string> =>
  token ? { authorization: `Bearer ${token}` } : {};

/** An address without the slash at its end. */
export const trimmed = (url: string): string => url.replace(/\/+$/, "");
