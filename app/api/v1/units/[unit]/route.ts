import { getApiCtx } from "@/app/ctx.ts";
import { respondError, respondJson } from "@/lib/api/respond.ts";
import { answerUnits, countsOf } from "@/lib/api/unit-answer.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { UNIT_DAY_COLUMNS, unitDayRows } from "@/lib/exports/unit-rows.ts";
import { recordCounts } from "@/lib/unit-costs/changes.ts";

interface Props {
  readonly params: Promise<{ unit: string }>;
}

async function keyOf({ params }: Props): Promise<number> {
  const { unit } = await params;
  if (/^\d{1,15}$/.test(unit)) return Number(unit);
  throw new AppError("not_found", `There is no unit "${unit}" that you may see: use its key.`);
}

/** The days of a unit: count, cost and unit cost. */
export async function GET(request: Request, props: Props): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "units.read");
    const key = await keyOf(props);
    return await answerUnits(ctx, request, `unit-${key}`, UNIT_DAY_COLUMNS, unitDayRows, key);
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}

/** Records counts. Sending the same again changes nothing. */
export async function POST(request: Request, props: Props): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "units.count");
    const key = await keyOf(props);
    return respondJson(await recordCounts(ctx, key, await countsOf(request, ctx.ledger.zone)));
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
