import { type Reader, sql } from "@/db/client.ts";
import { alertChannels, alertDeliveries, alertEvents, alertRules } from "@/db/schema/index.ts";
import { own } from "@/lib/order.ts";
import type { FindingEvent } from "./types.ts";

/** Why a message went out, by the change of its alert. */
const WHY: Readonly<Record<string, string>> = {
  trigger: "first message",
  repeat: "reminder",
  update: "it grew",
  escalate: "nobody answered",
  acknowledge: "somebody acknowledged it",
  resolve: "it ended",
};

/** Messages about a finding that a receiver took, newest first: when, by which kind of channel, and why. */
export async function listNotices(db: Reader, findingId: string): Promise<FindingEvent[]> {
  const rows = await db.all<{ at: number; channel: string | null; change: string }>(sql`
    select coalesce(d.finished_at, d.created_at) as "at", c.kind as "channel", d.change as "change"
    from ${alertDeliveries} d join ${alertEvents} e on e.id = d.event_id
    join ${alertRules} r on r.key = e.rule_key left join ${alertChannels} c on c.key = d.channel_key
    where r.kind = 'finding-open' and e.subject = ${findingId.slice(0, 200)} and d.state in ('sent', 'accepted')
    order by 1 desc, d.key desc`);
  return rows.map(({ at, channel, change }) => ({
    ...{ at, kind: "sent", by: channel ?? "email", reason: own(WHY, change) ?? change, until: null, verdict: "" },
  }));
}
