import { z } from "zod";

export const SEVERITIES = ["info", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

export const EVENT_STATES = ["pending", "firing", "resolved", "recorded"] as const;
export type EventState = (typeof EVENT_STATES)[number];

/** What a message says of an event: it began, lasts, got worse, was escalated, was acknowledged, ended. */
export const CHANGES = ["trigger", "repeat", "update", "escalate", "acknowledge", "resolve", "digest", "test"] as const;
export type Change = (typeof CHANGES)[number];

/** `accepted`: the receiver queued it and does not say whether it was shown. `dead`: given up. `dropped`: no longer needed. */
export const DELIVERY_STATES = ["waiting", "sending", "sent", "accepted", "dead", "dropped"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export const MODES = ["now", "daily", "weekly"] as const;
export type Mode = (typeof MODES)[number];

/** Who is notified, one after the other, while nobody acknowledges. */
export const STEPS = ["owner", "lead", "manager"] as const;

const factSchema = z.object({ label: z.string(), value: z.string() });
export type Fact = z.output<typeof factSchema>;

/** A small chart of a message: values in the order of time, and a line to compare with. */
const chartSchema = z.object({
  title: z.string(),
  points: z.array(z.object({ label: z.string(), value: z.number().nullable() })).max(120),
  limit: z.number().nullable(),
});
export type MessageChart = z.output<typeof chartSchema>;

/** What an event is about, besides its title. `link` is a path of the product. */
export const detailSchema = z.object({
  summary: z.string(),
  facts: z.array(factSchema).max(12),
  link: z.string(),
  /** Names under which the owners submit workloads; empty: no workload is concerned. */
  owners: z.array(z.string()).default([]),
  chart: chartSchema.nullable().default(null),
  /** Of what happens once: the limit that was passed, in the unit of the rule. Null: it has none. */
  limit: z.number().nullable().default(null),
  /** Of an event whose time is over, the title of its last message; empty: it is not, or it was resolved. */
  ended: z.string().default(""),
});
export type Detail = z.output<typeof detailSchema>;

const itemSchema = z.object({
  change: z.enum(CHANGES),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  summary: z.string(),
  link: z.string(),
  at: z.int(),
  /** Of a resolve: the time of the event is over, and nobody knows that it is well. */
  ended: z.literal(true).optional(),
});
export type DigestItem = z.output<typeof itemSchema>;

/** One message as it is stored in the outbox: everything that a channel needs, frozen when the event changed. */
export const messageSchema = z.object({
  change: z.enum(CHANGES),
  /** The same for all messages of an event and its successors about one subject, at most 255 characters. */
  dedupeKey: z.string(),
  /** The same at every attempt of this message. */
  messageId: z.string(),
  rule: z.object({ key: z.int(), kind: z.string(), name: z.string() }),
  severity: z.enum(SEVERITIES),
  /** Empty: everything. */
  team: z.string(),
  title: z.string(),
  summary: z.string(),
  facts: z.array(factSchema),
  chart: chartSchema.nullable().default(null),
  /** Absolute address; empty where the product does not know its own. */
  link: z.string(),
  /** Unix seconds: when the event began, when this change happened, when it ended. */
  startedAt: z.int(),
  at: z.int(),
  resolvedAt: z.int().nullable(),
  /** Of a resolve: the time of the event is over, and nobody knows that it is well. */
  ended: z.literal(true).optional(),
  /** Of a digest alone. */
  items: z.array(itemSchema).default([]),
  /** Of an e-mail to a person: the absolute address that ends these messages. */
  unsubscribe: z.string().default(""),
});
export type Message = z.output<typeof messageSchema>;

/** @throws ZodError if the text is not a message. */
export const readMessage = (text: string): Message => messageSchema.parse(JSON.parse(text));

/** Is the event over in this message? */
export const isOver = ({ change }: Pick<Message, "change">): boolean => change === "resolve";

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  info: "Information",
  warning: "Warning",
  critical: "Critical",
};

export const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  trigger: "New",
  repeat: "Still open",
  update: "Worse",
  escalate: "Escalated",
  acknowledge: "Acknowledged",
  resolve: "Resolved",
  digest: "Digest",
  test: "Test",
};

type Changed = Pick<Message, "change"> & { readonly ended?: boolean | undefined };

/** What a change is called: an event whose time is over has ended, and is not known to be resolved. */
export const changeWord = ({ change, ended = false }: Changed): string =>
  change === "resolve" && ended ? "Ended" : CHANGE_WORDS[change];

type Headed = Changed & Pick<Message, "severity" | "title">;

/** `[Critical] Sync is 2 h late`, on one line: the subject of an e-mail, and the headline elsewhere. */
export function headline({ change, ended = false, severity, title }: Headed): string {
  const isNew = change === "trigger" || change === "digest";
  const mark = isNew ? SEVERITY_WORDS[severity] : changeWord({ change, ended });
  return `${change === "digest" ? "" : `[${mark}] `}${title}`.replace(/\s+/g, " ").trim();
}

/** The title above a message that is read by itself: of one that is over it says so, for the title is what held. */
export const heading = (message: Headed): string => (message.change === "resolve" ? headline(message) : message.title);
