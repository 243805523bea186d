import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { gpuHours, moneyIn, text } from "@/components/tables/columns.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows, type TableColumn } from "@/components/tables/view.ts";
import type { ComparedNamespace } from "@/lib/opencost/compare.ts";
import { loadOpencost, type OpencostView } from "@/lib/pages/opencost.ts";
import { daysOfPeriod } from "@/lib/pages/teams.ts";

export const OPENCOST_NAMES = tableNames();

const UNKNOWN = "OpenCost does not say";
const toMilliSeconds = (milliHours: number | null): number | null => (milliHours === null ? null : milliHours * 3600);

/** GPU cost by namespace: OpenCost's, the ledger's, and why they differ; the largest difference first. */
export async function readOpencostRows(
  input: PageInput,
): Promise<Listed<ComparedNamespace> & { readonly comparison: OpencostView }> {
  const comparison = await loadOpencost(input.ctx, daysOfPeriod(input.period, input.billingZone));
  const money = moneyIn(input.ctx.ledger.currency);
  const columns: readonly TableColumn<ComparedNamespace>[] = [
    text("namespace", "Namespace", (r) => r.namespace || "In no namespace", { look: ["strong"] }),
    text("cluster", "Cluster", (r) => comparison.clusterName(r.clusterId), { extra: true }),
    gpuHours("their-hours", "Their GPU-hours", (r) => toMilliSeconds(r.theirMilliHours), {
      ...{ header: "their_gpu_hours", total: true, unknown: UNKNOWN, title: "Requested GPUs × time" },
    }),
    gpuHours("our-hours", "Our GPU-hours", (r) => r.ourMilliHours * 3600, {
      ...{ header: "our_gpu_hours", total: true, title: "The time and part of GPUs that workloads held" },
    }),
    money("theirs", "Their cost", (r) => r.theirMicros, { header: "their_cost", total: true, unknown: UNKNOWN }),
    money("ours", "Our cost", (r) => r.ourMicros, { header: "our_cost", total: true }),
    money("difference", "Difference", (r) => (r.theirMicros === null ? null : r.theirMicros - r.ourMicros), {
      ...{ change: true, lead: true, total: true, unknown: UNKNOWN, title: "Theirs less ours" },
    }),
    money("volume", "By time", (r) => r.parts?.volumeMicros ?? null, {
      ...{ unknown: "Not known", title: "What the other GPU-hours come to at our price" },
    }),
    money("price", "By price", (r) => r.parts?.priceMicros ?? null, {
      ...{ unknown: "Not known", title: "What the other price comes to for their GPU-hours" },
    }),
    text("why", "Why", (r) => r.reasons.join("; "), { look: ["wide", "soft"] }),
  ];
  const view = readView(input, columns, { label: "By namespace", path: "/opencost", list: "opencost" });
  return { comparison, view, rows: sortRows([...comparison.rows], view) };
}
