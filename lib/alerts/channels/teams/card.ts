import { changeWord, headline, type Message, SEVERITY_WORDS } from "@/lib/alerts/types.ts";
import { formatInstant } from "@/lib/format.ts";

/** Cards above about 21 KB are accepted and not shown. */
const MOST_BYTES = 20_000;

/** Characters of a headline, and of the text below. */
const [MOST_HEADLINE, MOST_TEXT] = [300, 2000];

const COLOURS = { info: "Accent", warning: "Warning", critical: "Attention" } as const;

/** Text that Teams shows as it is: its Markdown would take names such as `a_b_c` for emphasis. */
const plain = (text: string): string => text.replace(/([\\`*_[\]])/g, "\\$1");

/** A Workflows message with an Adaptive Card 1.4. The longest lists are cut so that it is shown. */
export function teamsBody(message: Message) {
  for (let items = 30; ; items = Math.floor(items / 2)) {
    const body = bodyOf(message, items);
    if (items === 0 || Buffer.byteLength(JSON.stringify(body)) <= MOST_BYTES) return body;
  }
}

function bodyOf(message: Message, most: number) {
  const { severity, change, summary, facts, link, team, rule, startedAt, resolvedAt, items } = message;
  const status = [
    { title: "State", value: changeWord(message) },
    { title: "Severity", value: SEVERITY_WORDS[severity] },
    ...(team ? [{ title: "Team", value: plain(team) }] : []),
    { title: "Since", value: formatInstant(startedAt) },
    ...(resolvedAt === null ? [] : [{ title: "Until", value: formatInstant(resolvedAt) }]),
    { title: "Rule", value: plain(rule.name) },
  ];
  const all = [
    ...(change === "digest" ? [] : status),
    ...facts.map(({ label, value }) => ({ title: plain(label), value: plain(value.slice(0, 500)) })),
  ];
  const lines = items
    .slice(items.length - Math.min(most, items.length))
    .map((item) => `- ${plain(headline(item).slice(0, 200))}`);
  const card = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [
      {
        type: "TextBlock",
        text: plain(headline(message).slice(0, MOST_HEADLINE)),
        wrap: true,
        weight: "Bolder",
        size: "Medium",
        color: change === "resolve" ? "Good" : COLOURS[severity],
      },
      ...(summary ? [{ type: "TextBlock", text: plain(summary.slice(0, MOST_TEXT)), wrap: true }] : []),
      ...(all.length ? [{ type: "FactSet", facts: all }] : []),
      ...(lines.length ? [{ type: "TextBlock", text: lines.join("\n"), wrap: true }] : []),
    ],
    ...(link ? { actions: [{ type: "Action.OpenUrl", title: "Open in GPU Ledger", url: link }] } : {}),
    msteams: { width: "Full" },
  };
  return {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content: card }],
  };
}

/** What people read of it: the headline of the card, and the text below. */
export const teamsSeen = (message: Message) => ({
  title: headline(message).slice(0, MOST_HEADLINE),
  text: message.summary.slice(0, MOST_TEXT),
});
