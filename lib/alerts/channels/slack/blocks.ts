import { CHANGE_WORDS, headline, type Message, SEVERITY_WORDS } from "@/lib/alerts/types.ts";
import { formatInstant } from "@/lib/format.ts";

/** What Slack takes: 150 characters of a header, 3,000 of a text, 2,000 of a field, 10 fields, 50 blocks. */
const LIMITS = { header: 150, text: 3000, field: 2000, fields: 10, items: 30 } as const;

/** The three characters that Slack asks to escape. */
export const escapeSlack = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** At most so many characters, after escaping, and never half of an escaped one. */
function cut(text: string, most: number): string {
  const escaped = escapeSlack(text);
  if (escaped.length <= most) return escaped;
  return `${escaped.slice(0, most - 1).replace(/&[a-z]*$/, "")}…`;
}

const mrkdwn = (text: string) => ({ type: "mrkdwn", text });
const plain = (text: string, most: number) => ({
  type: "plain_text",
  text: text.length > most ? `${text.slice(0, most - 1)}…` : text,
});

/** A message of Slack: Block Kit, and a text for notifications. */
export function slackBody(message: Message) {
  const { severity, change, summary, facts, link, team, rule, startedAt, items } = message;
  const status = [CHANGE_WORDS[change], SEVERITY_WORDS[severity], team, rule.name, `since ${formatInstant(startedAt)}`];
  const fields = facts
    .slice(0, LIMITS.fields)
    .map(({ label, value }) => mrkdwn(`*${cut(label, 200)}*\n${cut(value, LIMITS.field - 300)}`));
  const lines = items.slice(-LIMITS.items).map((item) => {
    const text = cut(headline(item), 200);
    return item.link ? `• <${item.link}|${text}>` : `• ${text}`;
  });
  return {
    text: cut(headline(message), LIMITS.text),
    blocks: [
      { type: "header", text: plain(headline(message), LIMITS.header) },
      ...(summary ? [{ type: "section", text: mrkdwn(cut(summary, LIMITS.text)) }] : []),
      ...(fields.length ? [{ type: "section", fields }] : []),
      ...sections(lines),
      ...(change === "digest"
        ? []
        : [{ type: "context", elements: [mrkdwn(cut(status.filter(Boolean).join(" · "), LIMITS.text))] }]),
      ...(link
        ? [{ type: "actions", elements: [{ type: "button", text: plain("Open in GPU Ledger", 75), url: link }] }]
        : []),
    ],
  };
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
