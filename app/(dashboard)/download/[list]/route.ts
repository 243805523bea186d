import { LISTS } from "@/app/lists.ts";
import { respondTable } from "@/app/table-file.ts";
import { AppError } from "@/lib/errors.ts";
import { own } from "@/lib/order.ts";

/** A list as CSV: the same filters, order and columns as its page, every row of it. */
export async function GET(request: Request, { params }: { params: Promise<{ list: string }> }): Promise<Response> {
  return respondTable(request, async (input) => {
    const { list } = await params;
    const load = own(LISTS, list);
    if (!load)
      throw new AppError("not_found", `There is no list "${list}". There are: ${Object.keys(LISTS).join(", ")}.`);
    return load(input);
  });
}
