import { type Instant, MINUTE } from "@/lib/time.ts";
import type { AlertRule } from "./rule-store.ts";
import { getRuleKind } from "./rules/index.ts";

/** A rule that is as much later than its time says that nothing evaluates it. */
const GRACE_SECONDS = 10 * MINUTE;

type Rule = Pick<AlertRule, "kind" | "checkedAt" | "createdAt" | "changedAt" | "disabledAt">;

/**
 * Since when no rule is evaluated, although each of those that are on was due ten minutes ago: no server runs the scheduled work, or it fails. Null: they
 * are evaluated, or no rule is on.
 */
export function unevaluatedSince(rules: readonly Rule[], now: Instant): Instant | null {
  const on = rules.filter((rule) => rule.disabledAt === null);
  // A rule that was just changed is not evaluated as it is now, and is not late for that.
  const last = ({ checkedAt, createdAt, changedAt }: Rule) => Math.max(checkedAt ?? createdAt, changedAt);
  const isLate = (rule: Rule) => now - last(rule) > (getRuleKind(rule.kind).everySeconds ?? MINUTE) + GRACE_SECONDS;
  return on.length > 0 && on.every(isLate) ? Math.max(...on.map(last)) : null;
}
