import { createHash, type Hash } from "node:crypto";
import { canonicalJson } from "@/lib/canonical-json.ts";
import type { Charge, Share } from "@/lib/charges/types.ts";
import {
  CLASS_UNITS,
  type ClassProperty,
  type ClassRow,
  classProperty,
  LATER,
  type UsageClass,
} from "@/lib/classes.ts";
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

/**
 * What the charges of a period were, in one hash: over each charge and share in order, one canonical line each. A class that was
 * added later is left out where it is 0, so that what was sealed before keeps its hash.
 */
export class ChargesHash {
  readonly #hash: Hash = createHash("sha256");
  readonly #later: readonly ClassProperty[];
  constructor(later: readonly UsageClass[] = LATER) {
    this.#later = later.flatMap((c) => CLASS_UNITS.map((unit) => classProperty(c, unit)));
  }
  add(charges: readonly Charge[], shares: readonly Share[]): void {
    for (const charge of charges) this.#line({ ...charge, classes: this.#sealed(charge.classes) });
    for (const share of shares) this.#line(share);
  }
  #line(row: object): void {
    this.#hash.update(`${canonicalJson(row)}\n`);
  }
  #sealed(classes: ClassRow): Partial<ClassRow> {
    if (this.#later.length === 0) return classes;
    const out: Partial<ClassRow> = { ...classes };
    for (const property of this.#later) if (out[property] === 0) delete out[property];
    return out;
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
