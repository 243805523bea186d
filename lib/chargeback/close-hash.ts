import { createHash, type Hash } from "node:crypto";
import type { ClosedPeriod } from "./period.ts";
import type { Charge, Share, Statement } from "./types.ts";

/**
 * A value as canonical JSON: keys of objects in the order of their UTF-16 code units, no white space, numbers as integers,
 * what is undefined left out. The same value always gives the same text.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(",")}}`;
}

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

/** Shares in the order of their identity, in which they are stored and hashed. */
export function byShare(a: Share, b: Share): number {
  const key = (s: Share) => [s.clusterId, s.hardwareKey, s.costClass, s.teamKey, s.method] as const;
  const [left, right] = [key(a), key(b)];
  for (const [i, mine] of left.entries()) {
    const its = right[i] as string | number;
    if (mine !== its) return mine < its ? -1 : 1;
  }
  return 0;
}

export interface Sealed extends Omit<ClosedPeriod, "hash"> {
  readonly chargesHash: string;
  /** Number and hash of each statement, in the order of the numbers. */
  readonly statements: readonly (readonly [number: string, hash: string])[];
}

/** The hash of a close: over what it says, its statements' hashes, its charges' hash and the hash of the close before. */
export const hashClose = (sealed: Sealed): string => sha256(canonicalJson(sealed));
