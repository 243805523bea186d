import { describe, expect, it } from "vitest";
import { lanesOf } from "./lanes.ts";
import { stepsOf } from "./testing-parts.ts";
import { joinSteps, type Signals, type Steps } from "./timeline.ts";

const card = (from: number, to: number, value: number): Signals =>
  new Map([
    ["gpu_utilisation_percent", stepsOf(...minutes(from, to, value))],
    ["gpu_memory_used_mib", stepsOf(...minutes(from, to, value * 10))],
  ]);
const minutes = (from: number, to: number, value: number) =>
  Array.from({ length: (to - from) / 60 }, (_, i) => [from + 60 * i, value] as const);
const shown = (cards: Record<string, Signals>, least: number) =>
  lanesOf(Object.entries(cards), least).map(([gpu, signals]) => {
    const steps = signals.get("gpu_utilisation_percent");
    return [gpu, steps?.at.length, steps?.value.reduce((a, b) => a + b, 0)];
  });

describe("the cards that a pod held at once", () => {
  it("are all that are named throughout", () => {
    expect(shown({ a: card(0, 3600, 1), b: card(0, 3600, 2) }, 1)).toEqual([
      ["a", 60, 60],
      ["b", 60, 120],
    ]);
  });
  it("are not one that a stray sample names beside the other", () => {
    expect(shown({ a: card(0, 3600, 1), b: card(1800, 1860, 0) }, 1)).toEqual([["a", 60, 60]]);
  });
  it("are one that takes the place of another, as the same", () => {
    expect(shown({ a: card(0, 1200, 1), b: card(1380, 3600, 2) }, 1)).toEqual([["b", 57, 94]]);
  });
  it("are one that follows another at the next sample, although the last one still holds", () => {
    const [lane, ...rest] = lanesOf(
      [
        ["a", card(0, 1200, 1)],
        ["b", card(1200, 3600, 2)],
      ],
      1,
    );
    const steps = lane?.[1].get("gpu_utilisation_percent");
    expect([lane?.[0], steps?.at.length, rest.length]).toEqual(["b", 60, 0]);
    expect(steps?.until.every((until, i) => until <= (steps.at[i + 1] ?? until))).toBe(true);
  });
  it("are one that follows another, although both have a newest sample at the instant of the exchange", () => {
    const [lane, ...rest] = lanesOf(
      [
        ["a", card(0, 1260, 1)],
        ["b", card(1200, 3600, 2)],
      ],
      1,
    );
    const steps = lane?.[1].get("gpu_utilisation_percent");
    expect([steps?.at.length, steps?.value.reduce((a, b) => a + b, 0), rest.length]).toEqual([60, 20 + 80, 0]);
    expect(lane?.[1].get("gpu_memory_used_mib")?.at.length).toBe(60);
  });
  it("are not one that is named beside the other at its end alone", () => {
    expect(shown({ a: card(0, 3600, 1), b: card(3540, 3600, 0) }, 1)).toEqual([["a", 60, 60]]);
  });
  it("are one that followed another, although the other is named once more beside it", () => {
    const again = card(0, 1200, 1);
    const late = card(2400, 2460, 0).get("gpu_utilisation_percent");
    const own = again.get("gpu_utilisation_percent");
    const both = new Map([["gpu_utilisation_percent", joinSteps(own as Steps, late as Steps)]]);
    expect(shown({ a: both, b: card(1200, 3600, 2) }, 1)).toEqual([["b", 60, 20 + 80]]);
  });
  it("are as many as it holds, though one gave no samples for most of the time", () => {
    expect(shown({ a: card(0, 3600, 1), b: card(0, 600, 2) }, 2)).toEqual([
      ["a", 60, 60],
      ["b", 10, 20],
    ]);
  });
});
