import { getApiCtx } from "@/app/ctx.ts";
import { answerBurst, switchOf } from "@/lib/api/burst-answer.ts";
import { respondError, respondJson } from "@/lib/api/respond.ts";
import { switchBurst } from "@/lib/burst/changes.ts";
import type { Ctx } from "@/lib/ctx.ts";

/** How burst capacity stands, and what it cost by day. */
export async function GET(request: Request): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "burst.read");
    return await answerBurst(ctx, request);
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}

/** Switches it on or off. Saying it again changes nothing. */
export async function POST(request: Request): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "burst.switch");
    const given = await switchOf(request, ctx.ledger.zone);
    return respondJson({ changed: await switchBurst(ctx, given, "api"), on: given.isOn });
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
