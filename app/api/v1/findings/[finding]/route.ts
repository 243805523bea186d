import { getApiCtx } from "@/app/ctx.ts";
import { respondError, respondJson } from "@/lib/api/respond.ts";
import { readerFor } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { findingJson } from "@/lib/exports/findings.ts";
import { findFinding, listEvents } from "@/lib/insights/findings/load.ts";
import { formatInstant } from "@/lib/time.ts";

/** One finding with its episodes and history. */
export async function GET(request: Request, { params }: { params: Promise<{ finding: string }> }): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "findings.read");
    const { finding: id } = await params;
    const finding = await findFinding(ctx, id);
    if (!finding) throw new AppError("not_found", `There is no finding "${id}" that you may see.`);
    const events = await listEvents(readerFor(ctx, "findings.read"), finding.key);
    const instant = (at: number | null) => (at === null ? null : formatInstant(at));
    return respondJson({
      ...findingJson(finding, ctx.ledger.currency),
      episodes: finding.episodes.map(([start, end]) => ({ from: instant(start), until: instant(end) })),
      history: events.map((e) => ({ ...e, at: instant(e.at), until: instant(e.until) })),
    });
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
