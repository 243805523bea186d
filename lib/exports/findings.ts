import type { FindingRow } from "@/lib/insights/findings/types.ts";
import type { Column, Row } from "@/lib/reports/report.ts";
import { formatInstant } from "@/lib/time.ts";

/** The columns of findings as a file, in their order: the command line, the API and downloads have the same. */
export const FINDING_COLUMNS: readonly Column[] = (
  [
    ["finding", "text"],
    ["rule", "text"],
    ["rule_version", "count"],
    ["subject_kind", "text"],
    ["subject", "text"],
    ["cluster", "text"],
    ["project", "text"],
    ["team", "text"],
    ["user", "text"],
    ["workload_id", "text"],
    ["opened_at", "instant"],
    ["last_seen_at", "instant"],
    ["resolved_at", "instant"],
    ["state", "text"],
    ["severity", "text"],
    ["points", "count"],
    ["gpu_hours_lost", "milli-gpu-seconds"],
    ["cost_lost", "money"],
    ["currency", "text"],
    ["evidence", "text"],
  ] as const
).map(([key, unit]) => ({ key, header: key, unit }));

/** The evidence of a finding as one object: since when, what speaks for it, and the thresholds. */
export const evidenceOf = (f: FindingRow) => ({
  since: formatInstant(f.sinceAt),
  signals: f.evidence,
  thresholds: f.settings,
});

/** A finding as a row of a file. */
export const findingRow = (f: FindingRow, currency: string): Row => ({
  finding: f.id,
  rule: f.rule,
  rule_version: f.ruleVersion,
  subject_kind: f.subjectKind,
  subject: f.subject,
  cluster: f.cluster,
  project: f.project || null,
  team: f.team || null,
  user: f.user || null,
  workload_id: f.workloadId || null,
  opened_at: f.openedAt,
  last_seen_at: f.lastSeenAt,
  resolved_at: f.resolvedAt,
  state: f.state,
  severity: f.severity,
  points: f.points,
  gpu_hours_lost: f.lostMilli,
  cost_lost: f.costMicros,
  currency,
  evidence: JSON.stringify(evidenceOf(f)),
});

/** A finding as JSON: the columns of the file with numbers as numbers, and its evidence as an object. */
export const findingJson = (f: FindingRow, currency: string) => ({
  finding: f.id,
  rule: f.rule,
  rule_version: f.ruleVersion,
  subject_kind: f.subjectKind,
  subject: f.subject,
  cluster: f.cluster,
  project: f.project || null,
  team: f.team || null,
  user: f.user || null,
  workload_id: f.workloadId || null,
  opened_at: formatInstant(f.openedAt),
  last_seen_at: formatInstant(f.lastSeenAt),
  resolved_at: f.resolvedAt === null ? null : formatInstant(f.resolvedAt),
  state: f.state,
  severity: f.severity,
  points: f.points,
  gpu_hours_lost: f.lostMilli / 3_600_000,
  cost_lost: f.costMicros === null ? null : f.costMicros / 1e6,
  currency,
  evidence: evidenceOf(f),
});
