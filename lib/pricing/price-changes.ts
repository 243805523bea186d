import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { permissionOf } from "@/lib/auth/permissions.ts";
import { countWithRole } from "@/lib/auth/user-store.ts";
import { forgetCharged, listClosedDays } from "@/lib/charges/due-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { formatNanos } from "@/lib/money.ts";
import { dateOfKey } from "@/lib/time.ts";
import {
  decideProposal,
  findExchangeRate,
  findRateBefore,
  listProposed,
  loadPlacesToPrice,
  loadPriceBook,
  saveExchangeRate,
} from "./price-store.ts";
import { getOpenProposal, type MoneySettings, parseRate, type RateInput } from "./propose.ts";
import { newAmbiguities } from "./unclear.ts";

/**
 * Puts a proposal in force: its prices are the book's next version, and every charged day from the first of them on is
 * due. Another person than who proposed must approve, where there is one.
 * @returns the first day that is charged again. @throws AppError `forbidden`, `not_found`, `conflict`, also where the book
 *   has changed so that two prices would name a GPU equally well.
 */
export async function approvePrices(
  ctx: Ctx,
  input: { readonly id: string; readonly reason: string },
): Promise<number> {
  allow(ctx.viewer, "prices.decide");
  const proposal = await getOpenProposal(ctx, input.id);
  const by = ctx.viewer.id;
  const self = by === proposal.proposedBy;
  if (
    self &&
    (await countWithRole(ctx.db, permissionOf("prices.decide").roles, { except: ctx.viewer.userKey ?? 0 })) > 0
  )
    throw new AppError("forbidden", `You proposed "${proposal.title}": another person must approve it.`);
  const prices = await listProposed(ctx.db, input.id);
  const fromDay = Math.min(...prices.map((p) => p.effectiveFrom));
  await ctx.db.write(async (tx) => {
    // Other proposals may have been approved since this one was checked.
    const [book, { models }] = await Promise.all([loadPriceBook(tx, ""), loadPlacesToPrice(tx)]);
    const unclear = newAmbiguities(book, prices, models);
    if (unclear.length)
      throw new AppError("conflict", `"${proposal.title}" no longer fits the price book:\n${unclear.join("\n")}`);
    if (!(await decideProposal(tx, input.id, { status: "approved", by, at: ctx.now() })))
      throw new AppError("conflict", `"${proposal.title}" was decided meanwhile.`);
    await forgetCharged(tx, fromDay);
    await recordAct(tx, ctx, {
      action: "prices.decide",
      subject: `proposal/${input.id}`,
      before: { status: "proposed" },
      after: { status: "approved", by, approvedByProposer: self, fromDay },
      reason: input.reason,
    });
  });
  return fromDay;
}

/**
 * Records an exchange rate; charges from its day on are due. Those of closed periods keep the rates that they were made with.
 * @returns what to look at where it is far from the rate before; else empty.
 * @throws AppError `forbidden`; `invalid` for what is no rate; `period_closed` for a day of a closed period.
 */
export async function recordExchangeRate(ctx: Ctx, input: RateInput, money: MoneySettings): Promise<string> {
  allow(ctx.viewer, "rates.record");
  const rate = parseRate(input, money);
  return ctx.db.write(async (tx) => {
    const closed = Math.max(0, ...(await listClosedDays(tx)).map((c) => c.untilDay));
    if (rate.day < closed)
      throw fieldError(
        "day",
        `${dateOfKey(rate.day)} is closed, with the rates that held: record the rate from ${dateOfKey(closed)} on, or later.`,
        "period_closed",
      );
    const before = await findExchangeRate(tx, rate.currency, rate.day);
    await saveExchangeRate(tx, rate, ctx.viewer.id, ctx.now());
    await forgetCharged(tx, rate.day);
    const subject = `rate/${rate.currency}/${rate.day}`;
    await recordAct(tx, ctx, {
      action: "rates.record",
      subject,
      before: before ?? null,
      after: rate,
      reason: rate.source,
    });
    return leapOf(rate, await findRateBefore(tx, rate.currency, rate.day));
  });
}

/** From this factor on a rate is another currency's, the other way round, or without its point; no currency moves so far in a month. */
const LEAP = 2;

/** What to look at where a rate is far from the one before; empty: it is not. */
function leapOf(
  rate: { readonly rateNanos: number },
  before: { readonly day: number; readonly rateNanos: number } | undefined,
): string {
  if (!before) return "";
  const factor = rate.rateNanos / before.rateNanos;
  if (factor < LEAP && factor > 1 / LEAP) return "";
  const times = factor >= 1 ? `${Math.round(factor * 10) / 10} times` : `a ${Math.round(10 / factor) / 10}th of`;
  return `It is ${times} the rate before, ${formatNanos(before.rateNanos)} from ${dateOfKey(before.day)} on: if it is wrong, record it again from the same day.`;
}
