import { ClassBar } from "@/components/class-bar.tsx";
import { Coverage } from "@/components/coverage.tsx";
import { formatNumber } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import {
  drawn,
  gpuHours,
  gpuHoursField,
  gpus,
  moneyIn,
  percent,
  text,
  textField,
} from "@/components/tables/columns.ts";
import type { TableColumn } from "@/components/tables/view.ts";
import { classKey, HELD, IDLE, sumClasses } from "@/lib/classes.ts";
import type { ProjectRow } from "@/lib/pages/projects.ts";

const idle = (r: ProjectRow) => sumClasses(r.classes, IDLE);
const isOver = ({ heldMilli, quotaMilli }: ProjectRow) => quotaMilli !== null && heldMilli > quotaMilli;

const UNCHARGED = "No price is in force, its days are not charged yet, or the period is not of whole days";

/** The columns of the projects table and of its download. `whole`: the longest bar, in milli-GPU-seconds. */
export const projectColumns = (whole: number, currency: string): readonly TableColumn<ProjectRow>[] => [
  text("name", "Project", (r) => r.name, {
    look: ["whole"],
    link: (r, { carry }) => href(`/projects/${r.key}`, carry),
    note: (r) => r.cluster,
    fields: [textField("cluster", (r) => r.cluster), textField("project", (r) => r.name)],
  }),
  text("department", "Department", (r) => r.department, { look: ["whole"], unknown: "No source reports a department" }),
  gpuHours("hours", "GPU-hours", (r) => r.allocatedMilli, {
    ...{ sort: "gpu-hours", header: "gpu_hours_allocated", lead: true, total: true },
  }),
  moneyIn(currency)("cost", "Cost", (r: ProjectRow) => r.micros, { total: true, unknown: UNCHARGED }),
  drawn("classes", "By class", (r) => <ClassBar classes={r.classes} whole={whole} />, {
    look: ["bar"],
    bare: false,
    fields: HELD.map((c) => gpuHoursField(`gpu_hours_${classKey(c)}`, (r) => r.classes[c])),
  }),
  gpuHours("idle", "Idle GPU-h", idle, { header: "gpu_hours_idle", total: true }),
  moneyIn(currency)("idle-cost", "Idle cost", (r: ProjectRow) => r.idleMicros, { total: true, unknown: UNCHARGED }),
  percent("utilisation", "Utilisation", (r) => r.utilisationPercent, {
    ...{ header: "utilisation_percent", title: "Mean over allocated GPU time with samples" },
  }),
  gpus("held", "Held, mean GPUs", (r) => r.heldMilli / 1000, {
    header: "gpus_held_mean",
    cell: (r) => <span className={isOver(r) ? "text-warn" : ""}>{formatNumber(r.heldMilli / 1000, 1)}</span>,
    hint: (r) => (isOver(r) ? "More than its quota, on average" : undefined),
  }),
  gpus("quota", "Quota, GPUs", (r) => (r.quotaMilli === null ? null : r.quotaMilli / 1000), {
    ...{ header: "gpus_quota", unknown: "No source reports a quota" },
  }),
  percent("coverage", "Coverage", (r) => r.coveragePercent, {
    header: "coverage_percent",
    cell: (r) => (
      <Coverage percent={r.coveragePercent} observedMilli={r.observedMilli} expectedMilli={r.expectedMilli} />
    ),
  }),
];
