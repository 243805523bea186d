import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { CostContext } from "./costs/file.ts";
import { readCostFileBeside } from "./costs/read-beside.ts";
import { readCatalogueBeside, readPricesBeside } from "./pricing/read-beside.ts";

const context: CostContext = {
  ...{
    teams: [],
    clusters: [],
    billingTimeZone: "UTC",
    closed: [],
    teamKey: undefined,
    withGpus: false,
    billed: false,
  },
  book: { currency: "USD", prices: [], rates: [] },
  bounds: { today: 20261110, firstDay: 20261001 },
};
const HEAD = "from,until,category,description,amount,currency\n";
const bytes = (text: string) => new TextEncoder().encode(text);

describe("a file that is read in a thread", () => {
  it("gives what it gives where it is small", async () => {
    const lines = (count: number) =>
      HEAD + Array.from({ length: count }, (_, i) => `2026-11-01,2026-11-02,storage,d${i},1.5,USD\n`).join("");
    const [small, large] = [lines(3), lines(2_500)];
    const read = (text: string) => readCostFileBeside({ name: "f.csv", text }, context);
    const [inline, beside] = [await read(small), await read(large)];
    expect(beside.lines.slice(0, 3)).toEqual(inline.lines);
    expect([inline.lines.length, beside.lines.length]).toEqual([3, 2_500]);
    expect((await readCostFileBeside({ name: "f.csv.gz", text: gzipSync(large) }, context)).hash).toBe(beside.hash);
  });

  it("is refused in the words of its reader", async () => {
    const wrong = `${HEAD}${"2026-13-01,x,storage,d,1.5,USD\n".repeat(20_000)}`;
    const message = await readCostFileBeside({ name: "f.csv", text: wrong }, context).catch((e: Error) => e.message);
    expect(message).toMatch(/^Nothing was imported:\nLine 2: from: "2026-13-01" is not a day/);
    expect(String(message).split("\n")).toHaveLength(22);
    expect(message).toContain("… and 39980 more.");
  });

  it.each([
    ["a bomb", gzipSync(Buffer.alloc(100 * 1024 * 1024, 0x61)), /larger than 32 MiB once it is unpacked/],
    ["60,000 columns", bytes(`${Array.from({ length: 60_000 }, (_, i) => `c${i}`).join()}\n`), /more than 200/],
    ["an open quote", bytes(`${HEAD}"${"x".repeat(3_000_000)}`), /is not a CSV file/],
    ["separators alone", bytes(`${HEAD}${",".repeat(10_000_000)}`), /more than 2000 columns/],
    ["too many lines", gzipSync(HEAD + "2026-11-01,2026-11-02,a,b,1,USD\n".repeat(100_001)), /more than 100000 lines/],
  ])("is refused before it takes memory: %s", async (_, text, message) => {
    await expect(readCostFileBeside({ name: "f.csv", text }, context)).rejects.toThrow(message);
  });

  it.each([
    ["entries without end", "- {}\n".repeat(199_000), /more than 5000 entries/],
    ["brackets", "[".repeat(499_000), /deeper than 30/],
    ["maps", "{a: ".repeat(100_000), /deeper than 30/],
    ["dashes", "- ".repeat(100_000), /deeper than 30/],
    ["indents", Array.from({ length: 1_000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"), /deeper than 30/],
    ["more than a megabyte", `# ${"x".repeat(1_100_000)}`, /larger than 1 MiB/],
  ])("of prices in YAML is refused before it is parsed: %s", async (_, text, message) => {
    await expect(readPricesBeside("p.yaml", bytes(text))).rejects.toThrow(message);
    await expect(readPricesBeside("p.yaml", gzipSync(text))).rejects.toThrow(message);
  });

  it("of list prices says its first problems, and how many there are", async () => {
    const text = `cloud,instance,gpu_model,on_demand\n${"a,i,H100,x\n".repeat(5_000)}`;
    const { prices, problems } = await readCatalogueBeside("c.csv", bytes(text), {});
    expect([prices.length, problems.length]).toEqual([0, 500]);
  });
});
