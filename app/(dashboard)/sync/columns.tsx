import { formatMoment, formatNumber, formatSpan, plural } from "@/components/format.ts";
import { countField, instantField, textField } from "@/components/table-fields.ts";
import type { TableColumn } from "@/components/table-view.ts";
import type { Backfill, Gap, SyncRun } from "@/lib/pages/types.ts";

const order = "database" as const;

/** The columns of the gaps and of their download. */
export const GAP_COLUMNS: readonly TableColumn<Gap>[] = [
  {
    key: "from",
    label: "From",
    order,
    className: "whitespace-nowrap",
    cell: (g, { zone }) => formatMoment(g.startAt, zone),
    fields: [instantField("from", (g) => g.startAt), instantField("to", (g) => g.endAt)],
  },
  {
    key: "length",
    label: "Length",
    right: true,
    order,
    cell: (g) => formatSpan(g.endAt - g.startAt),
    fields: [countField("seconds", (g) => g.endAt - g.startAt)],
  },
  { key: "source", label: "Source", order, cell: (g) => g.source, fields: [textField("source", (g) => g.source)] },
  {
    key: "about",
    label: "About",
    order,
    className: "max-w-56 truncate",
    cell: (g) => <span title={`${g.cluster} ${g.subject}`}>{g.subject || `all of ${g.cluster}`}</span>,
    fields: [textField("cluster", (g) => g.cluster), textField("subject", (g) => g.subject)],
  },
  {
    key: "cause",
    label: "Cause",
    order,
    className: "min-w-40",
    cell: (g) => g.cause,
    fields: [textField("cause", (g) => g.cause)],
  },
  {
    key: "status",
    label: "Status",
    order,
    className: "whitespace-nowrap",
    cell: (g, { zone, now }) => (
      <>
        {g.status === "open" && g.nextRetryAt > now ? `open, again in ${formatSpan(g.nextRetryAt - now)}` : g.status}
        {g.healedAt !== null && <span className="text-faint"> {formatMoment(g.healedAt, zone)}</span>}
      </>
    ),
    fields: [
      textField("status", (g) => g.status),
      instantField("next_retry_at", (g) => (g.status === "open" ? g.nextRetryAt : null)),
      instantField("healed_at", (g) => g.healedAt),
    ],
  },
  {
    key: "asked",
    label: "Asked",
    right: true,
    order,
    cell: (g) => `${formatNumber(g.attempts)} ×`,
    fields: [countField("attempts", (g) => g.attempts)],
  },
];

const TONES: Record<string, string> = { ok: "text-good", partial: "text-warn", failed: "text-bad" };

/** The columns of the runs and of their download. One that still runs takes as long as it has so far. */
export const RUN_COLUMNS: readonly TableColumn<SyncRun>[] = [
  {
    key: "started",
    label: "Started",
    order: (r) => r.startedAt,
    className: "whitespace-nowrap",
    cell: (r, { zone }) => formatMoment(r.startedAt, zone, "second"),
    fields: [instantField("started_at", (r) => r.startedAt)],
  },
  { key: "kind", label: "Kind", order: (r) => r.kind, cell: (r) => r.kind, fields: [textField("kind", (r) => r.kind)] },
  {
    key: "status",
    label: "Status",
    order: (r) => r.status,
    cell: (r) => <span className={TONES[r.status] ?? "text-soft"}>{r.status}</span>,
    fields: [textField("status", (r) => r.status)],
  },
  {
    key: "took",
    label: "Took",
    right: true,
    order: (r) => (r.finishedAt === null ? null : r.finishedAt - r.startedAt),
    cell: (r, { now }) => formatSpan((r.finishedAt ?? now) - r.startedAt),
    fields: [
      instantField("finished_at", (r) => r.finishedAt),
      countField("seconds", (r) => (r.finishedAt === null ? null : r.finishedAt - r.startedAt)),
    ],
  },
  {
    key: "did",
    label: "What it did",
    className: "min-w-60 text-xs text-soft",
    cell: (r) =>
      r.error ? (
        <span className={r.status === "failed" ? "text-bad" : "text-warn"}>{r.error}</span>
      ) : (
        countsText(r.counts)
      ),
    fields: [textField("counts", (r) => countsText(r.counts)), textField("error", (r) => r.error)],
  },
];

/** What the list of backfills has as a file; on the page it is a list with progress. */
export const BACKFILL_COLUMNS: readonly TableColumn<Backfill>[] = [
  {
    key: "backfill",
    label: "Backfill",
    cell: () => null,
    fields: [
      instantField("from", (b) => b.fromAt),
      instantField("to", (b) => b.toAt),
      countField("step_seconds", (b) => b.stepSeconds),
      textField("requested_by", (b) => b.requestedBy),
      textField("status", (b) => b.status),
      countField("percent", (b) => 100 * b.fraction),
      countField("windows_done", (b) => b.windowsDone),
      countField("windows_not_whole", (b) => b.windowsFailed),
      countField("samples", (b) => b.samples),
      instantField("created_at", (b) => b.createdAt),
      instantField("started_at", (b) => b.startedAt),
      instantField("finished_at", (b) => b.finishedAt),
      textField("error", (b) => b.error),
    ],
  },
];

const countsText = (counts: SyncRun["counts"]): string =>
  Object.entries(counts)
    .filter(([, n]) => n !== 0)
    .map(([name, n]) => plural(n, ...nounOf(name)))
    .join(", ");

/** A count is named by its plural: `histories` → history, histories; one that is no noun stays as it is. */
function nounOf(name: string): [one: string, many: string] {
  const many = name.replace(/([A-Z])/g, " $1").toLowerCase();
  return [many.replace(/ies$/, "y").replace(/([^s])s$/, "$1"), many];
}
