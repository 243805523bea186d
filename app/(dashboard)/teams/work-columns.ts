import { count, gpuHours, moneyIn, text } from "@/components/tables/columns.ts";
import type { TableColumn } from "@/components/tables/view.ts";
import type { OfProject } from "@/lib/previews/rule.ts";

/** What a project is called in lists of work. */
export const projectColumn = <R extends OfProject>(): TableColumn<R> =>
  text("project", "Project", (r) => r.project || "(no project)", { look: ["strong"] });

/** The work of a project: how many workloads, the dearest of them, its time and its cost. */
export const workColumns = <R extends OfProject>(currency: string): readonly TableColumn<R>[] => [
  count("workloads", "Workloads", (r) => r.work.workloads, { total: true }),
  text("examples", "Such as", (r) => r.work.examples.slice(0, 3).join(", "), { look: ["cut", "soft"], order: false }),
  gpuHours("hours", "GPU-hours", (r) => r.work.gpuMilli, { header: "gpu_hours", total: true }),
  moneyIn(currency)("cost", "Cost", (r) => r.work.amountMicros, { lead: true, total: true }),
];
