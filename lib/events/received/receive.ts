import { allow } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { withoutControls } from "@/lib/redact.ts";
import { DAY, dateOf, dayKey, type Instant } from "@/lib/time.ts";
import { REMEMBERED, type ReceivedEvent, type RefusedEvent, readEvent } from "./read-event.ts";
import { isTooLarge } from "./read-request.ts";
import {
  addToDay,
  type CollectorDay,
  countedSeconds,
  forgetEvents,
  insertRefused,
  listCollectorDays,
  listRefusedEvents,
  markRepeat,
  type RefusedRow,
  rememberEvent,
} from "./store.ts";

export interface Received {
  /** Events that count, or that were here before. */
  readonly taken: number;
  /** Why the others were refused, in their order. */
  readonly refused: readonly string[];
}

/**
 * Takes events of a collector: the good ones count even where others are refused, and each counts once – by source and id, and by the time
 * of its workload. Written before it returns. @throws AppError `forbidden`.
 */
export async function receiveEvents(ctx: Ctx, events: readonly unknown[]): Promise<Received> {
  allow(ctx.viewer, "events.receive");
  const now = ctx.now();
  const read = events.map((raw) => ({ raw, event: isTooLarge(raw) ? TOO_LARGE : readEvent(raw, now) }));
  const refused = read.flatMap(({ raw, event }) => ("reason" in event ? [{ raw, event }] : []));
  await ctx.db.write(async (tx) => {
    await forgetEvents(tx, now - REMEMBERED - DAY);
    for (const { event } of read) if (!("reason" in event)) await count(tx, event, ctx.ledger.zone, now);
    await insertRefused(
      tx,
      refused.map(({ raw, event }) => ({
        ...event,
        receivedAt: now,
        excerpt: withoutControls(JSON.stringify(raw) ?? "").slice(0, 500),
      })),
    );
  });
  return { taken: events.length - refused.length, refused: refused.map(({ event }) => event.reason) };
}

const TOO_LARGE: RefusedEvent = { source: "", eventId: "", reason: "it is larger than 64 KiB" };

type Tx = Parameters<typeof rememberEvent>[0];

async function count(tx: Tx, event: ReceivedEvent, zone: string, now: Instant): Promise<void> {
  if (!(await rememberEvent(tx, event, now))) return;
  const length = event.untilAt - event.fromAt;
  // Clocks of scrapes drift by seconds; a second collector, or one that started again, covers the same time.
  const isRepeat = length > 0 && (await countedSeconds(tx, event)) * 2 > length;
  if (isRepeat) await markRepeat(tx, event.hash);
  await addToDay(tx, dayOf(event, zone, isRepeat));
}

/** What an event adds to its day: the one in which its usage ends. */
function dayOf(event: ReceivedEvent, zone: string, isRepeat: boolean): CollectorDay {
  const { workloadHash, source, subject, facts, fromAt, untilAt, gpuMilliSeconds, utilisedMilliSeconds } = event;
  const counts = (amount: number) => (isRepeat ? 0 : amount);
  return {
    ...{ workloadHash, source, subject, facts: JSON.stringify(facts) },
    day: dayKey(dateOf(Math.max(fromAt, untilAt - 1), zone)),
    ...{ events: 1, repeats: isRepeat ? 1 : 0, unmeasured: untilAt === fromAt ? 1 : 0 },
    gpuMilliSeconds: counts(gpuMilliSeconds),
    utilisedMilliSeconds: counts(utilisedMilliSeconds ?? 0),
    utilisedOfMilliSeconds: counts(utilisedMilliSeconds === null ? 0 : gpuMilliSeconds),
    coveredSeconds: counts(untilAt - fromAt),
    ...{ firstAt: fromAt, lastAt: untilAt },
  };
}

/** A day of a workload with how much of it its events cover. */
export interface ListedDay extends CollectorDay {
  /** Of the time between its first and its last event, 0 to 1; null: no event says how long its usage took. */
  readonly coverage: number | null;
  /** Null: no event says it. */
  readonly utilisation: number | null;
}

/** Pure: how far the events of a day can be trusted. */
export function listedDay(day: CollectorDay): ListedDay {
  const span = day.lastAt - day.firstAt;
  return {
    ...day,
    coverage: day.coveredSeconds === 0 || span === 0 ? null : Math.min(1, day.coveredSeconds / span),
    utilisation:
      day.utilisedOfMilliSeconds === 0 ? null : Math.min(1, day.utilisedMilliSeconds / day.utilisedOfMilliSeconds),
  };
}

/** What collectors reported on some days, the newest first. @throws AppError `forbidden`. */
export async function listReceivedDays(
  ctx: Ctx,
  { fromDay, untilDay }: { readonly fromDay: number; readonly untilDay: number },
  limit: number,
): Promise<ListedDay[]> {
  allow(ctx.viewer, "events.read");
  return (await listCollectorDays(ctx.db, fromDay, untilDay, limit)).map(listedDay);
}

/** Events of collectors that were refused, the newest first. @throws AppError `forbidden`. */
export async function listRefusedReceived(ctx: Ctx, limit: number): Promise<RefusedRow[]> {
  allow(ctx.viewer, "events.read");
  return listRefusedEvents(ctx.db, limit);
}
