import { readProjects } from "@/app/(dashboard)/projects/query.ts";
import { onePage, periodName, respondTable } from "@/app/table-file.ts";

/** The projects table as CSV: the same order and columns as the page. */
export async function GET(request: Request): Promise<Response> {
  return respondTable(request, async (input) => {
    const { view, rows } = await readProjects(input);
    return { view, name: periodName("projects", input), pages: onePage(rows) };
  });
}
