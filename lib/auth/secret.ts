import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Random bytes as text that fits into an address and a cookie. */
export const randomSecret = (bytes = 32): string => randomBytes(bytes).toString("base64url");

/** What is stored of a random secret: SHA-256 in hex. A slow hash adds nothing to 256 random bits. */
export const hashSecret = (secret: string): string => createHash("sha256").update(secret).digest("hex");

/** Are two hashes the same? Takes as long for any two of one length. */
export function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
