import { changeWord, heading, headline, type Message, SEVERITY_WORDS } from "@/lib/alerts/types.ts";
import { formatInstant } from "@/lib/format.ts";

/** The plain text of a mail: lines that every program shows. */
export function mailText(message: Message): string {
  const { summary, facts, link, items, unsubscribe } = message;
  const lines = [
    heading(message),
    "",
    summary,
    "",
    ...statusFacts(message).map(([label, value]) => `${label}: ${value}`),
    ...facts.map(({ label, value }) => `${label}: ${value}`),
    ...items.map((item) => `- ${headline(item)}${item.link ? `\n  ${item.link}` : ""}`),
    ...(link ? ["", link] : []),
    "",
    "--",
    "GPU Ledger",
    ...(unsubscribe ? [`No longer send me these: ${unsubscribe}`] : []),
  ];
  return `${lines.join("\n").replace(/\n{3,}/g, "\n\n")}\n`;
}

/** What is said of every event; nothing of a digest. */
export function statusFacts(message: Message): [string, string][] {
  const { change, severity, team, startedAt, resolvedAt, rule } = message;
  if (change === "digest") return [];
  return [
    ["State", changeWord(message)],
    ["Severity", SEVERITY_WORDS[severity]],
    ...(team ? [["Team", team] as [string, string]] : []),
    ["Since", `${formatInstant(startedAt)}${resolvedAt === null ? "" : ` until ${formatInstant(resolvedAt)}`}`],
    ["Rule", rule.name],
  ];
}
