import { getApiCtx } from "@/app/ctx.ts";
import { takeOnly } from "@/lib/api/report-request.ts";
import { respondError, respondFile } from "@/lib/api/respond.ts";
import { statementFile } from "@/lib/api/statement-files.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { closeSettingsOf, fileSettingsOf } from "@/lib/periods/settings.ts";

type Named = { params: Promise<{ period: string; team: string; format: string }> };

/** A team's statement as a file: a draft of what there is now, or as it was closed. */
export async function GET(request: Request, { params }: Named): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "statements.read");
    const { period, team, format } = await params;
    takeOnly(new URL(request.url).searchParams, []);
    if (!/^[1-9]\d{0,14}$/.test(team)) throw new AppError("not_found", `"${team}" is not the key of a team.`);
    const settings = env();
    const page = fileSettingsOf(settings);
    const file = await statementFile(ctx, closeSettingsOf(settings), period, Number(team), format, page);
    return await respondFile(file.chunks, file.extension, file.name, ctx);
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
