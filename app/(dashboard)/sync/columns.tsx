import { formatMoment, formatNumber, formatSpan } from "@/components/format.ts";
import { count, countField, drawn, instant, instantField, text, textField } from "@/components/tables/columns.ts";
import type { TableColumn } from "@/components/tables/view.ts";
import type { Backfill, Gap } from "@/lib/pages/types.ts";

const order = "database" as const;

/** The columns of the gaps and of their download. */
export const GAP_COLUMNS: readonly TableColumn<Gap>[] = [
  instant("from", "From", (g) => g.startAt, {
    order,
    look: ["whole"],
    fields: [instantField("from", (g) => g.startAt), instantField("to", (g) => g.endAt)],
  }),
  count("length", "Length", (g) => g.endAt - g.startAt, {
    ...{ order, header: "seconds", lead: true, cell: (g) => formatSpan(g.endAt - g.startAt) },
  }),
  text("source", "Source", (g) => g.source, { order }),
  text("about", "About", (g) => g.subject || `all of ${g.cluster}`, {
    order,
    look: ["cut"],
    hint: (g) => `${g.cluster} ${g.subject}`,
    fields: [textField("cluster", (g) => g.cluster), textField("subject", (g) => g.subject)],
  }),
  text("cause", "Cause", (g) => g.cause, { order, look: ["wide"] }),
  text("status", "Status", (g) => g.status, {
    order,
    look: ["whole"],
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
  }),
  count("asked", "Asked", (g) => g.attempts, {
    ...{ order, header: "attempts", cell: (g) => `${formatNumber(g.attempts)} ×` },
  }),
];

/** What the list of backfills has as a file; on the page it is a list with progress. */
export const BACKFILL_COLUMNS: readonly TableColumn<Backfill>[] = [
  drawn("backfill", "Backfill", () => null, {
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
  }),
];
