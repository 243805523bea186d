import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { TRAVELLING } from "@/components/href.ts";
import type { TableView } from "@/components/tables/view.ts";
import { GAP_STATUSES, type GapQuery, type GapSort, listGapCauses } from "@/lib/pages/sync-state.ts";
import type { Gap, SyncRun } from "@/lib/pages/types.ts";
import { GAP_COLUMNS } from "./columns.tsx";
import { RUNS, readRuns } from "./run-columns.tsx";

export const GAPS_PAGE = 25;
const FORM = ["backfillFrom", "backfillTo"];

export interface GapList {
  readonly view: TableView<Gap>;
  readonly query: GapQuery;
  readonly page: number;
  readonly causes: readonly { readonly value: string; readonly label: string }[];
}

/** The tables of the sync page as its address asks for them, for the page and the downloads. */
export async function readSync(input: PageInput): Promise<{ gaps: GapList; runs: TableView<SyncRun> }> {
  const { address } = input;
  address.only([...TRAVELLING, ...tableNames(), ...tableNames(RUNS), ...FORM, "status", "cause"]);
  const causes = (await listGapCauses(input.ctx)).map((value) => ({ value, label: value }));
  const view = readView(input, GAP_COLUMNS, { label: "Gaps", path: "/sync", list: "gaps" });
  const page = address.page();
  const query: GapQuery = {
    status: address.word("status", GAP_STATUSES, "Gaps of any status are shown"),
    cause: address.choice("cause", "cause of a gap", causes, "Gaps of any cause are shown"),
    sort: view.sort as GapSort | undefined,
    descending: view.sort === undefined ? true : view.descending,
    limit: GAPS_PAGE,
    offset: (page - 1) * GAPS_PAGE,
  };
  return { gaps: { view, query, page, causes }, runs: readRuns(input) };
}
