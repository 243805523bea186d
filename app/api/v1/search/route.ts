import { getCtx } from "@/app/ctx";
import { respondError, respondJson } from "@/lib/api/respond";
import type { Ctx } from "@/lib/ctx";
import { searchEverything } from "@/lib/reports/pages/search";

export const dynamic = "force-dynamic";

export async function GET(request: Request): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getCtx();
    const text = new URL(request.url).searchParams.get("q") ?? "";
    return respondJson({ results: text.trim().length > 1 ? await searchEverything(ctx, text) : [] });
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
