import { createHash } from "node:crypto";

/** The id of a finding: the same rule and subject are the same finding, in any ledger and whenever it is evaluated. */
export function findingId(rule: string, subjectKind: string, clusterId: string, subject: string): string {
  const hash = createHash("sha256").update([rule, subjectKind, clusterId, subject].join("\u0000")).digest("hex");
  return `${rule}-${hash.slice(0, 12)}`;
}
