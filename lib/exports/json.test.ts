import { describe, expect, it } from "vitest";
import type { Column, Row } from "@/lib/reports/report.ts";
import { formatCell } from "./cell.ts";
import { jsonChunks } from "./json.ts";

const columns: Column[] = [
  { key: "name", header: "Name", unit: "text", description: "who" },
  { key: "hours", header: "gpu_hours", unit: "milli-gpu-seconds" },
  { key: "percent", header: "%", unit: "percent" },
  { key: "at", header: "at", unit: "instant" },
];
const period = { start: 0, end: 86_400, label: "1970-01-01 to 1970-01-02" };

async function text(...pages: Row[][]): Promise<string> {
  async function* all() {
    yield* pages;
  }
  let out = "";
  for await (const chunk of jsonChunks({ slug: "test", columns }, period, all())) out += chunk;
  return out;
}

describe("json", () => {
  it("is one object with the digits of the CSV", async () => {
    const written = await text(
      [{ name: '=1+1 "quoted"\n', hours: 5_400_000, percent: 12.345, at: 3600 }],
      [],
      [{ name: "", hours: 0, percent: null, at: null }],
    );
    expect(written).toContain('"hours":1.500000,"percent":12.35');
    expect(JSON.parse(written)).toEqual({
      report: "test",
      period: { label: period.label, from: "1970-01-01T00:00:00Z", to: "1970-01-02T00:00:00Z" },
      columns: [
        { key: "name", header: "Name", unit: "text", description: "who" },
        { key: "hours", header: "gpu_hours", unit: "gpu-hours", decimals: 6 },
        { key: "percent", header: "%", unit: "percent", decimals: 2 },
        { key: "at", header: "at", unit: "instant" },
      ],
      rows: [
        { name: '=1+1 "quoted"\n', hours: 1.5, percent: 12.35, at: "1970-01-01T01:00:00Z" },
        { name: "", hours: 0, percent: null, at: null },
      ],
    });
  });

  it("has an empty list of rows when there are none", async () => {
    expect(JSON.parse(await text()).rows).toEqual([]);
    expect(JSON.parse(await text([], [])).rows).toEqual([]);
  });
});

describe("formatCell", () => {
  const column = (unit: Column["unit"], decimals?: number): Column =>
    decimals === undefined ? { key: "k", header: "k", unit } : { key: "k", header: "k", unit, decimals };

  it.each<[Column, number, string]>([
    [column("milli-gpu-seconds"), 1_800, "0.000500"],
    [column("milli-gpu-seconds", 2), 18_000, "0.00"],
    [column("milli-gpu-seconds", 2), 54_000, "0.02"],
    [column("milli-gpu-seconds"), 9_007_199_254_740_991, "2501999792.983609"],
    [column("micros"), 1_234_567_890, "1234.567890"],
    [column("micros"), -1, "-0.000001"],
    [column("micros", 2), 5_000, "0.00"],
    [column("micros", 2), -15_000, "-0.02"],
    [column("micros", 0), 0, "0"],
    [column("nanos"), 2_500_000_000, "2.50"],
    [column("nanos"), 1, "0.000000001"],
    [column("count"), 3, "3"],
    [column("gpus"), 0.5, "0.50"],
    [column("decimal"), -0.001, "0.00"],
    [column("decimal"), -2, "-2.00"],
    [column("decimal", 0), 1e15, "1000000000000000"],
  ])("%j %d is %s", (c, value, expected) => {
    expect(formatCell(c, value)).toBe(expected);
  });

  it("refuses what is no figure", () => {
    expect(() => formatCell(column("percent"), Number.NaN)).toThrow("NaN is no figure");
  });
});
