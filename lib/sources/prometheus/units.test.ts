import { describe, expect, it } from "vitest";
import type { Unit } from "@/lib/sources/source.ts";
import { DCGM_METERS, type Meter } from "./dcgm.ts";
import { isInBytes, unitsOf } from "./units.ts";
import type { Points } from "./wire.ts";

const meter = (source: string) => DCGM_METERS.find((m) => m.source === source) as Meter;
const UTIL = meter("DCGM_FI_DEV_GPU_UTIL");
const points = (...value: number[]): Points => ({ labels: {}, at: value.map((_, i) => i * 60), value });
const none = () => null;

/** The unit of each point of each series. */
const read = (of: Meter, series: Points[], known: (name: string, at: number) => Unit | null = none) =>
  unitsOf(of, series, known).units.map((unitAt, s) => (series[s] as Points).value.map((_, i) => unitAt(i)));
const all = (unit: Unit | null, n: number) => Array.from({ length: n }, () => unit);

describe("the unit of a series", () => {
  it.each<[string, Points[], (Unit | null)[][]]>([
    ["is percent where a value is above 1", [points(0, 1, 50)], [all("percent", 3)]],
    ["is a ratio where a value is between 0 and 1", [points(0, 1, 0.5)], [all("ratio", 3)]],
    ["is not known where only 0 and 1 are seen", [points(0, 1, 1)], [all(null, 3)]],
    [
      "is that of the others where its own values prove none",
      [points(0, 1), points(0.5, 0)],
      [all("ratio", 2), all("ratio", 2)],
    ],
    [
      "is not known where the others disagree: during an upgrade",
      [points(0, 1), points(0.5), points(50)],
      [all(null, 2), all("ratio", 1), all("percent", 1)],
    ],
    ["changes at an instant", [points(50, 60, 1, 0.5, 1)], [["percent", "percent", null, "ratio", "ratio"]]],
    ["is percent where means are seen", [points(50.5, 60, 0.5)], [all("percent", 3)]],
    ["is a ratio where one value is a little above 1", [points(0.5, 1.02, 0.98)], [all("ratio", 3)]],
    ["is not known where all that is above 1 may be noise", [points(0, 1, 1.02)], [all(null, 3)]],
    ["is percent where both are mixed", [points(0.5, 60, 0.5)], [all("percent", 3)]],
    ["is not proven by a sentinel", [points(0, 1, 2_147_483_632)], [all(null, 3)]],
  ])("%s", (_, series, expected) => expect(read(UTIL, series)).toEqual(expected));

  it("is what was proven before where values prove none", () => {
    expect(read(UTIL, [points(0, 1)], () => "ratio")).toEqual([all("ratio", 2)]);
    expect(read(UTIL, [points(0, 1, 40)], () => "ratio")).toEqual([all("percent", 3)]);
  });

  it("is a ratio for hardware counters, whose definition never changed, unless values prove percent", () => {
    const sm = meter("DCGM_FI_PROF_SM_ACTIVE");
    expect(read(sm, [points(0, 1, 1.005)])).toEqual([all("ratio", 3)]);
    expect(read(sm, [points(0, 1, 40)])).toEqual([all("percent", 3)]);
    expect(read(sm, [points(0.5, 0.98, 1.02, 1.7)])).toEqual([all("ratio", 4)]);
    expect(read(sm, [points(0, 1.7)])).toEqual([all("ratio", 2)]);
  });

  it.each<[string, string, number[], boolean]>([
    ["named bytes, whole pages", "DCGM_FI_DEV_FB_USED_BYTES", [0, 589_824], true],
    ["named bytes, but no whole pages: an alias of MiB", "DCGM_FI_DEV_FB_USED_BYTES", [8192, 81_559], false],
    ["the old name", "DCGM_FI_DEV_FB_USED", [0, 8192], false],
    ["the old name, with bytes beside", "DCGM_FI_DEV_FB_USED", [589_824, 2 ** 33], true],
    ["the old name, with MiB beside", "DCGM_FI_DEV_FB_USED", [8192, 81_559, 2 ** 33], false],
    ["a sentinel proves nothing", "DCGM_FI_DEV_FB_USED", [8192, 2_147_483_632], false],
  ])("of little memory: %s", (_, source, values, expected) => {
    expect(isInBytes(meter(source), points(...values))).toBe(expected);
  });

  it("is a verdict of its day", () => {
    const { verdicts } = unitsOf(UTIL, [points(0, 0.5), points(0, 0)], none);
    expect(verdicts).toEqual([{ name: "DCGM_FI_DEV_GPU_UTIL", day: 0, unit: "ratio" }]);
  });
});
