import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import type { SecretRef } from "./types.ts";

/** A key of AES-256-GCM, with the id by which an envelope names it. */
export interface SecretKey {
  /** 8 hexadecimal digits that follow from the key and do not reveal it. */
  readonly id: string;
  readonly bytes: Buffer;
}

const VERSION = "v1";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The key of a random text of at least 32 characters (HKDF-SHA-256). The same text gives the same key and id. */
export function keyOf(text: string): SecretKey {
  const bytes = Buffer.from(hkdfSync("sha256", text, "", "gpu-ledger secrets v1", 32));
  const id = createHash("sha256").update("gpu-ledger key id v1").update(bytes).digest("hex").slice(0, 8);
  return { id, bytes };
}

/** Binds an envelope to its place: moved to another row or field, it does not open. No two places give the same bytes. */
const placeOf = (keyId: string, { of, field }: SecretRef) => Buffer.from(JSON.stringify([VERSION, keyId, of, field]));

/** `v1.<key id>.<IV, ciphertext and tag in base64url>`: AES-256-GCM, a random IV for each. */
export function seal(key: SecretKey, ref: SecretRef, value: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key.bytes, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(placeOf(key.id, ref));
  const body = Buffer.concat([iv, cipher.update(value, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `${VERSION}.${key.id}.${body.toString("base64url")}`;
}

/** The id of the key that an envelope needs; null for what is not an envelope. */
export const keyIdOf = (envelope: string): string | null =>
  /^v1\.([0-9a-f]{8})\.[\w-]{38,}$/.exec(envelope)?.[1] ?? null;

/** The value; null where the envelope was changed, belongs to another place, or was sealed with another key. */
export function unseal(key: SecretKey, ref: SecretRef, envelope: string): string | null {
  if (keyIdOf(envelope) !== key.id) return null;
  const body = Buffer.from(envelope.split(".")[2] as string, "base64url");
  if (body.length < IV_BYTES + TAG_BYTES) return null;
  const [iv, tag] = [body.subarray(0, IV_BYTES), body.subarray(-TAG_BYTES)];
  const decipher = createDecipheriv("aes-256-gcm", key.bytes, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(placeOf(key.id, ref));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(body.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}
