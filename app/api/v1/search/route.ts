import { getApiCtx } from "@/app/ctx.ts";
import { respondError, respondJson } from "@/lib/api/respond.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { searchEverything } from "@/lib/pages/search.ts";

export const dynamic = "force-dynamic";

export async function GET(request: Request): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "usage.read");
    const text = new URL(request.url).searchParams.get("q") ?? "";
    return respondJson({ results: text.trim().length > 1 ? await searchEverything(ctx, text) : [] });
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
