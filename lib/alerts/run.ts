import type { Ctx } from "@/lib/ctx.ts";
import { withLease } from "@/lib/sync/lease.ts";
import { DAY } from "@/lib/time.ts";
import { writeDigests } from "./digest/digest.ts";
import { pruneItems } from "./digest/store.ts";
import { evaluateRules, type HowToEvaluate } from "./evaluate.ts";
import { pruneEvents } from "./event-store.ts";
import { deliverDue, type Sending, type Sent } from "./outbox/deliver.ts";
import { nextDueAt, pruneDeliveries } from "./outbox/store.ts";
import { renewOpen } from "./renew.ts";
import type { AlertSettings } from "./settings.ts";

export interface AlertSummary extends Sent {
  /** Changes that somebody is to hear of. */
  readonly notices: number;
  readonly digests: number;
}

/** Messages are kept for as long after they were sent, events a year. */
const KEEP_MESSAGES = 90 * DAY;
const KEEP_EVENTS = 365 * DAY;

/** One run: rules, digests, messages, pruning. One process at a time evaluates; null: another one does. Sends in any case. */
export async function runAlerts(
  ctx: Ctx,
  settings: AlertSettings,
  sending: Sending,
  how: HowToEvaluate = {},
): Promise<AlertSummary | null> {
  const { signal } = how;
  const found = await withLease(ctx.db, "alerts", ctx.now, async () => {
    const notices = await evaluateRules(ctx, settings, how);
    await renewOpen(ctx, settings, sending, signal);
    const digests = await writeDigests(ctx);
    await ctx.db.write(async (tx) => {
      await pruneDeliveries(tx, ctx.now() - KEEP_MESSAGES);
      await pruneItems(tx, ctx.now() - KEEP_MESSAGES);
      await pruneEvents(tx, ctx.now() - KEEP_EVENTS);
    });
    return { notices, digests };
  });
  const sent = await deliverDue(ctx, sending, signal ? { signal } : {});
  return found && { ...found, ...sent };
}

/** Sends what is due, if anything is: cheap enough to be asked every other second. */
export async function sendAlerts(ctx: Ctx, sending: Sending, signal?: AbortSignal): Promise<void> {
  const next = await nextDueAt(ctx.db);
  if (next !== null && next <= ctx.now()) await deliverDue(ctx, sending, signal ? { signal } : {});
}
