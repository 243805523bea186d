import { describe, expect, it } from "vitest";
import { stepsOf } from "@/lib/metering/testing-parts.ts";
import { contradictions, withoutContradictions } from "./contradictions.ts";

type Value = (minute: number) => number | null;
const series = (value: Value) =>
  stepsOf(
    ...Array.from({ length: 60 }, (_, i) => [i * 60, value(i)] as const).flatMap(([at, v]) =>
      v === null ? [] : [[at, v] as const],
    ),
  );
const signals = (used: Value, sm: Value) =>
  new Map([
    ["gpu_utilisation_percent", series(used)],
    ["sm_active_percent", series(sm)],
  ]);
const busy = () => 99;

describe("utilisation and SM activity contradict each other", () => {
  it.each<[string, Value, Value, number[][]]>([
    ["for ten minutes", busy, (m) => (m >= 10 && m < 20 ? 0 : 50), [[600, 1200]]],
    ["not for less", busy, (m) => (m >= 10 && m < 19 ? 0 : 50), []],
    ["not below half", () => 49, () => 0, []],
    ["not where an SM was active at all", busy, () => 0.01, []],
    ["not where SM activity is not observed", busy, (m) => (m < 30 ? null : 5), []],
    [
      "twice, when it is right in between",
      busy,
      (m) => (m < 20 || m >= 40 ? 0 : 9),
      [
        [0, 1200],
        [2400, 3690],
      ],
    ],
  ])("%s", (_, used, sm, expected) => {
    expect(contradictions(signals(used, sm)).map((i) => [i.start, i.end])).toEqual(expected);
  });

  it("is not observed then", () => {
    const odd = signals(busy, (m) => (m < 20 ? 0 : 50));
    const left = withoutContradictions(odd, contradictions(odd)).get("gpu_utilisation_percent");
    expect(left?.at[0]).toBe(1200);
    expect(left?.at.length).toBe(40);
  });
});
