/**
 * Visits to systems outside that are asked seldom: when each began, how many calls it took, what came of it. A call is counted before it is
 * sent, so that a process that dies in between has counted it. Of one name, one reads at a time.
 */
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import { withoutControls } from "@/lib/redact.ts";
import { withLease } from "@/lib/sync/lease.ts";
import { countCall, failAbandoned, finishReading, insertReading, lastStart, type Reading } from "./store.ts";

export { lastStart, listReadings, type Reading, sumCalls } from "./store.ts";

export interface Visit {
  /** Counts a call that is about to be sent. */
  readonly count: () => Promise<void>;
}

const MOST_DETAIL = 1000;

/**
 * Runs one reading and records it. @returns what `body` returns; null while another process reads.
 * @throws whatever `body` throws, once that is recorded.
 */
export async function readOutside<T extends { readonly detail: string }>(
  ctx: Ctx,
  name: string,
  body: (visit: Visit) => Promise<T>,
): Promise<T | null> {
  return withLease(ctx.db, `reading/${name}`, ctx.now, async () => {
    const reading = await ctx.db.write(async (tx) => {
      await failAbandoned(tx, name, ctx.now());
      const startedAt = Math.max(ctx.now(), ((await lastStart(tx, name)) ?? 0) + 1);
      const begun: Reading = {
        ...{ name, startedAt, finishedAt: null, calls: 0 },
        status: "running",
        detail: "",
        by: ctx.viewer.id,
      };
      await insertReading(tx, begun);
      return begun;
    });
    const end = (status: Reading["status"], detail: string) =>
      ctx.db.write((tx) =>
        finishReading(tx, {
          ...reading,
          finishedAt: ctx.now(),
          status,
          detail: withoutControls(detail).slice(0, MOST_DETAIL),
        }),
      );
    try {
      const done = await body({
        count: async () => {
          await ctx.db.write((tx) => countCall(tx, name, reading.startedAt));
        },
      });
      await end("done", done.detail);
      return done;
    } catch (error) {
      await end("failed", error instanceof AppError ? error.message : errorText(error));
      throw error;
    }
  });
}
