import type { Detail, MessageChart, Severity } from "@/lib/alerts/types.ts";
import type { Action } from "@/lib/auth/permissions.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Instant, Interval } from "@/lib/time.ts";

/** What is true now of one subject. */
export interface Condition {
  /** What it is about within the rule, stable while it lasts: `cluster/a`, `2026-10`. At most 200 characters. */
  readonly subject: string;
  /** Nobody knows now whether it holds: an event that is open stays as it is, and none begins. */
  readonly unknown?: true;
  /** Nobody will know: an event that is open ends with this as the title of its last message, and none begins. */
  readonly over?: string;
  /** The team that it belongs to; 0: nobody's in particular. Absent: the rule's own team. */
  readonly teamKey?: number;
  /** Absent: the rule's. */
  readonly severity?: Severity;
  /** Grows where it gets worse: a higher one is notified again. */
  readonly level?: number;
  readonly title: string;
  readonly summary: string;
  readonly facts: Detail["facts"];
  /** A path of the product. */
  readonly link: string;
  /** Names under which the owners submit workloads. */
  readonly owners?: readonly string[];
  readonly chart?: MessageChart | null;
}

/** What a rule would have notified in the past. */
export interface Happening {
  readonly subject: string;
  readonly at: Instant;
  readonly title: string;
}

/** What a rule looks at. */
export interface Asked {
  /** 0: everything. */
  readonly teamKey: number;
  /** In the unit of the kind. */
  readonly threshold: number;
  /** Since when the rule exists: what happens once is not notified for earlier times. */
  readonly since: Instant;
  /** Subjects of its events that are open: what is no longer reported of them is not well for that. */
  readonly open?: readonly string[];
}

/** What a message of a kind says, of an event that never was: for previews. Its facts have the labels that `read` writes. */
export type Sample = Pick<Condition, "title" | "summary" | "facts" | "link">;

/** `money`: micro-units of the ledger currency. `seconds`, `percent`, `count` as they are. */
export type ThresholdUnit = "money" | "seconds" | "percent" | "count";

export interface Threshold {
  readonly label: string;
  readonly unit: ThresholdUnit;
  readonly least: number;
  readonly most: number;
  readonly usual: number;
}

/** A kind of rule: one file, and one line in the list. */
export interface RuleKind {
  /** Stored with rules and preferences: never change it. */
  readonly kind: string;
  readonly title: string;
  readonly help: string;
  /** `ledger`: about everything, so it needs access to all teams. `team`: about one team. `both`: either. */
  readonly scope: "ledger" | "team" | "both";
  /** Who hears of it where no team is concerned. */
  readonly audience: "admin" | "finance";
  readonly threshold: Threshold | null;
  readonly severity: Severity;
  readonly holdSeconds: number;
  readonly repeatSeconds: number;
  /** It happens: one message for each subject, and nothing to resolve. */
  readonly once?: true;
  /** Read at most as often, in seconds; absent: at each evaluation. For what is dear to compute and changes slowly. */
  readonly everySeconds?: number;
  /** Acts after which it is read at the next evaluation: they may end or begin what it watches. */
  readonly after?: readonly Action[];
  /** It looks at samples, which are kept for less time than its past is asked for (SERIES_RETENTION). */
  readonly ofSamples?: true;
  /** Created with the recommended rules. */
  readonly recommended?: true;
  /** @param money an amount in micro-units, in words. @param team name of the rule's team; empty: everything. */
  readonly sample: (money: (micros: number) => string, team: string) => Sample;
  /** What holds now. What is unknown is not in the list only where it also cannot be open: else throw. */
  readonly read: (ctx: Ctx, asked: Asked) => Promise<Condition[]>;
  /** Whether the time of a subject is over, as the title of its last message: nothing is known to be well. Null: it is not over. */
  readonly ended?: (subject: string, ctx: Pick<Ctx, "now" | "ledger">) => string | null;
  /** What it would have notified; null: the past cannot be read. */
  readonly history: (ctx: Ctx, asked: Asked, span: Interval) => Promise<Happening[] | null>;
}

export const defineRule = (rule: RuleKind): RuleKind => rule;
