/** Who pays for what no team holds, and who holds what no rule matches. Their rows come with the database. */
export const PLATFORM_TEAM = 1;
export const UNASSIGNED_TEAM = 2;

/** Those two stand for themselves: they are never renamed or archived, and no rule gives anything to Unassigned. */
export const isBuiltIn = (teamKey: number): boolean => teamKey === PLATFORM_TEAM || teamKey === UNASSIGNED_TEAM;

export interface Team {
  readonly key: number;
  readonly name: string;
  readonly costCentre: string;
  readonly glAccount: string;
  readonly owner: string;
  readonly archivedAt: number | null;
}

export const RULE_KINDS = ["label", "namespace", "project", "department", "user"] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

/** The label keys that name a team by default. */
export const STANDARD_LABELS = [
  "ai-finops.io/team",
  "ai-finops.io/project",
  "ai-finops.io/model",
  "ai-finops.io/environment",
] as const;

/** In order of position, the first that matches on a day decides. Days are keys `YYYYMMDD`, half-open. */
export interface TeamRule {
  readonly id: string;
  readonly position: number;
  readonly kind: RuleKind;
  /** The label's key; empty for the other kinds. */
  readonly label: string;
  /** `*` stands for any run of characters; letters' case does not matter. */
  readonly pattern: string;
  /** Empty: every cluster. */
  readonly clusterId: string;
  readonly teamKey: number;
  readonly fromDay: number;
  /** Null: it goes on. */
  readonly untilDay: number | null;
}

/** What rules look at. */
export interface WorkloadIdentity {
  readonly clusterId: string;
  readonly namespace: string;
  readonly project: string;
  readonly department: string;
  readonly user: string;
  readonly labels: Readonly<Record<string, string>>;
}
