import { ClassBar } from "@/components/class-bar.tsx";
import { Coverage } from "@/components/coverage.tsx";
import { RowLink } from "@/components/data-table.tsx";
import { formatGpus, formatMoment } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Phase } from "@/components/phase.tsx";
import { GpuHours, Percent, Unknown } from "@/components/quantity.tsx";
import { gpuHoursField, gpusField, instantField, percentField, textField } from "@/components/table-fields.ts";
import type { TableColumn } from "@/components/table-view.ts";
import { classKey, IDLE, OBSERVABLE, sumClasses } from "@/lib/classes.ts";
import type { WorkloadRow } from "@/lib/pages/workloads.ts";

type Column = TableColumn<WorkloadRow>;

const idle = (r: WorkloadRow) => sumClasses(r.classes, IDLE);
const order = "database" as const;

const FACTS: readonly Column[] = [
  {
    key: "name",
    label: "Workload",
    order,
    className: "max-w-72 min-w-36 truncate",
    cell: (r, { carry }) => (
      <span title={r.name}>
        <RowLink to={href(`/workloads/${r.key}`, carry)}>{r.name}</RowLink>
      </span>
    ),
    fields: [textField("workload", (r) => r.name), textField("workload_id", (r) => r.id)],
  },
  {
    key: "project",
    label: "Project",
    order,
    className: "max-w-44 truncate",
    cell: (r) => <span title={`${r.project}, ${r.cluster}`}>{r.project}</span>,
    fields: [textField("cluster", (r) => r.cluster), textField("project", (r) => r.project)],
  },
  {
    key: "user",
    label: "User",
    order,
    className: "max-w-48 truncate",
    cell: (r) => (r.user ? <span title={r.user}>{r.user}</span> : <Unknown />),
    fields: [textField("user", (r) => r.user)],
  },
  {
    key: "category",
    label: "Category",
    extra: true,
    cell: (r) => r.category || <Unknown />,
    fields: [textField("category", (r) => r.category)],
  },
  {
    key: "phase",
    label: "Phase",
    order,
    cell: (r) => <Phase of={r.phase} />,
    fields: [textField("phase", (r) => r.phase)],
  },
  {
    key: "model",
    label: "GPU model",
    extra: true,
    className: "max-w-44 truncate",
    cell: (r) => (r.gpuModels ? <span title={r.gpuModels}>{r.gpuModels}</span> : <Unknown why="Held no GPU" />),
    fields: [textField("gpu_models", (r) => r.gpuModels)],
  },
];

const FIGURES: readonly Column[] = [
  {
    key: "gpus",
    label: "GPUs",
    right: true,
    cell: (r) =>
      r.gpuRequestMilli === null ? (
        <Unknown why="The source does not say how many GPUs were requested" />
      ) : (
        formatGpus(r.gpuRequestMilli)
      ),
    fields: [gpusField("gpus_requested", (r) => (r.gpuRequestMilli === null ? null : r.gpuRequestMilli / 1000))],
  },
  {
    key: "hours",
    label: "GPU-hours",
    sort: "gpu-hours",
    right: true,
    order,
    cell: (r) => <GpuHours milli={r.allocatedMilli} />,
    fields: [gpuHoursField("gpu_hours_allocated", (r) => r.allocatedMilli)],
  },
  {
    key: "classes",
    label: "By class",
    className: "min-w-32",
    cell: (r) => <ClassBar classes={r.classes} />,
    fields: OBSERVABLE.map((c) => gpuHoursField(`gpu_hours_${classKey(c)}`, (r) => r.classes[c])),
  },
  {
    key: "idle",
    label: "Idle GPU-h",
    right: true,
    order,
    cell: (r) => <GpuHours milli={idle(r)} />,
    fields: [gpuHoursField("gpu_hours_idle", idle)],
  },
  {
    key: "active",
    label: "Active GPU-h",
    right: true,
    extra: true,
    order,
    cell: (r) => <GpuHours milli={r.classes.active} />,
    fields: [gpuHoursField("gpu_hours_active", (r) => r.classes.active)],
  },
  {
    key: "utilisation",
    label: "Utilisation",
    right: true,
    order,
    cell: (r) => <Percent value={r.utilisationPercent} why="Mean over allocated GPU time with samples" />,
    fields: [percentField("utilisation_percent", (r) => r.utilisationPercent)],
  },
  {
    key: "coverage",
    label: "Coverage",
    right: true,
    order,
    cell: (r) => (
      <Coverage percent={r.coveragePercent} observedMilli={r.observedMilli} expectedMilli={r.expectedMilli} />
    ),
    fields: [percentField("coverage_percent", (r) => r.coveragePercent)],
  },
  {
    key: "created",
    label: "Created",
    right: true,
    extra: true,
    order,
    cell: (r, { zone }) => formatMoment(r.createdAt, zone),
    fields: [instantField("created_at", (r) => r.createdAt)],
  },
];

/** Every column that the list can show, in order. The download has the same ones. */
export const WORKLOAD_COLUMNS: readonly Column[] = [...FACTS, ...FIGURES];
