import { listBegun, listFiring, type ReceivedRow } from "@/lib/alerts/received/store.ts";
import type { Severity } from "@/lib/alerts/types.ts";
import { defineRule } from "./rule.ts";

/** Alerts that are notified at once; a storm of more says nothing that these do not. */
const MOST = 500;

const textsOf = (json: string): Readonly<Record<string, string>> => JSON.parse(json) as Record<string, string>;

/** The severity label in our words. */
function severityOf(label: string | undefined): Severity | undefined {
  if (label === undefined) return undefined;
  if (/^(critical|page|error|emergency)$/i.test(label)) return "critical";
  return /^(info|none|low)$/i.test(label) ? "info" : "warning";
}

const titleOf = ({ labels, annotations }: ReceivedRow): string => {
  const { alertname = "Alert" } = textsOf(labels);
  const { summary = "" } = textsOf(annotations);
  return (summary ? `${alertname}: ${summary}` : alertname).slice(0, 300);
};

export const received = defineRule({
  kind: "received",
  title: "Alertmanager alert",
  help: "An alert that your Alertmanager sends to /api/v1/alerts fires: whatever its rules watch.",
  ...{ scope: "ledger", audience: "admin", severity: "warning", holdSeconds: 0, repeatSeconds: 0 },
  threshold: null,
  sample: () => ({
    title: "NodeDown: node gpu-07 does not answer",
    summary: "What the annotation description of the alert says.",
    facts: [
      { label: "instance", value: "gpu-07:9100" },
      { label: "severity", value: "critical" },
    ],
    link: "/alerts",
  }),
  async read(ctx) {
    return (await listFiring(ctx.db, MOST)).map((row) => {
      const severity = severityOf(textsOf(row.labels).severity);
      const { alertname: _, ...labels } = textsOf(row.labels);
      return {
        subject: row.fingerprint,
        title: titleOf(row),
        summary: textsOf(row.annotations).description ?? "",
        facts: Object.entries(labels)
          .slice(0, 10)
          .map(([label, value]) => ({ label, value: value.slice(0, 500) })),
        link: "/alerts",
        ...(severity ? { severity } : {}),
      };
    });
  },
  history: async (ctx, _, { start, end }) =>
    (await listBegun(ctx.db, start, end)).map((row) => ({
      subject: row.fingerprint,
      at: row.startsAt,
      title: titleOf(row),
    })),
});
