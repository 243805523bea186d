import type { Message } from "@/lib/alerts/types.ts";
import { formatInstant } from "@/lib/format.ts";

/** How long an alert stays without being sent again, which happens every ten minutes: this is for a ledger that is gone. */
const LASTS_SECONDS = 86_400;

/** An alert of /api/v2/alerts. Its labels identify it, so they are the same from its beginning to its end. */
export function alertOf(message: Message, extra: Readonly<Record<string, string>>) {
  const { rule, team, dedupeKey, title, summary, facts, severity, link, startedAt, resolvedAt, at, change } = message;
  return {
    labels: {
      ...extra,
      alertname: "GpuLedger",
      ledger_rule: rule.kind,
      ledger_alert: dedupeKey,
      ...(team ? { team } : {}),
    },
    annotations: {
      ...{ title, summary, severity, rule: rule.name },
      ...(facts.length ? { facts: facts.map(({ label, value }) => `${label}: ${value}`).join("\n") } : {}),
    },
    startsAt: formatInstant(startedAt),
    endsAt: formatInstant(change === "test" ? at + 60 : (resolvedAt ?? at + LASTS_SECONDS)),
    ...(link ? { generatorURL: link } : {}),
  };
}
