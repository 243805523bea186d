import type { Message } from "@/lib/alerts/types.ts";
import { formatInstant } from "@/lib/format.ts";

const at = (instant: number | null) => (instant === null ? null : formatInstant(instant));

/** `{type, timestamp, data}` of Standard Webhooks; instants in RFC 3339, UTC. The type is `alert.<change>`. */
export function webhookBody(message: Message) {
  const { rule, severity, team, title, summary, facts, link, items } = message;
  return {
    type: `alert.${message.change}`,
    timestamp: formatInstant(message.at),
    data: {
      dedupe_key: message.dedupeKey,
      rule,
      severity,
      team,
      title,
      summary,
      facts: Object.fromEntries(facts.map((fact) => [fact.label, fact.value])),
      link,
      started_at: at(message.startedAt),
      resolved_at: at(message.resolvedAt),
      ...(items.length ? { items: items.map((item) => ({ ...item, at: at(item.at) })) } : {}),
    },
  };
}
