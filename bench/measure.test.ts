import { describe, expect, it } from "vitest";
import { laps, percentile, timed } from "./measure.ts";

describe("a percentile", () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  it.each([
    [hundred, 0.95, 95],
    [hundred, 0.951, 96],
    [hundred, 1, 100],
    [hundred, 0, 1],
    [[3, 1, 2], 0.5, 2],
    [[1, 2], 0.5, 1],
    [[7], 0.95, 7],
    [[], 0.95, Number.NaN],
  ])("of %j at %d is %d", (values, share, expected) => expect(percentile(values, share)).toBe(expected));

  it("leaves its values as they were", () => {
    const values = [3, 1, 2];
    percentile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe("laps", () => {
  const asked = async (runs: number, warm?: number) => {
    const calls: number[] = [];
    const times = await laps(runs, async (i) => calls.push(i + 0), warm);
    return { calls, times: times.length };
  };
  it("come after warm ones that do not count, with the last cases", async () => {
    expect(await asked(5)).toEqual({ calls: [2, 3, 4, 0, 1, 2, 3, 4], times: 5 });
    expect(await asked(2)).toEqual({ calls: [0, 1, 0, 1], times: 2 });
    expect(await asked(3, 0)).toEqual({ calls: [0, 1, 2], times: 3 });
  });
});

it("a time comes with what was made in it", async () => {
  const { seconds, result } = await timed(async () => "done");
  expect(result).toBe("done");
  expect(seconds).toBeGreaterThanOrEqual(0);
  await expect(timed(() => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
});
