import { decodedPart, type PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { href, TRAVELLING } from "@/components/href.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows } from "@/components/tables/view.ts";
import { findWorkload, type PodRow, type WorkloadDetail } from "@/lib/pages/workload.ts";
import { podColumns } from "./pod-columns.tsx";

export const STRIP_SPANS = ["6h", "2d", "7d"] as const;

/** A workload and its table of pods as the address asks for them; null if it does not exist or the viewer may not see it. */
export async function readWorkload(
  input: PageInput,
  given: string,
): Promise<{ detail: WorkloadDetail; pods: Listed<PodRow> } | null> {
  const { address } = input;
  address.only([...TRAVELLING, ...tableNames(), "strips", "table"]);
  address.word("strips", STRIP_SPANS, "Two days of samples are shown");
  const detail = await findWorkload(input.ctx, decodedPart(given), {
    period: input.period,
    zone: input.billingZone,
    clockZone: input.zone,
  });
  if (!detail) return null;
  const path = `/workloads/${detail.facts.key}`;
  const table = readView(input, podColumns(input.now), { label: "Pods", path });
  const view = { ...table, csv: href(`${path}/download`, input.params) };
  return { detail, pods: { view, rows: sortRows(detail.pods, view) } };
}
