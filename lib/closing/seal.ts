import { createHash, type Hash } from "node:crypto";
import { canonicalJson } from "@/lib/canonical-json.ts";
import type { Charge, Share } from "@/lib/charges/types.ts";
import type { ClosedPeriod } from "@/lib/periods/period.ts";
import type { Statement } from "@/lib/statements/types.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A statement's hash: over its number, kind, header and lines. */
export function hashStatement({
  number,
  kind,
  header,
  lines,
}: Pick<Statement, "number" | "kind" | "header" | "lines">): string {
  return sha256(canonicalJson({ number, kind, header, lines }));
}

/** What the charges of a period were, in one hash: over each charge and share in order, one canonical line each. */
export class ChargesHash {
  readonly #hash: Hash = createHash("sha256");
  add(charges: readonly Charge[], shares: readonly Share[]): void {
    for (const row of [...charges, ...shares]) this.#hash.update(`${canonicalJson(row)}\n`);
  }
  digest(): string {
    return this.#hash.digest("hex");
  }
}

export interface Sealed extends Omit<ClosedPeriod, "hash"> {
  readonly chargesHash: string;
  /** Number and hash of each statement, in the order of the numbers. */
  readonly statements: readonly (readonly [number: string, hash: string])[];
}

/** The hash of a close: over what it says, its statements' hashes, its charges' hash and the hash of the close before. */
export const hashClose = (sealed: Sealed): string => sha256(canonicalJson(sealed));
