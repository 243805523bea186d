import { holdsOn } from "@/lib/dated.ts";
import { type TeamRule, UNASSIGNED_TEAM, type WorkloadIdentity } from "./types.ts";

/**
 * A pattern as a test: `*` stands for any run of characters, everything else for itself, letters' case aside. Its parts are
 * looked for from left to right, each where it comes first: no pattern takes longer than pattern × text.
 */
export function patternTest(pattern: string): (text: string) => boolean {
  const [first = "", ...rest] = pattern.toLowerCase().split("*");
  const last = rest.pop();
  return (given) => {
    const text = given.toLowerCase();
    if (last === undefined) return text === first;
    const end = text.length - last.length;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= end;
  };
}

type Prepared = TeamRule & { readonly test: (text: string) => boolean };

/** What a rule looks at; null: the workload has no such thing, and no pattern matches that. */
function subjectOf(rule: TeamRule, identity: WorkloadIdentity): string | null {
  if (rule.kind !== "label") return identity[rule.kind] || null;
  // A label may be called like what every object has, such as `constructor`.
  return Object.hasOwn(identity.labels, rule.label) ? identity.labels[rule.label] || null : null;
}

/** The rules that hold on one day, in their order. @param day key `YYYYMMDD`; a rule's days are half-open. */
export class DayRules {
  readonly #rules: readonly Prepared[];
  constructor(rules: readonly TeamRule[], day: number) {
    this.#rules = rules
      .filter((r) => holdsOn(r, day))
      .sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1))
      .map((r) => ({ ...r, test: patternTest(r.pattern) }));
  }

  /** The first rule that matches; null: none does. */
  find(identity: WorkloadIdentity): TeamRule | null {
    for (const rule of this.#rules) {
      if (rule.clusterId && rule.clusterId !== identity.clusterId) continue;
      const subject = subjectOf(rule, identity);
      if (subject !== null && rule.test(subject)) return rule;
    }
    return null;
  }

  /** Who pays: the team of that rule, or Unassigned. */
  team(identity: WorkloadIdentity): number {
    return this.find(identity)?.teamKey ?? UNASSIGNED_TEAM;
  }
}
