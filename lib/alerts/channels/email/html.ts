import { heading, headline, type Message, type Severity } from "@/lib/alerts/types.ts";
import { escapeHtml, htmlPage } from "@/lib/mail/index.ts";
import { statusFacts } from "./text.ts";

const COLOURS: Readonly<Record<Severity, string>> = { info: "#2f6fde", warning: "#b26a00", critical: "#c62828" };
const RESOLVED = "#2e7d32";

/** The HTML of a mail. Every value is escaped: names of workloads and teams come from people. */
export function mailHtml(message: Message, chartCid: string | null): string {
  const { change, severity, summary, facts, link, items, unsubscribe } = message;
  const colour = change === "resolve" ? RESOLVED : COLOURS[severity];
  const rows = [...statusFacts(message), ...facts.map(({ label, value }) => [label, value] as const)];
  const body = [
    `<div style="border-left:4px solid ${colour};padding-left:14px">`,
    `<h1 style="margin:0 0 6px;font-size:19px">${escapeHtml(heading(message))}</h1>`,
    `<p style="margin:0">${escapeHtml(summary)}</p></div>`,
    chartCid && message.chart
      ? `<p style="margin:20px 0 0"><img src="cid:${chartCid}" width="600" alt="${escapeHtml(message.chart.title)}" style="max-width:100%;height:auto"></p>`
      : "",
    rows.length ? table(rows) : "",
    items.length ? list(message) : "",
    link
      ? `<p style="margin:24px 0 0"><a href="${escapeHtml(link)}" style="display:inline-block;padding:9px 16px;border-radius:6px;background:${colour};color:#fff;text-decoration:none">Open in GPU Ledger</a></p>`
      : "",
  ];
  const foot = unsubscribe
    ? `GPU Ledger · <a href="${escapeHtml(unsubscribe)}" style="color:inherit">no longer send me these</a>`
    : "GPU Ledger";
  return htmlPage(headline(message), body.filter(Boolean).join("\n"), foot);
}

const table = (rows: readonly (readonly [string, string])[]): string =>
  `<table role="presentation" style="margin-top:20px;border-collapse:collapse;width:100%">${rows
    .map(
      ([label, value]) =>
        `<tr><td style="padding:4px 16px 4px 0;opacity:.7;vertical-align:top;white-space:nowrap">${escapeHtml(label)}</td><td style="padding:4px 0">${escapeHtml(value)}</td></tr>`,
    )
    .join("")}</table>`;

const list = ({ items }: Message): string =>
  `<ul style="margin:20px 0 0;padding-left:18px">${items
    .map((item) => {
      const text = escapeHtml(headline(item));
      const head = item.link ? `<a href="${escapeHtml(item.link)}">${text}</a>` : text;
      return `<li style="margin:6px 0">${head}<br><span style="opacity:.75">${escapeHtml(item.summary)}</span></li>`;
    })
    .join("")}</ul>`;
