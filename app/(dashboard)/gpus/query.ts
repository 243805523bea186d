import { readProject } from "@/app/(dashboard)/workloads/query.ts";
import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { TRAVELLING } from "@/components/href.ts";
import { loadFleet } from "@/lib/pages/fleet.ts";
import { cardColumns } from "./columns.tsx";

/** The fleet as the address asks for it, for the map, its table and the download. */
export async function readFleet(input: PageInput) {
  const { address } = input;
  address.only([...TRAVELLING, ...tableNames(), "project", "view"]);
  address.word("view", ["map", "table"], "The map is shown");
  const view = readView(input, cardColumns(input.ctx.ledger.currency, input.now), {
    label: "GPUs",
    path: "/gpus",
    list: "gpus",
  });
  const { projects, project } = await readProject(input);
  const fleet = await loadFleet(input.ctx, { cluster: input.cluster, project });
  return { fleet, projects, project, view };
}
