import { loadBurst } from "@/lib/burst/burst-days.ts";
import type { SwitchInput } from "@/lib/burst/changes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { BURST_COLUMNS, burstRow } from "@/lib/exports/burst-rows.ts";
import { csvHeader, csvLines } from "@/lib/exports/csv.ts";
import { jsonRow } from "@/lib/exports/json.ts";
import { formatMicros } from "@/lib/money.ts";
import { addDays, dateOf, dayKey, daysBetween, formatInstant, parseDay, parseEdge } from "@/lib/time.ts";
import type { Answer } from "./endpoint.ts";
import { parseFormat } from "./report-request.ts";

const USUAL_DAYS = 30;
const MOST_DAYS = 1100;

/** Days `[from, to)` of a request, today so far among them; the last 30 where absent. @throws AppError `invalid`. */
export function askedDays(ctx: Ctx, from: string | undefined, to: string | undefined): { from: number; until: number } {
  const tomorrow = addDays(dayKey(dateOf(ctx.now(), ctx.ledger.zone)), 1);
  const until = to ? parseDay(to) : tomorrow;
  const first = from ? parseDay(from) : addDays(Math.min(until, tomorrow), -USUAL_DAYS);
  if (first >= until)
    throw new AppError(
      "invalid",
      "The days end before they begin: from is the first day, to the first one after them.",
    );
  if (daysBetween(first, until) > MOST_DAYS) throw new AppError("invalid", `At most ${MOST_DAYS} days at once.`);
  return { from: first, until };
}

/** How burst capacity stands and its days as JSON, or the days as CSV. */
export async function burstAnswer(
  ctx: Ctx,
  { from, to, format: wanted = "json" }: { readonly from?: string; readonly to?: string; readonly format?: string },
): Promise<Answer> {
  const format = parseFormat(wanted);
  const view = await loadBurst(ctx, askedDays(ctx, from, to));
  const { currency } = ctx.ledger;
  const rows = view.days.map((d) => burstRow(d, currency));
  const amount = (micros: number | null) => (micros === null ? null : formatMicros(micros));
  const state = {
    ...{ on: view.isOn, since: view.since === null ? null : formatInstant(view.since), currency },
    ...{ rate_per_hour: amount(view.rateMicros), today: amount(view.today.micros), month: amount(view.month.micros) },
  };
  async function* chunks() {
    if (format === "csv") yield csvHeader(BURST_COLUMNS) + (rows.length ? csvLines(BURST_COLUMNS, rows) : "");
    else
      yield `${JSON.stringify(state).slice(0, -1)},"rows":[\n${rows.map((row) => jsonRow(BURST_COLUMNS, row)).join(",\n")}\n]}\n`;
  }
  return { file: chunks(), format, name: `burst.${format}` };
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
