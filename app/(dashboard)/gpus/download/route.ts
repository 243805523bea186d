import { partsOf } from "@/app/(dashboard)/gpus/columns.tsx";
import { readFleet } from "@/app/(dashboard)/gpus/query.ts";
import { onePage, respondTable } from "@/app/table-file.ts";
import { sortRows } from "@/components/table-view.ts";
import { cardsOf } from "@/lib/pages/cards.ts";
import { dateOf } from "@/lib/time.ts";

/** The fleet's table as CSV: the same order and columns as the page, a line for each part of a shared card. */
export async function GET(request: Request): Promise<Response> {
  return respondTable(request, async (input) => {
    const { fleet, view } = await readFleet(input);
    const rows = sortRows(fleet.nodes.flatMap(cardsOf), view).flatMap(partsOf);
    return { view, name: `gpus-${dateOf(fleet.asOfAt ?? input.now, input.billingZone)}`, pages: onePage(rows) };
  });
}
