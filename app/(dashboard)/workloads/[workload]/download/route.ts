import { readWorkload } from "@/app/(dashboard)/workloads/[workload]/query.ts";
import { onePage, respondTable } from "@/app/table-file.ts";
import { allow } from "@/lib/auth/allow.ts";
import { AppError } from "@/lib/errors.ts";

/** The pods of a workload as CSV: the same rows, order and columns as its page. */
export async function GET(request: Request, { params }: { params: Promise<{ workload: string }> }): Promise<Response> {
  return respondTable(request, async (input) => {
    allow(input.ctx.viewer, "usage.read");
    const found = await readWorkload(input, (await params).workload);
    if (!found) throw new AppError("not_found", "There is no such workload.");
    const { detail, pods } = found;
    return { view: pods.view, name: `pods-of-workload-${detail.facts.key}`, pages: onePage(pods.rows) };
  });
}
