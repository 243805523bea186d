import { z } from "zod";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { chargeDay } from "@/lib/charges/charge.ts";
import { loadChargeRules, loadDay, loadPlaces } from "@/lib/charges/day-load.ts";
import { loadCharges } from "@/lib/charges/load.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { type ExactMicros, sumMicros } from "@/lib/money.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import {
  booksCorrections,
  type ClosedPeriod,
  daysIn,
  needPeriod,
  type Override,
  type PeriodView,
} from "@/lib/periods/period.ts";
import type { CloseSettings } from "@/lib/periods/settings.ts";
import type { BillingPeriod } from "@/lib/periods/types.ts";
import { statementsOf } from "@/lib/statements/load.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { closedSentence } from "@/lib/statements/words.ts";
import { dayOfKey } from "@/lib/time.ts";
import { highestIssued } from "./issued-store.ts";
import { blocking, type OpenItem, openItems } from "./items.ts";
import { loadPeriodFacts } from "./items-load.ts";
import { numberStatements } from "./number.ts";
import { needOtherCloser } from "./other-closer.ts";
import { proveDay } from "./proof.ts";
import { ChargesHash, hashClose, hashStatement } from "./seal.ts";
import { chargedMark, lockMoney, saveClose } from "./store.ts";

export const closeInput = z.object({
  period: z.string(),
  /** Open items that are let pass, each with its reason. */
  overrides: z
    .array(
      z.object({
        item: z.string(),
        reason: z.string().trim().min(3, "Say why, in a few words.").max(500, "Say why in at most 500 characters."),
      }),
    )
    .default([]),
});
export type CloseInput = z.input<typeof closeInput>;

export interface CloseOptions {
  readonly signal?: AbortSignal | undefined;
  /** Days proven, of how many. */
  readonly onProgress?: ((done: number, days: number) => void) | undefined;
}

export interface Closed {
  readonly close: ClosedPeriod;
  readonly statements: readonly Statement[];
}

/** What a close would do, without doing it: its open items, its statements. For those who may close. */
export async function previewClose(ctx: Ctx, settings: CloseSettings, periodId: string) {
  allow(ctx.viewer, "periods.close");
  const periods = await loadPeriods(ctx.db, settings, ctx.now());
  const view = needPeriod(periods, periodId);
  const statements = await statementsOf(ctx.db, settings, periods, view, { team: null, now: ctx.now() });
  if (view.close) return { periods, view, statements, items: [] as OpenItem[] };
  const items = openItems(await loadPeriodFacts(ctx.db, periods, view, statements, ctx.now()));
  return { periods, view, statements, items };
}

/**
 * Closes a period: every day is recomputed and compared with what is stored, then one transaction numbers and freezes the
 * statements, books the corrections, chains the hash and puts the act on record. It is wholly closed, or wholly open.
 * @throws AppError `conflict` that lists what is not settled, or says what changed; `period_closed` the second time.
 */
export async function closePeriod(
  ctx: Ctx,
  settings: CloseSettings,
  given: CloseInput,
  options: CloseOptions = {},
): Promise<Closed> {
  const input = parseInput(closeInput, given);
  const { view, items } = await previewClose(ctx, settings, input.period);
  await needOtherCloser(ctx, view.period);
  const asked = input.overrides.map((o) => ({ ...o, by: ctx.viewer.id }));
  refuse(view, items, asked);
  const proof = await proveDays(ctx, settings, view.period, options);
  return ctx.db.write(async (tx) => {
    await lockMoney(tx, ctx.db.dialect);
    const now = ctx.now();
    const periods = await loadPeriods(tx, settings, now);
    const current = needPeriod(periods, input.period);
    const drafts = await statementsOf(tx, settings, periods, current, { team: null, now });
    const open = openItems(await loadPeriodFacts(tx, periods, current, drafts, now));
    refuse(current, open, asked);
    const overrides = asked.map((o) => named(o, open));
    if ((await chargedMark(tx, view.period)) !== proof.mark)
      throw new AppError("conflict", `Charges of ${input.period} changed while it was being closed. Close it again.`);
    const before = await highestIssued(tx, current.period.fiscalYear);
    const sealed = seal(periods, current, drafts, { ctx, settings, overrides, before, chargesHash: proof.chargesHash });
    await saveClose(tx, sealed.close, sealed.statements, booksCorrections(periods, current));
    await recordAct(tx, ctx, {
      action: "periods.close",
      subject: `period/${input.period}`,
      before: { state: current.state },
      after: {
        state: "closed",
        ...sealed.close,
        totalMicros: jsonMicros(sealed.close.totalMicros),
        chargesHash: proof.chargesHash,
        statements: drafts.length,
      },
      reason: overrides.map((o) => `${o.item}: ${o.reason}`).join("; "),
    });
    return sealed;
  });
}

/** JSON has no integers beyond those of numbers: a larger sum is a text. */
const jsonMicros = (micros: ExactMicros): number | string => (typeof micros === "bigint" ? String(micros) : micros);

/** An override with the words of its item, as they are now: how much was let pass is not known later. */
function named(override: Override, items: readonly OpenItem[]): Override {
  const { title, detail } = items.find((i) => i.key === override.item) ?? {};
  return { ...override, title, detail };
}

/** @throws AppError where a period is closed already, an override names nothing, or something is not settled. */
function refuse({ period, close }: PeriodView, items: readonly OpenItem[], overrides: readonly Override[]): void {
  if (close)
    throw new AppError(
      "period_closed",
      `${period.id} is closed already. What changes later is corrected in the next period.`,
    );
  for (const { item } of overrides) {
    const found = items.find((i) => i.key === item);
    if (!found) throw new AppError("invalid", `There is no open item "${item}" in ${period.id}: nothing to override.`);
    if (found.weight === "must") throw new AppError("invalid", `"${item}" cannot be overridden: ${found.detail}`);
  }
  const left = blocking(items, overrides);
  if (left.length === 0) return;
  const lines = left.map((i) => `  ${i.key}: ${i.title}. ${i.detail}`);
  throw new AppError("conflict", `${period.id} cannot be closed yet:\n${lines.join("\n")}`);
}

/** Recomputes each day. @returns what the proof rests on, and the hash of the charges. */
async function proveDays(ctx: Ctx, settings: CloseSettings, period: BillingPeriod, options: CloseOptions) {
  const mark = await chargedMark(ctx.db, period);
  const [rules, places] = await Promise.all([loadChargeRules(ctx.db, settings.currency), loadPlaces(ctx.db)]);
  const hash = new ChargesHash();
  const days = daysIn(period);
  for (const [i, day] of days.entries()) {
    options.signal?.throwIfAborted();
    const [input, stored] = await Promise.all([
      loadDay(ctx.db, dayOfKey(day, settings.calendar.zone), rules, places),
      loadCharges(ctx.db, day),
    ]);
    proveDay(input, chargeDay(input), stored);
    hash.add(stored.charges, stored.shares);
    options.onProgress?.(i + 1, days.length);
  }
  return { mark, chargesHash: hash.digest() };
}

interface Sealing {
  readonly ctx: Ctx;
  readonly settings: CloseSettings;
  readonly overrides: readonly Override[];
  readonly before: number;
  readonly chargesHash: string;
}

/** Numbers, hashes and chains; pure but for the clock that the statements carry already. */
function seal(
  periods: readonly PeriodView[],
  { period }: PeriodView,
  drafts: readonly Statement[],
  { ctx, settings, overrides, before, chargesHash }: Sealing,
): Closed {
  const chain = periods.flatMap((p) => (p.close ? [p.close] : [])).sort((a, b) => a.sequence - b.sequence);
  const closedAt = ctx.now();
  const statements = numberStatements(drafts, period.id, before).map((s) => {
    const header = { ...s.header, dispute: closedSentence(settings), overrides };
    const closed = { ...s, header, state: "closed" as const, generatedAt: closedAt, closedAt };
    return { ...closed, hash: hashStatement(closed) };
  });
  const close = {
    periodId: period.id,
    sequence: (chain.at(-1)?.sequence ?? 0) + 1,
    fromDay: period.fromDay,
    untilDay: period.untilDay,
    closedBy: ctx.viewer.id,
    closedAt,
    currency: settings.currency,
    billingTimeZone: settings.calendar.zone,
    totalMicros: sumMicros(statements.map((s) => s.header.totalMicros)),
    overrides,
    previousHash: chain.at(-1)?.hash ?? "",
  };
  const sealed = { ...close, chargesHash, statements: statements.map((s) => [s.number as string, s.hash] as const) };
  return { close: { ...close, hash: hashClose(sealed) }, statements };
}
