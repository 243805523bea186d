import { getCtx } from "@/app/ctx";
import { takeOnly } from "@/lib/api/report-request";
import { respondError, respondFile } from "@/lib/api/respond";
import { periodFile } from "@/lib/api/statement-files";
import { closeSettingsOf, fileSettingsOf } from "@/lib/chargeback/close-settings";
import type { Ctx } from "@/lib/ctx";
import { env } from "@/lib/env";

/** Every statement of a period in one file, of one cost centre with `cost_centre=…`. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ period: string; format: string }> },
): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getCtx();
    const { period, format } = await params;
    const query = new URL(request.url).searchParams;
    takeOnly(query, ["cost_centre"]);
    const costCentre = query.get("cost_centre") ?? undefined;
    const settings = env();
    const file = await periodFile(ctx, closeSettingsOf(settings), fileSettingsOf(settings), period, format, costCentre);
    return await respondFile(file.chunks, file.extension, file.name, ctx.log);
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
