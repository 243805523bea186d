import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";

const payload = z.tuple([z.int().positive(), z.string().min(1).max(100), z.string().min(1).max(200)]);

/** Whom a link unsubscribes from which kind of rule. */
export interface Unsubscribe {
  readonly userKey: number;
  readonly kind: string;
}

const sign = (secret: string, text: string): Buffer =>
  createHmac("sha256", secret).update(`unsubscribe.${text}`).digest();

/** A token for a link: signed, bound to one person, kind of rule and message. What it may do is written in it, and nothing else. */
export function unsubscribeToken(secret: string, { userKey, kind }: Unsubscribe, messageId: string): string {
  const text = Buffer.from(JSON.stringify([userKey, kind, messageId])).toString("base64url");
  return `${text}.${sign(secret, text).toString("base64url")}`;
}

/** What a token says; null where it was not signed by one of the secrets. */
export function readUnsubscribe(secrets: readonly string[], token: string): Unsubscribe | null {
  const [text = "", signature = ""] = token.split(".");
  const given = Buffer.from(signature, "base64url");
  const isOurs = secrets.some((secret) => {
    const expected = sign(secret, text);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isOurs) return null;
  const parsed = payload.safeParse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
  return parsed.success ? { userKey: parsed.data[0], kind: parsed.data[1] } : null;
}
