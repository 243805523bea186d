import { createHash } from "node:crypto";
import type { Notice } from "./advance.ts";
import { fillTemplate } from "./template.ts";
import type { Message } from "./types.ts";

export interface Named {
  readonly rule: {
    readonly key: number;
    readonly kind: string;
    readonly name: string;
    /** Empty: the usual title, the usual text. */
    readonly titleTemplate: string;
    readonly summaryTemplate: string;
  };
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

const MOST_TITLE = 300;
const MOST_SUMMARY = 2000;

/** The message about a change of an event, without what differs by receiver; in the words of its rule's templates, where it has some. */
export function messageOf({ event, change }: Notice, now: number, { rule, team, url }: Named): Message {
  const { detail, severity } = event;
  const ended = change === "resolve" && detail.ended !== "";
  const [title, summary] = [ended ? detail.ended : event.title, summaryOf({ event, change })];
  const link = url ? `${url}${detail.link}` : "";
  const values = { title, summary, rule: rule.name, team, severity, change, link, facts: detail.facts };
  const said = (template: string, most: number) => fillTemplate(template, values).slice(0, most);
  return {
    ...{ change, team, severity, at: now },
    rule: { key: rule.key, kind: rule.kind, name: rule.name },
    title: said(rule.titleTemplate, MOST_TITLE) || title,
    dedupeKey: dedupeKeyOf(event.ruleKey, event.subject),
    messageId: `${event.id}.${event.sequence}`,
    summary: said(rule.summaryTemplate, MOST_SUMMARY) || summary,
    ...{ facts: [...detail.facts], chart: detail.chart, link },
    ...{ startedAt: event.startedAt, resolvedAt: event.resolvedAt, items: [], unsubscribe: "" },
    ...(ended ? { ended } : {}),
  };
}

function summaryOf({ event, change }: Pick<Notice, "event" | "change">): string {
  if (change === "resolve")
    return `${event.detail.ended ? event.title : "This no longer holds"}. ${event.detail.summary}`;
  if (change === "acknowledge") return `${event.acknowledgedBy} takes care of it.`;
  if (change === "escalate") return `Nobody acknowledged this. ${event.detail.summary}`;
  return event.detail.summary;
}
