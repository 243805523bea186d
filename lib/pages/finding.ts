import { sql } from "@/db/client.ts";
import { pods } from "@/db/schema/index.ts";
import type { UsageClass } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { mayActOn } from "@/lib/insights/findings/acts.ts";
import { adviceFor, stopCommands } from "@/lib/insights/findings/commands.ts";
import { findFinding, listEvents, listFindings, loadReplies } from "@/lib/insights/findings/load.ts";
import type { Replies } from "@/lib/insights/findings/replies.ts";
import type { FindingEvent, FindingRow, StopCommand } from "@/lib/insights/findings/types.ts";
import { ruleOf } from "@/lib/insights/rules/index.ts";
import type { RuleWords } from "@/lib/insights/rules/rule.ts";
import { readHours } from "@/lib/pages/home/me.ts";
import { DAY, type Interval } from "@/lib/time.ts";
import { EVIDENCE_METRICS, loadStrips } from "./strips.ts";
import type { StripGroup } from "./types.ts";

export interface FindingDetail {
  readonly finding: FindingRow;
  readonly rule: RuleWords;
  /** What the rule advises, with the command that does it where one does. */
  readonly advice: string;
  /** What people decided about findings of this rule; undefined: nothing yet. */
  readonly replies: Replies | undefined;
  readonly events: readonly FindingEvent[];
  /** Whether the viewer may say something of it, rather than read it alone. */
  readonly mayAct: boolean;
  readonly commands: readonly StopCommand[];
  /** The day up to when it was last seen, and the samples of each card in it. */
  readonly range: Interval;
  readonly strips: { readonly groups: readonly StripGroup[]; readonly count: number };
  /** The leading class of each of the last 24 hours. */
  readonly hours: readonly (UsageClass | null)[];
  /** Other findings of the workload, and earlier ones of the same rule and user; newest first. */
  readonly related: readonly FindingRow[];
}

const MOST_RELATED = 10;

/** One finding with its evidence, or null if it does not exist or the viewer may not see it. */
export async function loadFinding(ctx: Ctx, id: string, holdSteps: number): Promise<FindingDetail | null> {
  const finding = await findFinding(ctx, id);
  if (!finding) return null;
  const end = Math.min(ctx.now(), (finding.resolvedAt ?? ctx.now()) + DAY / 24);
  const range = { start: end - DAY, end };
  const about = finding.workloadKey !== 0;
  const [mayAct, replies, events, own, same, podRows, hours] = await Promise.all([
    mayActOn(ctx, finding.id),
    loadReplies(ctx),
    listEvents(ctx.db, finding),
    about ? listFindings(ctx, { workloadKey: finding.workloadKey }) : [],
    about && finding.user ? listFindings(ctx, { user: finding.user, rules: [finding.rule] }) : [],
    about ? podsIn(ctx, finding.workloadKey, range) : [],
    about ? readHours(ctx, [finding.workloadKey]) : new Map<number, readonly (UsageClass | null)[]>(),
  ]);
  const strips = about
    ? await loadStrips(
        ctx,
        { clusterId: finding.clusterId, id: finding.workloadId, pods: podRows },
        range,
        holdSteps,
        EVIDENCE_METRICS,
      )
    : { groups: [], count: 0 };
  const related = [...new Map([...own, ...same].map((f) => [f.id, f])).values()]
    .filter((f) => f.id !== finding.id)
    .sort((a, b) => b.lastSeenAt - a.lastSeenAt || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_RELATED);
  return {
    ...{
      finding,
      rule: ruleOf(finding.rule),
      advice: adviceFor(ruleOf(finding.rule), finding),
      replies: replies.get(finding.rule),
      events,
      range,
      strips,
      related,
      mayAct,
    },
    commands: about ? stopCommands(finding) : [],
    hours: hours.get(finding.workloadKey) ?? [],
  };
}

/** Pods of a workload that ran in a range, at most as many as have strips. */
const podsIn = (ctx: Ctx, workloadKey: number, range: Interval) =>
  ctx.db.all<{ id: string; name: string }>(sql`select id as "id", name as "name" from ${pods}
    where workload_key = ${workloadKey} and ended_at > ${range.start} and started_at < ${range.end}
    order by started_at desc, id limit 64`);
