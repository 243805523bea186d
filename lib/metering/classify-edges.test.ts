import { describe, expect, it } from "vitest";
import { classifySlot, type SegmentClass, type Slot } from "./classify.ts";
import type { Steps } from "./timeline.ts";
import { DEFAULT_RULES } from "./types.ts";

/** A signal with a value over each part: `[from, until, value]`, in seconds. */
const steps = (...parts: readonly (readonly [number, number, number])[]): Steps => ({
  at: parts.map(([at]) => at),
  until: parts.map(([, until]) => until),
  value: parts.map(([, , value]) => value),
});

const CARD = 100_000;
const slot = (utilisation: Steps, memoryMib?: Steps, cardMemoryMib: number | null = CARD): Slot => ({
  start: 0,
  end: utilisation.until.at(-1) ?? 0,
  milli: 1000,
  category: "Train",
  cardMemoryMib,
  utilisation,
  smActive: undefined,
  dramActive: undefined,
  memoryMib,
  down: [],
  level: "gpu",
});

function secondsOf(of: Slot): Partial<Record<SegmentClass, number>> {
  const out: Partial<Record<SegmentClass, number>> = {};
  for (const s of classifySlot(of, { start: 0, end: of.end }, DEFAULT_RULES))
    out[s.class] = (out[s.class] ?? 0) + s.end - s.start;
  return out;
}

describe("a run without activity, thresholds as they are by default", () => {
  it.each([
    [599, { busy: 2599 }],
    [600, { busy: 2000, "idle-held": 600 }],
    [601, { busy: 2000, "idle-held": 601 }],
  ])("of %i seconds: idle from 600 on", (length, expected) => {
    const utilisation = steps([0, 1000, 80], [1000, 1000 + length, 0], [1000 + length, 2000 + length, 80]);
    expect(secondsOf(slot(utilisation))).toEqual(expected);
  });

  // Two parts of 300 seconds: idle together, a pause each alone.
  it.each([
    [599, { busy: 2000, "no-data": 599, "idle-held": 600 }],
    [600, { busy: 2000, "no-data": 600, "idle-held": 600 }],
    [601, { busy: 2600, "no-data": 601 }],
  ])("with %i seconds that nobody saw inside it: they end it once longer than 600", (gap, expected) => {
    const again = 1300 + gap;
    const utilisation = steps([0, 1000, 80], [1000, 1300, 0], [again, again + 300, 0], [again + 300, again + 1300, 80]);
    expect(secondsOf(slot(utilisation))).toEqual(expected);
  });
});

describe("memory held in such a run: dead below a threshold, held at it", () => {
  const idleClass = (cardMemoryMib: number | null, memoryMib: number) => {
    const of = slot(steps([0, 1000, 80], [1000, 2000, 0]), steps([0, 2000, memoryMib]), cardMemoryMib);
    return Object.keys(secondsOf(of)).find((c) => c !== "busy");
  };

  it.each([
    [CARD, 1999, "dead-idle"],
    [CARD, 2000, "idle-held"],
    [CARD, 2001, "idle-held"],
  ])("2 %% of a card of %i MiB: %i", (card, memory, expected) => expect(idleClass(card, memory)).toBe(expected));

  it.each([
    [10_000, 511, "dead-idle"],
    [10_000, 512, "idle-held"],
    [10_000, 513, "idle-held"],
    [null, 511, "dead-idle"],
    [null, 512, "idle-held"],
  ])("512 MiB of a card of %s MiB: %i", (card, memory, expected) => expect(idleClass(card, memory)).toBe(expected));
});
