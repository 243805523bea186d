import { type TeamRule, UNASSIGNED_TEAM, type WorkloadIdentity } from "./types.ts";

/** A pattern as a test: `*` stands for any run of characters, everything else for itself, letters' case aside. */
export function patternTest(pattern: string): (text: string) => boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const test = new RegExp(`^${parts.join(".*")}$`, "isu");
  return (text) => test.test(text);
}

type Prepared = TeamRule & { readonly test: (text: string) => boolean };

/** What a rule looks at; null: the workload has no such thing, and no pattern matches that. */
function subjectOf(rule: TeamRule, identity: WorkloadIdentity): string | null {
  const value = rule.kind === "label" ? (identity.labels[rule.label] ?? "") : identity[rule.kind];
  return value === "" ? null : value;
}

/** The rules that hold on one day, in their order. @param day key `YYYYMMDD`; a rule's days are half-open. */
export class DayRules {
  readonly #rules: readonly Prepared[];
  constructor(rules: readonly TeamRule[], day: number) {
    this.#rules = rules
      .filter((r) => r.fromDay <= day && (r.untilDay === null || day < r.untilDay))
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
