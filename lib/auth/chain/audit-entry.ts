import type { Instant } from "@/lib/time.ts";

/** An entry of the audit log, as it is stored. */
export interface AuditEntry {
  readonly id: string;
  readonly at: Instant;
  readonly actorKind: string;
  readonly actorId: string;
  readonly action: string;
  readonly subject: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly reason: string;
}
