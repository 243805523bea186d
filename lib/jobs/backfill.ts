import { setTimeout as sleep } from "node:timers/promises";
import type { Tx } from "@/db/client.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import { counted } from "@/lib/format.ts";
import { saveCallTimes } from "@/lib/sync/call-times-store.ts";
import { endOwner, keepRenewing, startOwner } from "@/lib/sync/lease.ts";
import { CHUNK_SECONDS } from "@/lib/sync/samples/chunk.ts";
import {
  type Backfill,
  type BackfillStatus,
  countUnread,
  findBackfill,
  findBegun,
  findSame,
  insertBackfill,
  leaveBackfill,
  renewBackfill,
  setStatus,
  takeBackfill,
} from "@/lib/sync/windows/backfill-store.ts";
import { releaseWindows } from "@/lib/sync/windows/window-store.ts";
import type { Instant } from "@/lib/time.ts";
import { backfillRange } from "./backfill-range.ts";
import { type BackfillOutcome, type BackfillProgress, BackfillWork, NO_PROGRESS } from "./backfill-work.ts";
import { type Ledger, needSources } from "./ledger.ts";

export type { BackfillOutcome, BackfillProgress } from "./backfill-work.ts";

export interface BackfillRun {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: BackfillProgress) => void) | undefined;
}

export interface BackfillRequest {
  readonly from: Instant;
  readonly to: Instant;
  readonly stepSeconds: number;
}

/**
 * How often a running backfill checks whether it was cancelled, or whether the one that it waits for has ended, in
 * milliseconds.
 */
const LOOK_MS = 1000;
const UNFINISHED: readonly BackfillStatus[] = ["queued", "running"];
const STOPPED: readonly BackfillStatus[] = ["cancelled", "failed"];

class Cancelled extends Error {}

function mustOperate(ctx: Ctx): void {
  allow(ctx.viewer, "backfill.run");
}

/**
 * Requests the history of `[from, to)`, up to now, for the workers. A request for a range that was not finished
 * continues it.
 * @throws AppError `invalid` for an impossible range, `forbidden`.
 */
export function requestBackfill(ctx: Ctx, request: BackfillRequest): Promise<Backfill> {
  return begin(ctx, request, findSame);
}

/**
 * As `requestBackfill`, but continues an unfinished one with the same start that ends earlier, such as one that ended
 * at the time of its request. The caller requests the rest when it is done.
 */
export function continueBackfill(ctx: Ctx, request: BackfillRequest): Promise<Backfill> {
  return begin(ctx, request, findBegun);
}

async function begin(ctx: Ctx, request: BackfillRequest, find: typeof findSame): Promise<Backfill> {
  mustOperate(ctx);
  const { stepSeconds } = request;
  const now = ctx.now();
  const wanted = backfillRange(request, now);
  return ctx.db.write(async (tx) => {
    const begun = await find(tx, wanted, stepSeconds);
    if (!begun || begun.status === "done") {
      const added = await insertBackfill(tx, wanted, stepSeconds, ctx.viewer.id, now);
      await record(tx, ctx, added.id, null, { status: "queued", ...wanted, stepSeconds });
      return added;
    }
    const resumed = await setStatus(tx, begun.id, STOPPED, "queued", now);
    if (resumed) await record(tx, ctx, begun.id, { status: begun.status }, { status: "queued" });
    return resumed ? { ...begun, status: "queued", error: "", finishedAt: null } : begun;
  });
}

/**
 * Cancels a backfill after the batch that is being written. What was read stays; `resumeBackfill` continues.
 * @throws AppError `forbidden`, `not_found`.
 */
export async function cancelBackfill(ctx: Ctx, id: string): Promise<void> {
  mustOperate(ctx);
  await ctx.db.write(async (tx) => {
    if (!(await findBackfill(tx, id))) throw new AppError("not_found", "There is no such backfill.");
    const before = await findBackfill(tx, id);
    if (await setStatus(tx, id, UNFINISHED, "cancelled", ctx.now()))
      await record(tx, ctx, id, { status: before?.status }, { status: "cancelled" });
  });
}

/** Resumes a cancelled or failed backfill where it stopped. @throws AppError `forbidden`, `not_found`. */
export async function resumeBackfill(ctx: Ctx, id: string): Promise<void> {
  mustOperate(ctx);
  await ctx.db.write(async (tx) => {
    if (!(await findBackfill(tx, id))) throw new AppError("not_found", "There is no such backfill.");
    const before = await findBackfill(tx, id);
    if (await setStatus(tx, id, STOPPED, "queued", ctx.now()))
      await record(tx, ctx, id, { status: before?.status }, { status: "queued" });
  });
}

const record = (tx: Tx, ctx: Ctx, id: string, before: unknown, after: unknown): Promise<void> =>
  recordAct(tx, ctx, { action: "backfill.run", subject: `backfill/${id}`, before, after, reason: "" });

/**
 * Reads and meters a backfill, newest span first, reading the next spans while one is metered. It can be killed at any
 * point and run again: finished work is not repeated. Two processes may work on one backfill; one that overlaps another
 * waits for it.
 * @throws AppError `source_unavailable` when the inventory cannot be read, or the sources stop responding; the backfill
 *   is then `failed` and can be resumed. The reason of the signal when it is aborted; the backfill is then `queued`.
 */
export async function runBackfill(ledger: Ledger, id: string, run: BackfillRun = {}): Promise<BackfillOutcome> {
  const { ctx } = ledger;
  for (const problem of await ledger.refresh()) ctx.log.warn(problem);
  needSources(ledger);
  for (const warning of await ledger.readTime()) ctx.log.warn(warning);
  const owner = startOwner();
  const halt = new AbortController();
  const stop = () => halt.abort(run.signal?.reason);
  if (run.signal?.aborted) stop();
  run.signal?.addEventListener("abort", stop);
  const looking = setInterval(() => void look(ctx, id, halt), LOOK_MS);
  let progress = NO_PROGRESS;
  const report = (now: BackfillProgress) => {
    progress = now;
    run.onProgress?.(now);
  };
  try {
    return await lead(ledger, id, owner, halt.signal, report);
  } catch (error) {
    const reason = halt.signal.reason as unknown;
    halt.abort(error);
    const stopped = reason instanceof Cancelled || error instanceof Cancelled;
    await afterFailure(ctx, id, owner, stopped ? null : run.signal?.aborted ? "queued" : "failed", error);
    if (stopped) return { status: "cancelled", unread: 0, cause: "", progress };
    throw error;
  } finally {
    clearInterval(looking);
    run.signal?.removeEventListener("abort", stop);
    await leaveBackfill(ctx.db, id, owner).catch(() => undefined);
    endOwner(owner);
  }
}

async function look(ctx: Ctx, id: string, halt: AbortController): Promise<void> {
  const backfill = await findBackfill(ctx.db, id).catch(() => undefined);
  if (backfill?.status === "cancelled") halt.abort(new Cancelled("cancelled"));
}

async function lead(
  ledger: Ledger,
  id: string,
  owner: string,
  signal: AbortSignal,
  report: (progress: BackfillProgress) => void,
): Promise<BackfillOutcome> {
  const { ctx } = ledger;
  const backfill = await findBackfill(ctx.db, id);
  if (!backfill) throw new AppError("not_found", "There is no such backfill.");
  const around = ledger.marginSeconds + CHUNK_SECONDS;
  while ((await takeBackfill(ctx.db, backfill, around, owner, ctx.now())) === "waits") {
    report({ ...NO_PROGRESS, phase: "waiting" });
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
  const renew = keepRenewing(() => renewBackfill(ctx.db, id, owner, ctx.now()));
  try {
    if (!(await ctx.db.write((tx) => setStatus(tx, id, [...UNFINISHED, "failed"], "running", ctx.now())))) {
      if ((await findBackfill(ctx.db, id))?.status !== "done") throw new Cancelled("cancelled");
      // Another process finished it while this one was about to help.
      return { status: "done", ...(await countUnread(ctx.db, id)), progress: { ...NO_PROGRESS, phase: "done" } };
    }
    const outcome = await new BackfillWork(ledger, backfill, owner, signal, report).all();
    await saveCallTimes(ctx.db, needSources(ledger));
    const { unread } = outcome;
    const note = unread
      ? `${counted(unread, "window")} could not be read in full: see the gaps. ${outcome.cause}`.trim()
      : "";
    // Another process at the same backfill may have stopped: its remaining work is done now.
    const before: BackfillStatus[] = ["running", "done", "queued", "failed"];
    const done = await ctx.db.write((tx) => setStatus(tx, id, before, "done", ctx.now(), note));
    if (!done) throw new Cancelled("cancelled");
    return outcome;
  } finally {
    renew();
  }
}

/** Releases everything. If that cannot be written, the first error is the one to report. */
async function afterFailure(
  ctx: Ctx,
  id: string,
  owner: string,
  status: "queued" | "failed" | null,
  error: unknown,
): Promise<void> {
  try {
    await ctx.db.write(async (tx) => {
      await releaseWindows(tx, owner, ctx.now());
      const text = status === "failed" ? errorText(error) : "";
      if (status) await setStatus(tx, id, UNFINISHED, status, ctx.now(), text);
    });
  } catch (second) {
    ctx.log.error({ error: errorText(second) }, "the end of the backfill could not be stored; it can be run again");
  }
}
