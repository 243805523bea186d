import { BACKFILL_COLUMNS } from "@/app/(dashboard)/sync/columns.tsx";
import { readSync } from "@/app/(dashboard)/sync/query.ts";
import type { PageInput } from "@/app/page-input.ts";
import { onePage, respondTable } from "@/app/table-file.ts";
import { readView } from "@/app/table-input.ts";
import { sortRows } from "@/components/table-view.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { type GapQuery, listBackfills, listRuns, loadGaps } from "@/lib/pages/sync-state.ts";

const STEP = 1000;
/** More runs than a month has of them. */
const MOST = 100_000;

/** The gaps, runs or backfills as CSV: the same filters, order and columns as the page, and every row that is kept. */
export async function GET(request: Request, { params }: { params: Promise<{ table: string }> }): Promise<Response> {
  const { table } = await params;
  if (table === "gaps")
    return respondTable(request, async (input) => {
      const { gaps } = await readSync(input);
      return { view: gaps.view, name: "gaps", pages: everyGap(input.ctx, gaps.query) };
    });
  if (table === "runs")
    return respondTable(request, async (input) => {
      const { runs } = await readSync(input);
      const rows = sortRows(await listRuns(input.ctx, MOST), runs);
      return { view: runs, name: "sync-runs", pages: onePage(rows) };
    });
  return respondTable(request, (input) => backfills(input, table));
}

async function backfills(input: PageInput, table: string) {
  if (table !== "backfills")
    throw new AppError("not_found", `There is no table "${table}". There are: backfills, gaps, runs.`);
  await readSync(input);
  const rows = await listBackfills(input.ctx, MOST);
  return {
    view: { ...readView(input.address, BACKFILL_COLUMNS, { prefix: "backfills-" }) },
    name: "backfills",
    pages: onePage(rows),
  };
}

async function* everyGap(ctx: Ctx, query: GapQuery) {
  for (let offset = 0; ; offset += STEP) {
    const { rows } = await loadGaps(ctx, { ...query, limit: STEP, offset });
    yield rows;
    if (rows.length < STEP) return;
  }
}
