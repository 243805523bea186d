import { createHmac } from "node:crypto";

/**
 * Headers of the Standard Webhooks specification for one attempt: `v1,<base64 HMAC-SHA256>` over `<id>.<timestamp>.<body>`.
 * @param secrets `whsec_` and base64 of 24 to 64 bytes, several separated by spaces while they rotate: each signs.
 * @param timestamp Unix seconds of this attempt.
 */
export function signatureHeaders(
  secrets: string,
  { id, timestamp, body }: { readonly id: string; readonly timestamp: number; readonly body: string },
): Readonly<Record<string, string>> {
  const signatures = secretsOf(secrets).map(
    (key) => `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`,
  );
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatures.join(" "),
  };
}

const secretsOf = (text: string): Buffer[] =>
  text
    .split(/\s+/)
    .filter(Boolean)
    .map((part) => Buffer.from(part.replace(/^whsec_/, ""), "base64"));

/** What is wrong with signing secrets; null: nothing. */
export function secretProblem(text: string): string | null {
  const parts = text.split(/\s+/).filter(Boolean);
  const isOne = (part: string) =>
    /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(part) && isLength(Buffer.from(part.slice(6), "base64").length);
  if (parts.length > 0 && parts.length <= 3 && parts.every(isOne)) return null;
  return "Expected whsec_ and the base64 of 24 to 64 random bytes; while you replace it, the new one and the old one with a space between.";
}

const isLength = (bytes: number): boolean => bytes >= 24 && bytes <= 64;
