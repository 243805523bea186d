import { ClassBar } from "@/components/class-bar.tsx";
import { Coverage } from "@/components/coverage.tsx";
import { href } from "@/components/href.ts";
import { Phase } from "@/components/phase.tsx";
import {
  drawn,
  gpuHours,
  gpuHoursField,
  gpus,
  instant,
  moneyIn,
  percent,
  text,
  textField,
} from "@/components/tables/columns.ts";
import type { TableColumn } from "@/components/tables/view.ts";
import { classKey, IDLE, OBSERVABLE, sumClasses } from "@/lib/classes.ts";
import type { WorkloadRow } from "@/lib/pages/workloads.ts";

const idle = (r: WorkloadRow) => sumClasses(r.classes, IDLE);
const order = "database" as const;
const UNCHARGED = "No price is in force, its days are not charged yet, or the period is not of whole days";

/** Every column that the list can show, in order. The download has the same ones. */
export const workloadColumns = (currency: string): readonly TableColumn<WorkloadRow>[] => [
  text("name", "Workload", (r) => r.name, {
    order,
    look: ["cut"],
    link: (r, { carry }) => href(`/workloads/${r.key}`, carry),
    fields: [textField("workload", (r) => r.name), textField("workload_id", (r) => r.id)],
  }),
  text("project", "Project", (r) => r.project, {
    order,
    look: ["cut"],
    hint: (r) => `${r.project}, ${r.cluster}`,
    fields: [textField("cluster", (r) => r.cluster), textField("project", (r) => r.project)],
  }),
  text("user", "User", (r) => r.user, { order, look: ["cut"], unknown: "No source names a user" }),
  text("category", "Category", (r) => r.category, { extra: true, order: false, unknown: "No source names a category" }),
  text("phase", "Phase", (r) => r.phase, { order, cell: (r) => <Phase of={r.phase} /> }),
  text("model", "GPU model", (r) => r.gpuModels, {
    ...{ extra: true, order: false, look: ["cut"], header: "gpu_models", unknown: "Held no GPU" },
  }),
  gpus("gpus", "GPUs", (r) => (r.gpuRequestMilli === null ? null : r.gpuRequestMilli / 1000), {
    ...{ order: false, header: "gpus_requested" },
    unknown: "The source does not say how many GPUs were requested",
  }),
  gpuHours("hours", "GPU-hours", (r) => r.allocatedMilli, {
    ...{ order, sort: "gpu-hours", header: "gpu_hours_allocated", lead: true },
  }),
  moneyIn(currency)("cost", "Cost", (r: WorkloadRow) => r.micros, { order, unknown: UNCHARGED }),
  drawn("classes", "By class", (r) => <ClassBar classes={r.classes} />, {
    look: ["bar"],
    bare: false,
    fields: OBSERVABLE.map((c) => gpuHoursField(`gpu_hours_${classKey(c)}`, (r) => r.classes[c])),
  }),
  gpuHours("idle", "Idle GPU-h", idle, { order, header: "gpu_hours_idle" }),
  moneyIn(currency)("idle-cost", "Idle cost", (r: WorkloadRow) => r.idleMicros, { order, unknown: UNCHARGED }),
  gpuHours("active", "Active GPU-h", (r) => r.classes.active, { order, extra: true, header: "gpu_hours_active" }),
  percent("utilisation", "Utilisation", (r) => r.utilisationPercent, {
    ...{ order, header: "utilisation_percent", title: "Mean over allocated GPU time with samples" },
  }),
  percent("coverage", "Coverage", (r) => r.coveragePercent, {
    order,
    header: "coverage_percent",
    cell: (r) => (
      <Coverage percent={r.coveragePercent} observedMilli={r.observedMilli} expectedMilli={r.expectedMilli} />
    ),
  }),
  instant("created", "Created", (r) => r.createdAt, { order, extra: true, header: "created_at" }),
];
