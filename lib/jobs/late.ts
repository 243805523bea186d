import type { Tx } from "@/db/client.ts";
import { listLiveClusters } from "@/lib/sync/facts/cluster-store.ts";
import { type LateFact, latePast } from "@/lib/sync/facts/late-facts.ts";
import type { Sources } from "@/lib/sync/sources.ts";
import type { Reading } from "@/lib/sync/windows/read-window.ts";
import { LIVE, liveThrough } from "@/lib/sync/windows/run-store.ts";
import type { PlannedWindow } from "@/lib/sync/windows/window.ts";
import { rememberWindows } from "@/lib/sync/windows/window-store.ts";
import { HOUR, type Interval, union, windows } from "@/lib/time.ts";
import type { Ledger } from "./ledger.ts";
import { askedSince, REREAD_SECONDS } from "./live-run.ts";

/** Plans to read the samples of what was listed for the first time and began before the live sync reads from. */
export async function rememberLate(tx: Tx, ledger: Ledger, sources: Sources, late: readonly LateFact[]): Promise<void> {
  const { ctx, env } = ledger;
  for (const cluster of await listLiveClusters(tx)) {
    const [samples, through] = [sources.providerOf("samples", cluster), await liveThrough(tx, cluster.id)];
    if (!samples || through === null) continue;
    const { source, read } = samples;
    const own = late.filter(
      (f) => f.clusterId === cluster.id && f.subject.startsWith(read.by === "pod" ? "pod/" : "workload/"),
    );
    const before = through - REREAD_SECONDS;
    const past = latePast(own, askedSince(ledger).unread, before);
    const subjects = read.by === "window" ? union(past).map((p) => ({ ...p, subject: "" })) : past;
    const base = { clusterId: cluster.id, source: source.name, stepSeconds: env.SAMPLE_STEP, backfillId: LIVE };
    const list = subjects.flatMap(({ subject, start, end }) => {
      const window = { ...base, subject, start, end: before, attempts: 0 };
      return hoursOf({ window, error: "It was listed hours after it began." }, { start, end });
    });
    const now = ctx.now();
    if (list.length) await rememberWindows(tx, list, now, now);
  }
}

/** Retried windows lie half an hour off the hours, so that they never replace those of a backfill. Seconds. */
const OFF_THE_HOUR = HOUR / 2;

/**
 * The hours of a gap of a window as windows of their own, off the hours so that they never replace those of a backfill;
 * none ends after the window.
 */
export function hoursOf(
  { window, error }: Pick<Reading, "window" | "error">,
  gap: Interval,
): (PlannedWindow & { error: string })[] {
  const { attempts: _attempts, ...planned } = window;
  const shifted = { start: gap.start - OFF_THE_HOUR, end: gap.end - OFF_THE_HOUR };
  return [...windows(shifted, HOUR)].map((hour) => {
    const start = Math.floor(hour.start / HOUR) * HOUR + OFF_THE_HOUR;
    return { ...planned, start, end: Math.min(start + HOUR, window.end), backfillId: LIVE, error };
  });
}
