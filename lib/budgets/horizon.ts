import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { dateOf, dateOfKey } from "@/lib/time.ts";

/** As many years ahead something can be planned: a year beyond is a slip of the keyboard. */
const YEARS = 10;

/** The last day for which something can be planned now, as a day key: the last one of the tenth year from this one. */
export const latestDay = ({ now, ledger }: Pick<Ctx, "now" | "ledger">): number =>
  (Number(dateOf(now(), ledger.zone).slice(0, 4)) + YEARS) * 10_000 + 1231;

/** What is said of a day beyond the last one. */
export const tooLate = (what: string, latest: number): string =>
  `${what} on ${dateOfKey(latest)} or before, ${YEARS} years ahead at most: check the year.`;

/** @throws AppError `invalid` for a day beyond the last one. */
export function needNear(ctx: Pick<Ctx, "now" | "ledger">, day: number, what: string): void {
  const latest = latestDay(ctx);
  if (day > latest) throw new AppError("invalid", tooLate(what, latest));
}
