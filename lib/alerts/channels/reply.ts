import { z } from "zod";
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

/** How the excerpt of an answer begins that is not the receiver's. */
export const NOT_THE_RECEIVERS = "Not the receiver's answer:";

/**
 * A success in other words than the documented ones. A receiver that is compatible answers in its own: it has the message. A page, nothing, a part of
 * JSON or an error is no acknowledgement: the message is tried again, a few times.
 */
export function inOtherWords({ text }: Reply, base: Outcome): Outcome {
  return isAcknowledged(text.trim())
    ? { ...base, excerpt: `Answered in other words: ${base.excerpt}` }
    : { ...base, result: "retry", isDoubtful: true, excerpt: `${NOT_THE_RECEIVERS} ${base.excerpt}`.trim() };
}

const refusal = z.union([
  z.looseObject({ ok: z.literal(false) }),
  z.looseObject({ success: z.literal(false) }),
  z.looseObject({ error: z.union([z.string().min(1), z.looseObject({})]) }),
  z.looseObject({ status: z.string().regex(/error|fail|invalid/i) }),
]);

function isAcknowledged(text: string): boolean {
  if (text === "" || text.startsWith("<") || /<html|<!doctype/i.test(text)) return false;
  if (!/^[{["]/.test(text)) return true;
  try {
    return !refusal.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
