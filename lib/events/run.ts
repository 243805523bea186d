import { createPost } from "@/lib/alerts/channels/index.ts";
import { allow } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Env } from "@/lib/env.ts";
import { errorText } from "@/lib/errors.ts";
import { type SecretKeys, secretKeys } from "@/lib/secrets/index.ts";
import { withLease } from "@/lib/sync/lease.ts";
import type { Interval } from "@/lib/time.ts";
import { type DestinationRow, findDestination, listDestinations, recordFailure } from "./destination-store.ts";
import type { Post } from "./destinations/index.ts";
import { openDestination } from "./open.ts";
import { planUsage } from "./plan.ts";
import { type SendOptions, type Sent, sendWaiting } from "./send.ts";

/** What events are sent with. */
export interface EventMeans {
  readonly post: Post;
  readonly keys: SecretKeys;
  readonly bucketSeconds: number;
  /** Usage is sent as long after its end, so that most late data has arrived. */
  readonly delaySeconds: number;
}

export const eventMeansOf = (env: Env, nowMs: () => number): EventMeans => ({
  post: createPost({ allowed: env.ALERT_ALLOWED_HOSTS, timeoutMs: env.HTTP_TIMEOUT, nowMs }),
  keys: secretKeys(env),
  bucketSeconds: env.BUCKET_SECONDS,
  delaySeconds: env.EVENT_DELAY,
});

export interface SendRun {
  /** Only buckets that start in this range are planned; absent: all that the destination asks for. */
  readonly range?: Interval | undefined;
  /** At once, although the wait after a failure is not over. */
  readonly now?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: SendOptions["onProgress"];
}

/**
 * Plans and sends the usage of one destination. One process at a time does it for a destination; null: another one does, it is paused, or
 * the wait after a failure is not over. @throws AppError `forbidden`.
 */
export async function sendTo(ctx: Ctx, means: EventMeans, key: number, run: SendRun = {}): Promise<Sent | null> {
  allow(ctx.viewer, "events.manage");
  return withLease(ctx.db, `events/${key}`, ctx.now, async () => {
    const row = await findDestination(ctx.db, key);
    if (!row || row.pausedAt !== null || (!run.now && row.nextAttemptAt > ctx.now())) return null;
    try {
      return await planAndSend(ctx, means, row, run);
    } catch (error) {
      const reason = errorText(error);
      await ctx.db.write((tx) => recordFailure(tx, key, reason, ctx.now() + 600));
      ctx.log.error({ destination: key, error: reason }, "usage events could not be sent");
      return { sent: 0, refused: 0, error: reason };
    }
  });
}

async function planAndSend(ctx: Ctx, means: EventMeans, row: DestinationRow, run: SendRun): Promise<Sent> {
  const open = await openDestination(ctx.db, means.keys, row);
  const latest = ctx.now() - means.delaySeconds - means.bucketSeconds + 1;
  const range = { start: run.range?.start ?? 0, end: Math.min(run.range?.end ?? latest, latest) };
  const { signal, onProgress } = run;
  await planUsage(ctx, row, open.mapping.subject, { bucketSeconds: means.bucketSeconds, range, signal });
  return sendWaiting(ctx, open, { post: means.post, bucketSeconds: means.bucketSeconds, signal, onProgress });
}

/** Sends the usage of every destination. A destination that fails does not stop the others. */
export async function sendEvents(ctx: Ctx, means: EventMeans, signal?: AbortSignal): Promise<void> {
  for (const { key } of await listDestinations(ctx.db)) {
    if (signal?.aborted) return;
    await sendTo(ctx, means, key, { signal });
  }
}
