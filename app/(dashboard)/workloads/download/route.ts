import { readWorkloads } from "@/app/(dashboard)/workloads/query.ts";
import { inPages, periodName, respondTable } from "@/app/table-file.ts";
import { eachWorkload } from "@/lib/pages/workloads.ts";

/** The list as CSV: the same filters, order and columns as the page, every row of it. */
export async function GET(request: Request): Promise<Response> {
  return respondTable(request, async (input) => {
    const { view, query } = await readWorkloads(input);
    return { view, name: periodName("workloads", input), pages: inPages(eachWorkload(input.ctx, query)) };
  });
}
