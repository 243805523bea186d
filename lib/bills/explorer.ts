import { stringify } from "csv-stringify/sync";
import { allow } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { counted } from "@/lib/format.ts";
import { formatMicros, formatMinor } from "@/lib/money.ts";
import { lastStart, readOutside, sumCalls, type Visit } from "@/lib/readings/index.ts";
import { type ExplorerRow, type ExplorerSettings, readCostExplorer } from "@/lib/sources/cost-explorer/index.ts";
import {
  addDays,
  DAY,
  dateOf,
  dateOfKey,
  dayKey,
  formatSeconds,
  type Instant,
  monthInterval,
  monthOf,
} from "@/lib/time.ts";
import { importBill } from "./import.ts";
import { findBillMonth } from "./store.ts";
import { EXPLORER } from "./types.ts";

export const EXPLORER_READING = "cost-explorer";
/** What AWS asks for a request, in micro-units of US dollars. */
export const CALL_MICROS = 10_000;

export interface ExplorerMeans extends ExplorerSettings {
  /** Requests of a calendar month (UTC) beyond which nothing is sent. */
  readonly mostCalls: number;
  /** A month is read again no sooner; at least six hours. */
  readonly everySeconds: number;
}

export interface ReadMonth {
  /** YYYY-MM. */
  readonly month: string;
  readonly rows: number;
  readonly detail: string;
}

const sourceOf = (month: string): string => `${EXPLORER}, ${month}-01`;
const readingOf = (month: string): string => `${EXPLORER_READING}/${month}`;
/** A failed reading is tried again after an hour. */
const FAILED_SECONDS = 3600;

/** Calls since the month (UTC) began, of all readings. */
export const callsThisMonth = (ctx: Ctx): Promise<number> =>
  sumCalls(ctx.db, EXPLORER_READING, monthInterval(monthOf(ctx.now(), "UTC"), "UTC").start);

/**
 * Reads a month of AWS bills by day, tag and instance type, as a bill to compare with: it replaces what was read of that month before. Today
 * is left out, for it is not over.
 * @returns null while another process reads it. @throws AppError `forbidden`; `conflict` where it was read within `everySeconds`, or the calls
 * of this month are used up; `source_unavailable`.
 */
export async function readExplorerMonth(ctx: Ctx, means: ExplorerMeans, month: string): Promise<ReadMonth | null> {
  allow(ctx.viewer, "costs.import");
  const span = daysOfMonth(month, ctx.now());
  if (!span) throw new AppError("invalid", `No day of ${month} is over.`);
  const wait = await waitOf(ctx, means, month);
  if (wait > 0)
    throw new AppError(
      "conflict",
      `${month} was read from AWS Cost Explorer lately: it can be read again in ${formatSeconds(wait)}.`,
    );
  return readOutside(ctx, readingOf(month), async (visit) => {
    const rows = await readCostExplorer(means, span, counter(ctx, means, visit));
    const detail = await importRows(ctx, means, month, rows);
    return { month, rows: rows.length, detail };
  });
}

/** Reads what is due: this month, and the one before while it is not final. @throws as readExplorerMonth, for the first that fails. */
export async function readExplorerDue(ctx: Ctx, means: ExplorerMeans): Promise<readonly ReadMonth[]> {
  allow(ctx.viewer, "costs.import");
  const now = ctx.now();
  const months = [monthOf(now, "UTC"), monthOf(monthInterval(monthOf(now, "UTC"), "UTC").start - DAY, "UTC")];
  const done: ReadMonth[] = [];
  for (const month of months) {
    if ((await waitOf(ctx, means, month)) > 0 || (await isFinal(ctx, month)) || !daysOfMonth(month, now)) continue;
    const read = await readExplorerMonth(ctx, means, month);
    if (read) done.push(read);
  }
  return done;
}

/** Seconds until a month may be read again. */
async function waitOf(ctx: Ctx, { everySeconds }: ExplorerMeans, month: string): Promise<number> {
  const [done, any] = await Promise.all([
    lastStart(ctx.db, readingOf(month), "done"),
    lastStart(ctx.db, readingOf(month)),
  ]);
  const after = (at: Instant | null, seconds: number) => (at === null ? 0 : at + seconds - ctx.now());
  return Math.max(0, after(done, everySeconds), after(any, FAILED_SECONDS));
}

/** Whether a month is over, is there up to its end, and AWS says that it is final. */
async function isFinal(ctx: Ctx, month: string): Promise<boolean> {
  const found = await findBillMonth(ctx.db, sourceOf(month));
  const end = dayKey(dateOf(monthInterval(month, "UTC").end, "UTC"));
  return found !== null && found.estimated === 0 && found.untilDay >= end;
}

function daysOfMonth(month: string, now: Instant): { readonly from: string; readonly until: string } | null {
  const { start, end } = monthInterval(month, "UTC");
  const until = Math.min(end, now - (now % DAY));
  return until > start ? { from: dateOf(start, "UTC"), until: dateOf(until, "UTC") } : null;
}

/** Counts a call, unless those of this month are used up. */
const counter =
  (ctx: Ctx, { mostCalls }: ExplorerMeans, visit: Visit) =>
  async (): Promise<void> => {
    if ((await callsThisMonth(ctx)) >= mostCalls)
      throw new AppError(
        "conflict",
        `The ${counted(mostCalls, "call")} of this month to AWS Cost Explorer (${formatMicros(mostCalls * CALL_MICROS)} USD) are used up: see COST_EXPLORER_MONTHLY_CALLS.`,
      );
    await visit.count();
  };

async function importRows(
  ctx: Ctx,
  { tag }: ExplorerMeans,
  month: string,
  rows: readonly ExplorerRow[],
): Promise<string> {
  const costing = rows.filter((row) => Number(row.billed) !== 0 || Number(row.effective) !== 0);
  if (costing.length === 0) return `${month}: Nothing was billed, or the tag ${tag} is not activated.`;
  const estimated = new Set(costing.filter((row) => row.isEstimated).map((row) => row.date)).size;
  const words = `${month}: ${counted(new Set(costing.map((row) => row.date)).size, "day")}, ${estimated} of them not final.`;
  const money = (micros: number) => `${formatMinor(micros, ctx.ledger.currency)} ${ctx.ledger.currency}`;
  const bytes = new TextEncoder().encode(explorerFile(month, costing));
  try {
    const done = await importBill(ctx, [{ name: `${EXPLORER} ${month}`, bytes }], { replace: true });
    return `${words} ${money(done.effectiveMicros)}, ${money(done.gpuMicros)} of it for GPUs.`;
  } catch (error) {
    if (error instanceof AppError && error.code === "conflict") return `${words} Nothing has changed.`;
    throw error;
  }
}

/** Rows as a file of FOCUS, which is read like that of any cloud. */
export function explorerFile(month: string, rows: readonly ExplorerRow[]): string {
  const records = rows.map((row) => ({
    BilledCost: row.billed,
    EffectiveCost: row.effective,
    BillingCurrency: row.currency,
    ChargePeriodStart: `${row.date}T00:00:00Z`,
    ChargePeriodEnd: `${dateOfKey(addDays(dayKey(row.date), 1))}T00:00:00Z`,
    BillingPeriodStart: `${month}-01T00:00:00Z`,
    ProviderName: EXPLORER,
    ServiceName: row.instanceType === "" ? "AWS" : "Amazon EC2",
    ServiceCategory: row.instanceType === "" ? "" : "Compute",
    ChargeCategory: "Usage",
    Tags: JSON.stringify(row.tag === "" ? {} : { team: row.tag }),
    x_InstanceType: row.instanceType,
    ConsumedQuantity: row.hours ?? "",
    ConsumedUnit: row.hours === null ? "" : "Hours",
    x_Estimated: String(row.isEstimated),
  }));
  return stringify(records, { header: true });
}
