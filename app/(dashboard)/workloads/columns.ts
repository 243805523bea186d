import { exactGpuHours } from "@/components/format";
import type { WorkloadRow, WorkloadSort } from "@/lib/reports/pages/workloads";
import { formatInstant } from "@/lib/time";

export interface WorkloadColumn {
  readonly key: string;
  readonly label: string;
  readonly sort?: WorkloadSort;
  readonly right?: boolean;
  /** Shown unless the reader chose otherwise. */
  readonly usual: boolean;
  /** The cell in a download: text as it is, quantities exact, instants in UTC; empty where unknown. */
  readonly csv: readonly { header: string; value: (row: WorkloadRow) => string }[];
}

const hours = (header: string, milli: (row: WorkloadRow) => number) => ({
  header,
  value: (r: WorkloadRow) => exactGpuHours(milli(r)),
});
const percent = (header: string, value: (row: WorkloadRow) => number | null) => ({
  header,
  value: (r: WorkloadRow) => value(r)?.toFixed(2) ?? "",
});

/** Every column that the list can show, in order. The download has the same ones. */
export const WORKLOAD_COLUMNS: readonly WorkloadColumn[] = [
  {
    key: "name",
    label: "Workload",
    sort: "name",
    usual: true,
    csv: [
      { header: "workload", value: (r) => r.name },
      { header: "workload_id", value: (r) => r.id },
    ],
  },
  {
    key: "project",
    label: "Project",
    sort: "project",
    usual: true,
    csv: [
      { header: "cluster", value: (r) => r.cluster },
      { header: "project", value: (r) => r.project },
    ],
  },
  { key: "user", label: "User", sort: "user", usual: true, csv: [{ header: "user", value: (r) => r.user }] },
  { key: "category", label: "Category", usual: false, csv: [{ header: "category", value: (r) => r.category }] },
  { key: "phase", label: "Phase", sort: "phase", usual: true, csv: [{ header: "phase", value: (r) => r.phase }] },
  { key: "model", label: "GPU model", usual: false, csv: [{ header: "gpu_models", value: (r) => r.gpuModels }] },
  {
    key: "gpus",
    label: "GPUs",
    right: true,
    usual: true,
    csv: [
      { header: "gpus_requested", value: (r) => (r.gpuRequestMilli === null ? "" : String(r.gpuRequestMilli / 1000)) },
    ],
  },
  {
    key: "hours",
    label: "GPU-hours",
    sort: "gpu-hours",
    right: true,
    usual: true,
    csv: [hours("gpu_hours_allocated", (r) => r.allocatedMilli)],
  },
  {
    key: "classes",
    label: "By class",
    usual: true,
    csv: (["starting", "no-data", "dead-idle", "idle-held", "warm-serving", "inefficient", "active"] as const).map(
      (c) => hours(`gpu_hours_${c.replace("-", "_")}`, (r) => r.classes[c]),
    ),
  },
  {
    key: "idle",
    label: "Idle GPU-h",
    sort: "idle",
    right: true,
    usual: true,
    csv: [hours("gpu_hours_idle", (r) => r.classes["dead-idle"] + r.classes["idle-held"])],
  },
  {
    key: "active",
    label: "Active GPU-h",
    sort: "active",
    right: true,
    usual: false,
    csv: [hours("gpu_hours_active", (r) => r.classes.active)],
  },
  {
    key: "utilisation",
    label: "Utilisation",
    sort: "utilisation",
    right: true,
    usual: true,
    csv: [percent("utilisation_percent", (r) => r.utilisationPercent)],
  },
  {
    key: "coverage",
    label: "Coverage",
    sort: "coverage",
    right: true,
    usual: true,
    csv: [percent("coverage_percent", (r) => r.coveragePercent)],
  },
  {
    key: "created",
    label: "Created",
    sort: "created",
    right: true,
    usual: false,
    csv: [{ header: "created_at", value: (r) => formatInstant(r.createdAt) }],
  },
];

/** The columns that the address names, or the usual ones. The name is always there. */
export function chosenColumns(cols: string | undefined): readonly WorkloadColumn[] {
  if (!cols) return WORKLOAD_COLUMNS.filter((c) => c.usual);
  const wanted = new Set(cols.split(","));
  return WORKLOAD_COLUMNS.filter((c) => c.key === "name" || wanted.has(c.key));
}
