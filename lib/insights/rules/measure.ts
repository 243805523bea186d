import { CELL, type MeasureName } from "@/lib/insights/cells/cell.ts";
import type { SlotView, WorkloadView } from "@/lib/insights/cells/view.ts";
import { cardMemoryMib } from "@/lib/metering/held/card-memory.ts";
import type { Evidence, Loss, Verdict } from "./rule.ts";

/** Figures that several rules share. All over half-open ranges of cells. */

export const UNKNOWN: Verdict = { kind: "unknown" };
export const CLEAR: Verdict = { kind: "clear" };
export const GONE: Verdict = { kind: "gone" };

export const cellsOfMinutes = (minutes: number): number => Math.max(1, Math.ceil((minutes * 60) / CELL));
export const cellsOfHours = (hours: number): number => cellsOfMinutes(hours * 60);

/** A span in words: `45 min`, `2 h 15 min`, `3 d 4 h`. */
export function spanText(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${hours / 24} d`;
}

export const percentText = (value: number): string =>
  `${value > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0)} %`;

/** The most cells that a rule looks back: verdicts do not depend on what lies before. */
export const LOOKBACK = 96;

/** A run without activity that ends with the cell before `end`, as long as the slot was held. */
export interface QuietRun {
  /** Index of its first cell. */
  readonly since: number;
  /** Observed seconds without activity, and seconds held in all. */
  readonly quiet: number;
  readonly held: number;
}

/**
 * Cells without any activity before `end`, back to the last one with some. Cells that nobody observed lie within a run
 * but do not count for its length; null where the last cell was not observed at all.
 */
export function quietRun(slot: SlotView, end: number): QuietRun | null {
  const last = end - 1;
  if (slot.observed(last, end) === 0) return null;
  let since = end;
  for (let i = last; i >= Math.max(0, end - LOOKBACK) && slot.held(i, i + 1) > 0; i--) {
    const observed = slot.observed(i, i + 1);
    if (observed > 0 && slot.sum("quiet", i, i + 1) < observed) break;
    if (observed > 0) since = i;
  }
  return { since, quiet: slot.sum("quiet", since, end), held: slot.held(since, end) };
}

/** Whether samples cover enough of what a slot was held in a range for a verdict. */
export const covered = (slot: SlotView, from: number, end: number, share = 0.5): boolean =>
  slot.observed(from, end) >= share * slot.held(from, end);

/** Slots that a workload held throughout the last hours, and the first cell of these. */
export interface HeldWindow {
  readonly held: readonly SlotView[];
  readonly from: number;
}

/**
 * The slots that are held in the last cell, if all of them were held throughout the last hours and samples cover them; else the verdict
 * of every rule that looks at such a window.
 */
export function heldThroughout(view: WorkloadView, end: number, hours: number): HeldWindow | Verdict {
  const held = view.heldIn(end - 1);
  if (!held.length) return GONE;
  const from = end - cellsOfHours(hours);
  if (from < 0 || held.some((s) => s.held(from, end) < 0.95 * hours * 3600)) return CLEAR;
  return held.every((s) => covered(s, from, end, 0.7)) ? { held, from } : UNKNOWN;
}

export const milliOf = (slots: readonly SlotView[]): number => slots.reduce((sum, s) => sum + s.facts.milli, 0);

/** What is lost in a cell: the seconds of some measures times what each slot is, by hardware. */
export function lossOf(slots: readonly SlotView[], index: number, measures: readonly MeasureName[]): Loss[] {
  return lossBy(slots, (slot) => measures.reduce((sum, m) => sum + slot.sum(m, index, index + 1), 0));
}

/** The same with any figure of seconds for each slot; parts of a second are rounded down. */
export function lossBy(slots: readonly SlotView[], seconds: (slot: SlotView) => number): Loss[] {
  const out: Loss[] = [];
  for (const slot of slots) {
    const { pool, model, milli } = slot.facts;
    const milliSeconds = Math.floor(seconds(slot)) * milli;
    if (milliSeconds > 0) out.push({ pool, model, milliSeconds });
  }
  return out;
}

/** The part of the time in which cards did less than they could: held seconds × (1 − utilisation). */
export const unusedLoss = (view: WorkloadView, index: number): Loss[] =>
  lossBy(view.heldIn(index), (slot) => {
    const util = slot.utilisation(index, index + 1);
    return util === null ? 0 : slot.observed(index, index + 1) * (1 - util / 100);
  });

/** A card by a name that people recognise. */
export const cardName = (slot: SlotView): string =>
  slot.facts.gpu ? slot.facts.gpu.replace(/^(GPU-[0-9a-f]{8})[0-9a-f-]+$/i, "$1…") : slot.facts.pod || "all cards";

/** Memory of the slot's part of its card in MiB; null where the model is not known. */
export function slotMemoryMib(slot: SlotView): number | null {
  const card = cardMemoryMib(slot.facts.model);
  return card === null ? null : card * Math.min(1, slot.facts.milli / 1000);
}

/** Watts that a card draws at its limit and at rest (vendor data sheets; at rest as measured), by product string. */
const POWER: readonly (readonly [RegExp, number, number])[] = [
  [/B200/i, 1000, 140],
  [/H200|H100|H800/i, 700, 70],
  [/A100|A800/i, 400, 60],
  [/L40S/i, 350, 35],
  [/L40\b|A40\b|A6000/i, 300, 30],
  [/V100/i, 300, 40],
  [/P100/i, 250, 30],
  [/A10G?\b/i, 150, 20],
  [/L4\b|T4\b/i, 72, 15],
];

/** Mean power in percent of the way from rest to the limit of the card; null where power or card is not known. */
export function powerPercent(slot: SlotView, from: number, end: number): number | null {
  const watts = slot.mean("powerSum", "powerSeconds", from, end);
  const known = POWER.find(([pattern]) => pattern.test(slot.facts.model));
  // A part of a card has no power of its own.
  if (watts === null || !known || slot.facts.milli < 1000 || slot.facts.level !== "gpu") return null;
  const [, limit, rest] = known;
  return Math.max(0, (100 * (watts - rest)) / (limit - rest));
}

export const point = (
  kind: string,
  text: string,
  value: number,
  limit: number | null = null,
  points = 1,
): Evidence => ({ kind, text, value: Math.round(value * 100) / 100, limit, points });

/** Least mean SM activity, and least utilisation where that is not measured, of a card that does work at all. */
const WORKING_SM = 4;
const WORKING_UTILISATION = 10;

/** Whether a card does some work over a range: a keep-alive burst does none. */
export function works(slot: SlotView, from: number, end: number): boolean {
  const sm = slot.mean("smSum", "smSeconds", from, end);
  return sm === null ? (slot.utilisation(from, end) ?? 0) >= WORKING_UTILISATION : sm >= WORKING_SM;
}
