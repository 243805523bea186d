import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { TRAVELLING } from "@/components/href.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows } from "@/components/tables/view.ts";
import { loadProjects, type ProjectRow } from "@/lib/pages/projects.ts";
import { projectColumns } from "./columns.tsx";

/** The projects table as the address asks for it, for the page and its download. */
export async function readProjects(input: PageInput): Promise<Listed<ProjectRow>> {
  input.address.only([...TRAVELLING, ...tableNames()]);
  const rows = await loadProjects(input.ctx, { period: input.period, cluster: input.cluster });
  const whole = Math.max(0, ...rows.map((r) => r.allocatedMilli));
  const view = readView(input, projectColumns(whole, input.ctx.ledger.currency), {
    ...{ label: "Projects", path: "/projects", list: "projects", sort: "gpu-hours" },
  });
  return { view, rows: sortRows(rows, view) };
}
