import { errorText } from "@/lib/errors.ts";
import { excerpt } from "@/lib/http.ts";
import type { Outcome } from "./channel.ts";
import { NoReply, type Reply } from "./post.ts";

/** Statuses after which the same message may arrive later. */
const LATER = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What a reply means where the receiver has no rules of its own: 2xx is success, 410 the end, a redirect a failure. */
export function outcomeOf(reply: Reply): Outcome {
  const { status, retryAfterSeconds } = reply;
  const base = { status, excerpt: excerpt(reply.text), retryAfterSeconds };
  if (status >= 200 && status < 300) return { result: "sent", ...base };
  if (status === 410) return { result: "closed", ...base };
  if (LATER.has(status) || status > 504) return { result: "retry", ...base };
  return { result: "failed", ...base };
}

/** Sends, and reads the reply; no reply is tried again unless the target is forbidden. */
export async function attempt(
  send: () => Promise<Reply>,
  read: (reply: Reply) => Outcome = outcomeOf,
): Promise<Outcome> {
  try {
    return read(await send());
  } catch (error) {
    if (!(error instanceof NoReply)) throw error;
    return { result: error.forbidden ? "failed" : "retry", status: 0, excerpt: excerpt(errorText(error), 300) };
  }
}
