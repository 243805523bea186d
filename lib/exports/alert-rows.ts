import type { AlertEvent } from "@/lib/alerts/advance.ts";
import type { ChannelRow } from "@/lib/alerts/channel-store.ts";
import type { ListedRule } from "@/lib/alerts/list.ts";
import type { Delivery } from "@/lib/alerts/outbox/store.ts";
import { personAt } from "@/lib/alerts/preferences/place.ts";
import { getRuleKind } from "@/lib/alerts/rules/index.ts";
import { formatMicros } from "@/lib/money.ts";
import type { Column, Row } from "@/lib/reports/report.ts";

type Units = Readonly<Record<string, Column["unit"]>>;

/** Columns of texts; the others by name. */
const columnsOf = (names: string, units: Units = {}): readonly Column[] =>
  names.split(" ").map((key) => ({ key, header: key, unit: units[key] ?? "text" }));

/** Lists of alerts as files: the command line and the API give the same. */
export const EVENT_COLUMNS = columnsOf(
  "id rule state severity subject title started resolved acknowledged_by team summary",
  { rule: "count", started: "instant", resolved: "instant", team: "count" },
);
export const eventRow = (e: AlertEvent): Row => ({
  ...{ id: e.id, rule: e.ruleKey, state: e.state, severity: e.severity, subject: e.subject, title: e.title },
  ...{ started: e.startedAt, resolved: e.resolvedAt, acknowledged_by: e.acknowledgedBy || null },
  ...{ team: e.teamKey || null, summary: e.detail.summary },
});

export const RULE_COLUMNS = columnsOf("key kind name team threshold severity muted_until state checked error", {
  ...{ key: "count", team: "count", muted_until: "instant", checked: "instant" },
});
/** A threshold as files and the API write it: an amount as a decimal, else a whole number; null: the kind takes none. */
export function thresholdCell({ kind, threshold }: Pick<ListedRule, "kind" | "threshold">): string | null {
  const takes = getRuleKind(kind).threshold;
  if (!takes) return null;
  return takes.unit === "money" ? formatMicros(threshold) : String(threshold);
}
export const ruleRow = (r: ListedRule): Row => ({
  ...{ key: r.key, kind: r.kind, name: r.name, team: r.teamKey || null },
  ...{ threshold: thresholdCell(r), severity: r.severity },
  ...{ muted_until: r.mutedUntil, state: r.disabledAt === null ? "on" : "off", checked: r.checkedAt, error: r.error },
});

export const CHANNEL_COLUMNS = columnsOf("key kind name state", { key: "count" });
export const channelRow = (c: ChannelRow): Row => ({
  ...{ key: c.key, kind: c.kind, name: c.name, state: c.disabledAt === null ? "on" : c.disabledReason },
});

export const MESSAGE_COLUMNS = columnsOf("key event change channel to state attempts status error created", {
  ...{ key: "count", channel: "count", attempts: "count", status: "count", created: "instant" },
});
export const messageRow = (d: Delivery): Row => ({
  ...{
    key: d.key,
    event: d.eventId,
    change: d.change,
    channel: d.channelKey,
    to: personAt(d) ?? d.target,
    state: d.state,
  },
  ...{ attempts: d.attempts, status: d.status, error: d.error, created: d.createdAt },
});
