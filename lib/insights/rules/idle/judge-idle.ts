import type { SlotView, WorkloadView } from "@/lib/insights/cells/view.ts";
import {
  CLEAR,
  cardName,
  GONE,
  LOOKBACK,
  milliOf,
  percentText,
  point,
  powerPercent,
  quietRun,
  slotMemoryMib,
  spanText,
  UNKNOWN,
} from "@/lib/insights/rules/measure.ts";
import type { Evidence, Verdict } from "@/lib/insights/rules/rule.ts";

/** A card that draws this much of the way to its limit works, whatever else is read of it. */
const WORKING_POWER = 40;

/** What speaks for a slot being idle over a range: activity, memory and power, each its own family. */
export function idleEvidence(slots: readonly SlotView[], since: number, end: number, quietSeconds: number): Evidence[] {
  const out = [point("utilisation", `No activity for ${spanText(quietSeconds)}.`, quietSeconds / 60, null, 2)];
  const memory = Math.max(...slots.map((s) => s.max("memoryMax", since, end)));
  const room = slots[0] ? slotMemoryMib(slots[0]) : null;
  if (slots.some((s) => s.sum("memorySeconds", since, end) > 0))
    out.push(
      point(
        "memory",
        room
          ? `Holds at most ${(memory / 1024).toFixed(1)} GiB of ${(room / 1024).toFixed(0)} GiB on a card.`
          : `Holds at most ${(memory / 1024).toFixed(1)} GiB on a card.`,
        memory,
        room,
      ),
    );
  if (slots.some((s) => s.sum("smSeconds", since, end) > 0)) {
    const sm = Math.max(...slots.map((s) => s.mean("smSum", "smSeconds", since, end) ?? 0));
    out.push(point("sm", `SM activity ${percentText(sm)} on average.`, sm));
  }
  const power = slots.map((s) => powerPercent(s, since, end)).filter((p) => p !== null);
  if (power.length)
    out.push(
      point("power", `Draws ${percentText(Math.max(...power))} of its power above rest.`, Math.max(...power), 40),
    );
  return out;
}

/** A card whose power says that it works although no activity is read. */
export const powerDisagrees = (slot: SlotView, from: number, end: number): boolean =>
  (powerPercent(slot, from, end) ?? 0) >= WORKING_POWER;

/** A workload that has held cards since the cell `from` without any activity; `minutes` of wall-clock time since it first held one. */
interface NeverActive {
  readonly held: readonly SlotView[];
  readonly minutes: number;
  readonly from: number;
}

/**
 * The slots of a workload that was never active since it started; else the verdict of every rule about such workloads. Neither a start
 * that nobody saw nor a last cell without samples speaks against a workload.
 */
export function neverActive(view: WorkloadView, end: number): NeverActive | Verdict {
  const held = view.heldIn(end - 1);
  if (!held.length) return GONE;
  if (view.everActive(end)) return CLEAR;
  if (!view.knowsStart(end)) return UNKNOWN;
  if (held.every((s) => s.observed(end - 1, end) === 0)) return UNKNOWN;
  const first = view.firstHeldAt(end) ?? view.instant(end - 1);
  return { held, minutes: (view.instant(end) - first) / 60, from: Math.max(0, end - LOOKBACK, view.index(first)) };
}

/**
 * Every card of a workload is idle for long enough, most of it in one class of the ledger. Inference waits for requests
 * and is not idle. A card that works, or one that nobody observes, is no idle workload.
 */
export function judgeIdle(
  view: WorkloadView,
  end: number,
  which: "deadIdle" | "idleHeld",
  afterMinutes: number,
): Verdict {
  const held = view.heldIn(end - 1);
  if (!held.length) return GONE;
  if (view.facts.category === "Deploy") return CLEAR;
  const runs = held.map((slot) => ({ slot, run: quietRun(slot, end) }));
  if (runs.some(({ run }) => run && run.quiet === 0)) return CLEAR;
  if (runs.some(({ run, slot }) => !run || powerDisagrees(slot, run.since, end))) return UNKNOWN;
  const quiet = Math.min(...runs.map(({ run }) => run?.quiet ?? 0));
  if (quiet < afterMinutes * 60) return CLEAR;
  const since = Math.max(...runs.map(({ run }) => run?.since ?? 0));
  const sum = (measure: "deadIdle" | "idleHeld") =>
    held.reduce((total, s) => total + s.sum(measure, since, end) * s.facts.milli, 0);
  const other = which === "deadIdle" ? "idleHeld" : "deadIdle";
  const mine = sum(which);
  if (mine === 0 || mine < sum(other)) return CLEAR;
  const evidence = idleEvidence(held, since, end, quiet);
  if (held.length > 1) evidence.push(point("cards", `All ${held.length} cards: ${names(held)}.`, held.length, null, 0));
  return { kind: "fires", evidence, since, milli: milliOf(held) };
}

const names = (slots: readonly SlotView[]): string => {
  const shown = slots.slice(0, 4).map(cardName).join(", ");
  return slots.length > 4 ? `${shown} and ${slots.length - 4} more` : shown;
};
