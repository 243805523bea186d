import { z } from "zod";
import type { Evidence, Severity } from "@/lib/insights/rules/rule.ts";

export type { Evidence, Severity };

export const STATES = ["open", "acknowledged", "snoozed", "disputed", "resolved"] as const;
export type FindingState = (typeof STATES)[number];

/** What a reply says of a finding: its rule was right, right but meant to be so, or wrong. */
export const VERDICTS = ["real", "expected", "wrong"] as const;
export type FindingVerdict = (typeof VERDICTS)[number];

export const EVENT_KINDS = ["acknowledged", "snoozed", "disputed", "resolved", "reopened", "answered", "sent"] as const;

/** One act of a person, or one message that was sent. */
export interface FindingEvent {
  readonly at: number;
  readonly kind: string;
  readonly by: string;
  readonly reason: string;
  readonly until: number | null;
  readonly verdict: string;
}

/** A finding as pages, files and the API show it. Plain data. Money in micro-units; null: no price is known. */
export interface FindingRow {
  readonly key: number;
  readonly id: string;
  readonly rule: string;
  readonly ruleVersion: number;
  readonly ruleTitle: string;
  readonly group: string;
  readonly audience: string;
  readonly state: FindingState;
  readonly severity: Severity;
  readonly points: number;
  readonly evidence: readonly Evidence[];
  readonly settings: Readonly<Record<string, number>>;
  readonly subjectKind: string;
  readonly subject: string;
  /** The name of the workload; else the subject. */
  readonly name: string;
  readonly clusterId: string;
  readonly cluster: string;
  /** The source that owns the cluster; empty: not known. */
  readonly source: string;
  readonly workloadKey: number;
  readonly workloadId: string;
  readonly category: string;
  readonly type: string;
  readonly namespace: string;
  readonly phase: string;
  readonly projectKey: number;
  readonly project: string;
  /** 0: not known yet. */
  readonly teamKey: number;
  readonly team: string;
  readonly user: string;
  readonly openedAt: number;
  /** From when on its loss counts. */
  readonly sinceAt: number;
  readonly lastSeenAt: number;
  readonly resolvedAt: number | null;
  readonly episodes: readonly (readonly [start: number, end: number | null])[];
  readonly nowMilli: number;
  readonly lostMilli: number;
  readonly costMicros: number | null;
  /** At the present rate, while it is open. */
  readonly hourMicros: number | null;
  /** What people said last: empty, `acknowledged`, `snoozed`, `disputed` or `resolved`. */
  readonly standing: string;
  readonly standingAt: number | null;
  readonly standingBy: string;
  readonly standingReason: string;
  readonly standingUntil: number | null;
}

/** A command that frees the GPUs of a workload. */
export interface StopCommand {
  /** What it does: `Suspend` keeps the workload, `Delete` does not. */
  readonly act: "Suspend" | "Delete";
  readonly command: string;
}

const reason = z
  .string()
  .trim()
  .min(3, "Give a reason, in a few words.")
  .max(500, "Give a reason in at most 500 characters.");

export const actInput = z.object({ finding: z.string().min(1) });
export const resolveInput = actInput.extend({ reason });
export const disputeInput = actInput.extend({
  reason,
  verdict: z.enum(["expected", "wrong"], { error: "Choose whether it is expected or wrong." }),
});
export const snoozeInput = actInput.extend({
  reason,
  /** The first second at which it comes back. */
  until: z.number().int(),
});
export const answerInput = actInput.extend({
  reason,
  accept: z.boolean(),
  /** While it is accepted: until when the rule leaves the workload alone. */
  until: z.number().int().nullable(),
});

/** What an exception can be about. */
export const EXCEPTION_KINDS = ["workload", "user", "image", "project", "hardware"] as const;

export const exceptionInput = z.object({
  /** Empty: every rule. */
  rule: z.string(),
  kind: z.enum(EXCEPTION_KINDS, { error: "Choose what it is about." }),
  /** A name or id; `*` stands for any run of characters. Of a project its whole name, or its key. */
  pattern: z
    .string()
    .trim()
    .max(300, "Give a name of at most 300 characters.")
    .regex(/[^*\s].*[^*\s]|^\d$/, "Give a name, or a part of one of at least two characters beside *."),
  reason,
  /** The first second that is not excepted. */
  until: z.number().int(),
});
export const endInput = z.object({ exception: z.string().min(1), reason });

/** What rules leave alone, and until when. */
export interface Exception {
  readonly id: string;
  readonly rule: string;
  readonly kind: string;
  readonly pattern: string;
  /** What it is about, for people: of a project its name. */
  readonly name: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}
