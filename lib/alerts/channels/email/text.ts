import { CHANGE_WORDS, headline, type Message, SEVERITY_WORDS } from "@/lib/alerts/types.ts";
import { formatInstant } from "@/lib/format.ts";

/** The plain text of a mail: lines that every program shows. */
export function mailText(message: Message): string {
  const { title, summary, facts, link, items, unsubscribe } = message;
  const lines = [
    title,
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
export function statusFacts({ change, severity, team, startedAt, resolvedAt, rule }: Message): [string, string][] {
  if (change === "digest") return [];
  return [
    ["State", CHANGE_WORDS[change]],
    ["Severity", SEVERITY_WORDS[severity]],
    ...(team ? [["Team", team] as [string, string]] : []),
    ["Since", `${formatInstant(startedAt)}${resolvedAt === null ? "" : ` until ${formatInstant(resolvedAt)}`}`],
    ["Rule", rule.name],
  ];
}
