import { cardMemoryMib } from "@/lib/metering/held/card-memory.ts";
import { priceFraction } from "@/lib/money.ts";
import type { Confidence, Use } from "./types.ts";

/** Hours that have to be observed before anything is recommended. */
export const LEAST_HOURS = 24;
/** Memory that a card is given above the most that was used. */
const ROOM = 1.2;

/** Share of the time that should have samples and has; 0 where none should. */
export const coverageOf = ({ observedMilli, expectedMilli }: Pick<Use, "observedMilli" | "expectedMilli">): number =>
  expectedMilli > 0 ? observedMilli / expectedMilli : 0;

export const observedHours = (use: Use): number => (use.heldSeconds / 3600) * coverageOf(use);

/** How sure a recommendation can be; null: under a day of data, or less than half of it observed. */
export function confidenceOf(use: Use): Confidence | null {
  const [coverage, hours] = [coverageOf(use), observedHours(use)];
  if (hours < LEAST_HOURS || coverage < 0.5) return null;
  if (coverage >= 0.95 && hours >= 168) return "high";
  return coverage >= 0.8 && hours >= 72 ? "medium" : "low";
}

/** Milli-GPU-seconds with a class. */
export const classedMilli = (u: Use): number => u.idleMilli + u.warmMilli + u.inefficientMilli + u.activeMilli;

/**
 * What its time with a class cost, in micro-units: of the rest nobody knows what it was needed for. @param milli part of that time
 * that is looked at, all of it unless given.
 */
export const knownMicros = (u: Use, milli = classedMilli(u)): number =>
  u.heldMilli > 0 ? u.spentMicros - savingOf(u.spentMicros, Math.min(milli, u.heldMilli), u.heldMilli) : 0;

/** Whether a workload worked, and nearly all of its time was below the limit of efficiency. */
export const worksLittle = (u: Use): boolean =>
  u.inefficientMilli + u.activeMilli > 0 && u.activeMilli <= 0.1 * classedMilli(u);

/** Memory that its cards need each, with room, in MiB; null: unknown. Cards are taken to use alike. */
export function neededMib(u: Use): number | null {
  const cards = Math.max(1, Math.ceil(u.allocatedPeakMilli / 1000));
  return u.memoryPeakMib === null ? null : (ROOM * u.memoryPeakMib) / cards;
}

/** The same as a share of its card, 0 to 1 and above; null: unknown. */
export function memoryShare(u: Use): number | null {
  const [needed, card] = [neededMib(u), cardMemoryMib(u.gpuModel)];
  return needed === null || card === null ? null : needed / card;
}

/** What of an amount is not needed where `part` of `whole` is; whole numbers, 0 where the part is no smaller. */
export const savingOf = (micros: number, part: number, whole: number): number =>
  part >= whole ? 0 : micros - priceFraction(micros, part, whole);

export const percent = (share: number): string => `${Math.round(100 * share)} %`;
