import { createHash } from "node:crypto";
import type { Notice } from "./advance.ts";
import type { Message } from "./types.ts";

export interface Named {
  readonly rule: { readonly key: number; readonly kind: string; readonly name: string };
  /** Name of the event's team; empty: everything. */
  readonly team: string;
  /** Where the product is reached; empty: unknown. */
  readonly url: string;
}

/** The same for all events of a rule about one subject: at most 255 characters, as PagerDuty takes. */
export function dedupeKeyOf(ruleKey: number, subject: string): string {
  const key = `gpu-ledger/${ruleKey}/${subject}`;
  if (key.length <= 255) return key;
  return `${key.slice(0, 190)}#${createHash("sha256").update(key).digest("hex")}`;
}

/** The message about a change of an event, without what differs by receiver. */
export function messageOf({ event, change }: Notice, now: number, { rule, team, url }: Named): Message {
  const { detail } = event;
  return {
    ...{ change, rule, team, severity: event.severity, title: detail.ended || event.title, at: now },
    dedupeKey: dedupeKeyOf(event.ruleKey, event.subject),
    messageId: `${event.id}.${event.sequence}`,
    summary: summaryOf({ event, change }),
    ...{ facts: [...detail.facts], chart: detail.chart },
    link: url ? `${url}${detail.link}` : "",
    ...{ startedAt: event.startedAt, resolvedAt: event.resolvedAt, items: [], unsubscribe: "" },
  };
}

function summaryOf({ event, change }: Pick<Notice, "event" | "change">): string {
  if (change === "resolve")
    return `${event.detail.ended ? event.title : "This no longer holds"}. ${event.detail.summary}`;
  if (change === "acknowledge") return `${event.acknowledgedBy} takes care of it.`;
  if (change === "escalate") return `Nobody acknowledged this. ${event.detail.summary}`;
  return event.detail.summary;
}
