import { loadBurst } from "@/lib/burst/burst-days.ts";
import type { SwitchInput } from "@/lib/burst/changes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { BURST_COLUMNS, burstRow } from "@/lib/exports/burst-rows.ts";
import { formatMicros } from "@/lib/money.ts";
import { formatInstant, parseEdge } from "@/lib/time.ts";
import { askedDays } from "./days.ts";
import type { Answer } from "./endpoint.ts";
import { parseFormat } from "./report-request.ts";
import { rowsAnswer } from "./rows-answer.ts";

/** How burst capacity stands and its days as JSON, or the days as CSV. */
export async function burstAnswer(
  ctx: Ctx,
  { from, to, format: wanted = "json" }: { readonly from?: string; readonly to?: string; readonly format?: string },
): Promise<Answer> {
  const format = parseFormat(wanted);
  const view = await loadBurst(ctx, askedDays(ctx, { from, to }, true));
  const { currency } = ctx.ledger;
  const rows = view.days.map((d) => burstRow(d, currency));
  const amount = (micros: number | null) => (micros === null ? null : formatMicros(micros));
  const state = {
    ...{ on: view.isOn, since: view.since === null ? null : formatInstant(view.since), currency },
    ...{ rate_per_hour: amount(view.rateMicros), today: amount(view.today.micros), month: amount(view.month.micros) },
  };
  return rowsAnswer(BURST_COLUMNS, rows, format, "burst", state);
}

/** `{"on": true, "at": …, "note": …}` of a body; `at` and `note` may be absent. @throws AppError `invalid`. */
export function switchOf(body: unknown, zone: string): SwitchInput {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new AppError("invalid", 'Write {"on": true}.');
  const { on, at, note, ...rest } = body as Record<string, unknown>;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw new AppError("invalid", `There is no field "${unknown}": use on, at and note.`);
  return {
    isOn: on as boolean,
    ...(at === undefined ? {} : { at: parseEdge(String(at), zone) }),
    ...(note === undefined ? {} : { note: String(note) }),
  };
}
