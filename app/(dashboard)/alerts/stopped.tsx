import { formatMoment } from "@/components/format.ts";
import { Notice } from "@/components/page-header.tsx";
import type { ListedRule } from "@/lib/alerts/list.ts";
import { unevaluatedSince } from "@/lib/alerts/overdue.ts";

/** Says so where no rule is evaluated, so that a quiet page is not taken for a good one. */
export function Stopped({ rules, now, zone }: { rules: readonly ListedRule[]; now: number; zone: string }) {
  const since = unevaluatedSince(rules, now);
  if (since === null) return null;
  return (
    <Notice>
      No rule was evaluated since {formatMoment(since, zone)}, so no new alert is sent. A server with SCHEDULER=on
      evaluates them, or `ledger serve-jobs`, or `ledger alerts --once`.
    </Notice>
  );
}
