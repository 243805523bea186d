import { changeWord, headline, type Message, SEVERITY_WORDS } from "@/lib/alerts/types.ts";
import { formatInstant } from "@/lib/format.ts";

/**
 * What we use of what Slack takes: 150 characters of a header, 3,000 of a text, 2,000 of a field, 10 fields, 50 blocks, and about 13,000 of
 * all blocks together, above which it refuses the message.
 */
const LIMITS = {
  header: 150,
  notification: 300,
  text: 2500,
  label: 100,
  field: 300,
  fields: 10,
  lines: 4500,
  line: 200,
} as const;
/** Of an address; a longer one is left out. */
const MOST_LINK = 1000;

/** The three characters that Slack asks to escape. */
export const escapeSlack = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The start of a text, at most so many characters, and never half of one that is written as two. */
const start = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…` : text;

/** At most so many characters, after escaping, and never half of an escaped one. */
function cut(text: string, most: number): string {
  const escaped = escapeSlack(text);
  if (escaped.length <= most) return escaped;
  return `${escaped.slice(0, most - 1).replace(/&[a-z]*$|[\ud800-\udbff]$/, "")}…`;
}

const mrkdwn = (text: string) => ({ type: "mrkdwn", text });
const plain = (text: string, most: number) => ({ type: "plain_text", text: start(text, most) });
const linked = (link: string, text: string): string =>
  link && link.length <= MOST_LINK ? `<${link.replaceAll("|", "%7C").replaceAll(">", "%3E")}|${text}>` : text;

/** A message of Slack: Block Kit, and a text for notifications. */
export function slackBody(message: Message) {
  const { severity, change, summary, facts, link, team, rule, startedAt, items, unsubscribe } = message;
  const status = [changeWord(message), SEVERITY_WORDS[severity], team, rule.name, `since ${formatInstant(startedAt)}`];
  const fields = facts
    .slice(0, LIMITS.fields)
    .map(({ label, value }) => mrkdwn(`*${cut(label, LIMITS.label)}*\n${cut(value, LIMITS.field)}`));
  return {
    text: cut(headline(message), LIMITS.notification),
    blocks: [
      { type: "header", text: plain(headline(message), LIMITS.header) },
      ...(summary.trim() ? [{ type: "section", text: mrkdwn(cut(summary, LIMITS.text)) }] : []),
      ...(fields.length ? [{ type: "section", fields }] : []),
      ...sections(linesOf(items)),
      ...(change === "digest"
        ? []
        : [{ type: "context", elements: [mrkdwn(cut(status.filter(Boolean).join(" · "), LIMITS.field))] }]),
      ...(link && link.length <= MOST_LINK
        ? [{ type: "actions", elements: [{ type: "button", text: plain("Open in GPU Ledger", 75), url: link }] }]
        : []),
      ...(unsubscribe && unsubscribe.length <= MOST_LINK
        ? [{ type: "context", elements: [mrkdwn(linked(unsubscribe, "No longer send me these"))] }]
        : []),
    ],
  };
}

/** The same as text alone, for a receiver that refuses the blocks: an alert arrives, however it looks. */
export function slackText(message: Message): { readonly text: string } {
  const { summary, link } = message;
  const lines = [`*${cut(headline(message), LIMITS.notification)}*`, cut(summary, LIMITS.text)];
  return { text: [...lines, linked(link, "Open in GPU Ledger")].filter((line) => line.trim()).join("\n") };
}

/** The newest items that fit, and how many more there are. */
function linesOf(items: Message["items"]): string[] {
  const lines: string[] = [];
  let length = 0;
  for (const item of [...items].reverse()) {
    const line = `• ${linked(item.link, cut(headline(item), LIMITS.line))}`;
    if (length + line.length > LIMITS.lines) break;
    length += line.length + 2;
    lines.unshift(line);
  }
  const more = items.length - lines.length;
  return more > 0 ? [`${more} more on the page of alerts`, ...lines] : lines;
}

/** Lines in as few sections as their texts allow. */
function sections(lines: readonly string[]) {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + line.length + 1 <= LIMITS.text)
      texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts.map((text) => ({ type: "section", text: mrkdwn(text) }));
}

/** What people read of it: the header, and the section below. */
export const slackSeen = (message: Message) => ({
  title: start(headline(message), LIMITS.header),
  text: start(message.summary.trim(), LIMITS.text),
});
