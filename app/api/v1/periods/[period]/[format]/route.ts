import { getApiCtx } from "@/app/ctx.ts";
import { takeOnly } from "@/lib/api/report-request.ts";
import { respondError, respondFile } from "@/lib/api/respond.ts";
import { periodFile } from "@/lib/api/statement-files.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { closeSettingsOf, fileSettingsOf } from "@/lib/periods/settings.ts";

/** Every statement of a period in one file, of one cost centre with `cost_centre=…`. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ period: string; format: string }> },
): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "statements.read");
    const { period, format } = await params;
    const query = new URL(request.url).searchParams;
    takeOnly(query, ["cost_centre"]);
    const costCentre = query.get("cost_centre") ?? undefined;
    const settings = env();
    const file = await periodFile(ctx, closeSettingsOf(settings), fileSettingsOf(settings), period, format, costCentre);
    return await respondFile(file.chunks, file.extension, file.name, ctx);
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
