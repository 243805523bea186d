import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import type { Interval } from "@/lib/time.ts";
import { differing, type PodTime, podChange } from "./held-change.ts";
import { OPEN_END } from "./running-episodes.ts";

const pod = (startedAt: number | null, endedAt: number, gpuMilli: number | null = 1000, node = "n"): PodTime => {
  return { startedAt, endedAt, gpuMilli, node };
};
const span = (start: number, end: number): Interval => ({ start, end });

describe("the time in which a pod held other GPUs than was known", () => {
  it.each<[string, PodTime | null, PodTime, Interval[]]>([
    ["nothing new", pod(100, OPEN_END), pod(100, OPEN_END), []],
    ["a new pod: all of its time", null, pod(100, 900), [span(100, 900)]],
    ["a new pod that has not started: none", null, pod(null, OPEN_END), []],
    ["it started", pod(null, OPEN_END), pod(100, OPEN_END), [span(100, OPEN_END)]],
    ["it ended, after whatever time: from its end on", pod(100, OPEN_END), pod(100, 900), [span(900, OPEN_END)]],
    ["its end was reported wrong", pod(100, 900), pod(100, 800), [span(800, 900)]],
    ["it started before what was said", pod(100, 900), pod(60, 900), [span(60, 100)]],
    ["start and end move", pod(100, 900), pod(120, 950), [span(100, 120), span(900, 950)]],
    ["it turns out to have ended before it started", pod(100, 900), pod(100, 100), [span(100, 900)]],
    ["other GPUs: all of its time", pod(100, 900), pod(100, 900, 500), [span(100, 900)]],
    ["another node, and its end", pod(100, OPEN_END, 1000, ""), pod(100, 900), [span(100, OPEN_END)]],
    ["its GPUs become known", pod(100, 900, null), pod(100, 900), [span(100, 900)]],
  ])("%s", (_, before, after, expected) => {
    expect(podChange(before, after)).toEqual(expected);
  });
});

it("two sets of intervals differ exactly where one covers an instant and the other does not", () => {
  const intervals = fc.array(
    fc.tuple(fc.nat(40), fc.nat(12)).map(([start, length]) => span(start, start + length)),
    { maxLength: 5 },
  );
  const covers = (list: readonly Interval[], at: number) => list.some((i) => i.start <= at && at < i.end);
  fc.assert(
    fc.property(intervals, intervals, (a, b) => {
      const found = differing(a, b);
      for (let at = 0; at < 60; at++) expect(covers(found, at)).toBe(covers(a, at) !== covers(b, at));
    }),
    runs(500, 20_261_125),
  );
});
