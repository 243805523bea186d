import { describe, expect, it } from "vitest";
import type { Column, Row } from "@/lib/reports/report.ts";
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

  it("has an empty list without rows", async () => {
    expect(JSON.parse(await text()).rows).toEqual([]);
    expect(JSON.parse(await text([], [])).rows).toEqual([]);
  });
});
