import { point, spanText } from "@/lib/insights/rules/measure.ts";
import type { RuleWords, Thresholds, Verdict } from "@/lib/insights/rules/rule.ts";
import type { Instant, Interval } from "@/lib/time.ts";

/** Phases before the scheduler gives a workload its cards. */
const WAITING: ReadonlySet<string> = new Set(["Creating", "Pending"]);

/**
 * When a workload waited for GPUs, by its phases, oldest first.
 * @param phases ascending by instant.
 * @param endedAt completion or deletion.
 */
export function waitingTimes(
  phases: readonly { readonly at: Instant; readonly phase: string }[],
  endedAt: Instant,
): Interval[] {
  const out: { start: Instant; end: Instant }[] = [];
  let waits = false;
  for (const [i, { at, phase }] of phases.entries()) {
    const end = Math.min(phases[i + 1]?.at ?? endedAt, endedAt);
    const last = out.at(-1);
    if (!WAITING.has(phase) || end <= at) waits = false;
    else if (waits && last) last.end = end;
    else {
      out.push({ start: at, end });
      waits = true;
    }
  }
  return out;
}

/** About a workload that holds nothing, so that there are no cells of it: its phases are judged. */
export const pendingLong: RuleWords & { readonly thresholds: { after_hours: { value: number; help: string } } } = {
  slug: "pending-long",
  version: 1,
  group: "suspicious",
  topic: "health",
  title: "Waits for long",
  meaning: "The workload has waited for GPUs for hours, and holds none yet.",
  advice:
    "Ask for fewer or other GPUs, or see whether quota or fragmentation keeps it waiting. Delete it if nobody needs it any longer.",
  stops: true,
  severity: "info",
  audience: "owner",
  measured: { precision: 1, recall: 1 },
  thresholds: { after_hours: { value: 12, help: "hours since it was submitted or last ran" } },
};

/**
 * Judges a workload by the last second of a cell.
 * @param waits as `waitingTimes` returns it.
 * @param since index of the cell in which the wait began, for the wait that holds the instant.
 */
export function judgePending(
  waits: readonly Interval[],
  at: Instant,
  gpus: number | null,
  t: Thresholds,
  indexOf: (at: Instant) => number,
): Verdict {
  const wait = waits.find((w) => w.start <= at && at < w.end);
  if (!wait) return { kind: "gone" };
  const least = (t.after_hours ?? 12) * 3600;
  const waited = at + 1 - wait.start;
  if (waited < least) return { kind: "clear" };
  const asked = gpus === null ? "GPUs" : gpus === 1 ? "1 GPU" : `${gpus} GPUs`;
  const words = `Waited ${spanText(waited)} for ${asked}.`;
  const evidence = [point("scheduler", words, waited / 3600, least / 3600, 2)];
  return { kind: "fires", evidence, since: indexOf(wait.start), milli: 0 };
}
