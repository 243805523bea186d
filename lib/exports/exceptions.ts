import type { Exception } from "@/lib/insights/findings/types.ts";
import type { Cell, Column } from "@/lib/reports/report.ts";

const column = (key: string, unit: Column["unit"] = "text"): Column => ({ key, header: key, unit });

export const EXCEPTION_COLUMNS: readonly Column[] = [
  ...["exception", "rule", "kind", "pattern", "name", "reason", "created_by"].map((key) => column(key)),
  ...["created_at", "expires_at"].map((key) => column(key, "instant")),
  column("state"),
];

/** One exception as files and the API have it. @param now decides its state: `in force`, `not yet` or `ended`. */
export const exceptionRow = (e: Exception, now: number): Record<string, Cell> => ({
  ...{ exception: e.id, rule: e.rule || null, kind: e.kind, pattern: e.pattern, name: e.name, reason: e.reason },
  ...{ created_by: e.createdBy, created_at: e.createdAt, expires_at: e.expiresAt },
  state: e.expiresAt <= now ? "ended" : e.createdAt > now ? "not yet" : "in force",
});
