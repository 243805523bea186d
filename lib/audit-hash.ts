import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical-json.ts";

/** SHA-256 of canonical JSON of an entry of the audit log and the hash before it, in lower-case hexadecimal digits. Pure. */
export const hashEntry = (previous: string, entry: object): string =>
  createHash("sha256").update(canonicalJson({ previous, entry })).digest("hex");
