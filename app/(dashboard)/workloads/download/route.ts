import { Readable } from "node:stream";
import { stringify } from "csv-stringify";
import { readInput } from "@/app/page-input";
import { eachWorkload } from "@/lib/reports/pages/workloads";
import { dateOf } from "@/lib/time";
import { chosenColumns } from "../columns";
import { workloadsInput } from "../query";

/** The list as CSV: the same filters, order and columns as the page, every row of it. */
export async function GET(request: Request): Promise<Response> {
  const input = await readInput(Promise.resolve(Object.fromEntries(new URL(request.url).searchParams)));
  const query = workloadsInput(input);
  const fields = chosenColumns(input.params.cols).flatMap((c) => c.csv);
  async function* lines() {
    yield fields.map((f) => f.header);
    for await (const row of eachWorkload(input.ctx, query)) yield fields.map((f) => f.value(row));
  }
  const name = `workloads-${dateOf(input.period.start, input.billingZone)}-to-${dateOf(input.period.end, input.billingZone)}.csv`;
  const body = Readable.from(lines()).pipe(stringify({ escape_formulas: true, record_delimiter: "windows" }));
  return new Response(Readable.toWeb(body) as ReadableStream, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
    },
  });
}
