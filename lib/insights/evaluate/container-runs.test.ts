import { expect, it } from "vitest";
import { containerRuns } from "./container-runs.ts";

it("cuts the life of a pod where its containers were started again", () => {
  const pod = { start: 100, end: 1000 };
  expect(containerRuns(pod, [])).toEqual([pod]);
  expect(containerRuns(pod, [700, 400, 400, 100, 1000, 50, 2000])).toEqual([
    { start: 100, end: 400 },
    { start: 400, end: 700 },
    { start: 700, end: 1000 },
  ]);
});
