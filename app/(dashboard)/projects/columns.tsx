import { ClassBar } from "@/components/class-bar.tsx";
import { Coverage } from "@/components/coverage.tsx";
import { RowLink } from "@/components/data-table.tsx";
import { formatGpus, formatNumber } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { GpuHours, Percent, Unknown } from "@/components/quantity.tsx";
import { gpuHoursField, gpusField, percentField, textField } from "@/components/table-fields.ts";
import type { TableColumn } from "@/components/table-view.ts";
import { classKey, HELD, IDLE, sumClasses } from "@/lib/classes.ts";
import type { ProjectRow } from "@/lib/pages/projects.ts";

const idle = (r: ProjectRow) => sumClasses(r.classes, IDLE);

/** The columns of the projects table and of its download. `whole`: the longest bar, in milli-GPU-seconds. */
export const projectColumns = (whole: number): readonly TableColumn<ProjectRow>[] => [
  {
    key: "name",
    label: "Project",
    order: (r) => r.name,
    className: "whitespace-nowrap",
    cell: (r, { carry }) => (
      <>
        <RowLink to={href(`/projects/${r.key}`, carry)}>{r.name}</RowLink>
        <span className="ml-2 text-xs text-faint">{r.cluster}</span>
      </>
    ),
    fields: [textField("cluster", (r) => r.cluster), textField("project", (r) => r.name)],
  },
  {
    key: "department",
    label: "Department",
    order: (r) => r.department || null,
    className: "whitespace-nowrap",
    cell: (r) => r.department || <Unknown />,
    fields: [textField("department", (r) => r.department)],
  },
  {
    key: "hours",
    label: "GPU-hours",
    sort: "gpu-hours",
    right: true,
    order: (r) => r.allocatedMilli,
    cell: (r) => <GpuHours milli={r.allocatedMilli} />,
    fields: [gpuHoursField("gpu_hours_allocated", (r) => r.allocatedMilli)],
  },
  {
    key: "classes",
    label: "By class",
    className: "w-1/4 min-w-36",
    cell: (r) => <ClassBar classes={r.classes} whole={whole} />,
    fields: HELD.map((c) => gpuHoursField(`gpu_hours_${classKey(c)}`, (r) => r.classes[c])),
  },
  {
    key: "idle",
    label: "Idle GPU-h",
    right: true,
    order: idle,
    cell: (r) => <GpuHours milli={idle(r)} />,
    fields: [gpuHoursField("gpu_hours_idle", idle)],
  },
  {
    key: "utilisation",
    label: "Utilisation",
    right: true,
    order: (r) => r.utilisationPercent,
    cell: (r) => <Percent value={r.utilisationPercent} why="Mean over allocated GPU time with samples" />,
    fields: [percentField("utilisation_percent", (r) => r.utilisationPercent)],
  },
  {
    key: "held",
    label: "Held, mean GPUs",
    right: true,
    order: (r) => r.heldMilli,
    cell: (r) => <Held row={r} />,
    fields: [gpusField("gpus_held_mean", (r) => r.heldMilli / 1000)],
  },
  {
    key: "quota",
    label: "Quota, GPUs",
    right: true,
    order: (r) => r.quotaMilli,
    cell: (r) => (r.quotaMilli === null ? <Unknown why="No source tells a quota" /> : formatGpus(r.quotaMilli)),
    fields: [gpusField("gpus_quota", (r) => (r.quotaMilli === null ? null : r.quotaMilli / 1000))],
  },
  {
    key: "coverage",
    label: "Coverage",
    right: true,
    order: (r) => r.coveragePercent,
    cell: (r) => (
      <Coverage percent={r.coveragePercent} observedMilli={r.observedMilli} expectedMilli={r.expectedMilli} />
    ),
    fields: [percentField("coverage_percent", (r) => r.coveragePercent)],
  },
];

function Held({ row: { heldMilli, quotaMilli } }: { row: ProjectRow }) {
  const over = quotaMilli !== null && heldMilli > quotaMilli;
  return (
    <span className={over ? "text-warn" : ""} title={over ? "More than its quota, on average" : undefined}>
      {formatNumber(heldMilli / 1000, 1)}
    </span>
  );
}
