import { readView } from "@/app/table-input.ts";
import { formatSpan, plural } from "@/components/format.ts";
import { count, countField, instant, instantField, text, textField } from "@/components/tables/columns.ts";
import type { TableColumn, TableView } from "@/components/tables/view.ts";
import { own } from "@/lib/order.ts";
import type { SyncRun } from "@/lib/pages/types.ts";

const TONES: Readonly<Record<string, "good" | "warn" | "bad">> = { ok: "good", partial: "warn", failed: "bad" };
const took = (r: SyncRun) => (r.finishedAt === null ? null : r.finishedAt - r.startedAt);

/** The columns of the runs and of their download. One that still runs takes as long as it has so far. */
const RUN_COLUMNS: readonly TableColumn<SyncRun>[] = [
  instant("started", "Started", (r) => r.startedAt, { header: "started_at", look: ["whole"] }),
  text("kind", "Kind", (r) => r.kind),
  text("status", "Status", (r) => r.status, { toneOf: (r) => own(TONES, r.status), lead: true }),
  count("took", "Took", took, {
    cell: (r, { now }) => formatSpan((r.finishedAt ?? now) - r.startedAt),
    fields: [instantField("finished_at", (r) => r.finishedAt), countField("seconds", took)],
  }),
  text("did", "What it did", (r) => r.error || countsText(r.counts), {
    ...{ order: false, look: ["wide", "soft"] },
    toneOf: (r) => (r.error ? (r.status === "failed" ? "bad" : "warn") : undefined),
    fields: [textField("counts", (r) => countsText(r.counts)), textField("error", (r) => r.error)],
  }),
];

/** In front of what the address says of the runs. */
export const RUNS = "runs-";

/** The newest runs as an address asks for them; also in the browser, which reads them again and again. */
export const readRuns = (reader: Parameters<typeof readView>[0]): TableView<SyncRun> =>
  readView(reader, RUN_COLUMNS, { label: "Sync runs", path: "/sync", list: "runs", prefix: RUNS });

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
