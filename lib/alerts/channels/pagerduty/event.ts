import type { Change, Message } from "@/lib/alerts/types.ts";
import { formatInstant } from "@/lib/format.ts";

const ACTIONS: Readonly<Record<Change, "trigger" | "acknowledge" | "resolve">> = {
  ...{
    trigger: "trigger",
    repeat: "trigger",
    update: "trigger",
    escalate: "trigger",
    digest: "trigger",
    test: "trigger",
  },
  ...{ acknowledge: "acknowledge", resolve: "resolve" },
};

/** Characters of the summary of an incident. */
const MOST_SUMMARY = 1024;

/** What people read of it: an acknowledgement and a resolve say nothing, they change the incident. */
export const pagerdutySeen = ({ change, title, summary }: Message) =>
  ACTIONS[change] === "trigger" ? { title: title.slice(0, MOST_SUMMARY), text: summary } : null;

/** An event of Events API v2, without the routing key. */
export function pagerdutyEvent(message: Message) {
  const { change, severity, title, summary, facts, link, rule, team, startedAt } = message;
  const action = ACTIONS[change];
  const base = { event_action: action, dedup_key: message.dedupeKey.slice(0, 255) };
  if (action !== "trigger") return base;
  return {
    ...base,
    payload: {
      summary: title.slice(0, MOST_SUMMARY),
      source: "gpu-ledger",
      severity,
      timestamp: formatInstant(startedAt),
      component: rule.name,
      ...(team ? { group: team } : {}),
      class: rule.kind,
      custom_details: { summary, ...Object.fromEntries(facts.map(({ label, value }) => [label, value])) },
    },
    client: "GPU Ledger",
    ...(link ? { client_url: link, links: [{ href: link, text: "Open in GPU Ledger" }] } : {}),
  };
}
