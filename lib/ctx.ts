import type { Db } from "@/db/client.ts";
import type { Env } from "./env.ts";
import type { Log } from "./log.ts";
import type { Instant } from "./time.ts";

/** What a person can be. One person can hold several (lib/auth/permissions.ts says what each may do). */
export const ROLES = ["admin", "finance", "manager", "engineer", "viewer"] as const;
export type Role = (typeof ROLES)[number];

/** A role of a person; 0: of no team or project in particular. */
export interface RoleGrant {
  readonly role: Role;
  readonly teamKey: number;
  readonly projectKey: number;
}

/** Who asks, and what they may see. Every loader starts from it; lib/auth loads it on every request. */
export interface Viewer {
  /** `local`: anyone who sits at the machine, where sign-in is off, and on the command line. */
  readonly kind: "person" | "token" | "job" | "local";
  /** As the audit log records it: a person's e-mail address, `token/<id>`, `cli:<user>`, a job's name. */
  readonly id: string;
  readonly roles: readonly Role[];
  /** Project keys (`cluster/project`) this viewer may see whole; `"all"` for administrators, finance and jobs. */
  readonly projects: "all" | readonly string[];
  /** Keys of the teams whose money this viewer may see; absent: all for viewers who see all projects, else none. */
  readonly teams?: "all" | readonly number[];
  /** Names under which this viewer submits workloads: those are seen whatever their project. */
  readonly submitters?: readonly string[];
  /** Keys of teams that the viewer sees whole, as their manager or viewer: workloads charged to them are seen one by one. */
  readonly manages?: readonly number[];
  /**
   * Of viewers who see all projects in sums: the keys of those whose workloads they see one by one, besides their own and those of
   * teams that they see whole. Absent: all that `projects` names.
   */
  readonly workloads?: readonly string[];
  /** Of a person and their tokens: the roles that the rest of this follows from. */
  readonly grants?: readonly RoleGrant[];
  /** Of a token that is narrowed to teams: the roles of its person, who may do everything that it may. */
  readonly ceiling?: readonly Role[];
  /** Of a token alone: what it may be used for. */
  readonly scopes?: readonly string[];
  /** Key of the person; absent for jobs and the machine. */
  readonly userKey?: number;
}

/** What a ledger's days and amounts are of: settings that hold for all of it. */
export interface LedgerFacts {
  readonly currency: string;
  /** The billing time zone. */
  readonly zone: string;
  readonly calendar: { readonly kind: "month" | "4-4-5"; readonly fiscalYearStart: number; readonly zone: string };
  /** Days after a period's end before it can be closed. */
  readonly graceDays: number;
}

export const ledgerOf = (env: Env): LedgerFacts => ({
  currency: env.LEDGER_CURRENCY,
  zone: env.BILLING_TIME_ZONE,
  calendar: { kind: env.BILLING_CALENDAR, fiscalYearStart: env.FISCAL_YEAR_START, zone: env.BILLING_TIME_ZONE },
  graceDays: env.CLOSE_GRACE_DAYS,
});

/** What every verb gets: the store, the clock, who asks, where to log, and the ledger that it is about. */
export interface Ctx {
  readonly db: Db;
  readonly now: () => Instant;
  readonly viewer: Viewer;
  readonly log: Log;
  readonly ledger: LedgerFacts;
}

export const localViewer: Viewer = { kind: "local", id: "local", roles: ["admin"], projects: "all" };
export const jobViewer = (id: string): Viewer => ({ kind: "job", id, roles: ["admin"], projects: "all" });
/** The person who types commands on the machine: its operating system already decided who may. */
export const cliViewer = (osUser: string): Viewer => ({ ...localViewer, id: `cli:${osUser}` });

/** The clock of the machine: the one place where it is read. */
export const systemNow = (): Instant => Math.floor(Date.now() / 1000);
