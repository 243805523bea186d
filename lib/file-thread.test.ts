import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { readBillFile } from "./bills/read.ts";
import { readBillBeside } from "./bills/read-beside.ts";
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
    ["too many lines", gzipSync(HEAD + "2026-11-01,2026-11-02,a,b,1,USD\n".repeat(25_001)), /more than 25000 lines/],
  ])("is refused before it takes memory: %s", async (_, text, message) => {
    await expect(readCostFileBeside({ name: "f.csv", text }, context)).rejects.toThrow(message);
  });

  it.each([
    ["entries without end", "- {}\n".repeat(199_000), /more than 1000 entries/],
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

const BILL =
  "BillingCurrency,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart,ProviderName,BillingAccountId,ServiceName,ChargeCategory,EffectiveCost\n";
const bill = (count: number) =>
  BILL +
  Array.from(
    { length: count },
    (_, i) => `USD,2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,2026-10-01T00:00:00Z,AWS,1,S${i},Usage,1.5\n`,
  ).join("");
const ask = (text: string) => ({ name: "b.csv", bytes: bytes(text), context, gpus: new Map([["p5.x", 8]]) });

it("a bill is the same where it is read in a thread", async () => {
  expect(await readBillBeside(ask(bill(3)))).toEqual(readBillFile(ask(bill(3))));
  expect(await readBillBeside(ask(bill(1_500)))).toEqual(readBillFile(ask(bill(1_500))));
  await expect(readBillBeside(ask(`${bill(1_500)}x\n`))).rejects.toThrow(/^Nothing was imported:\nLine 1502: /);
});

it("no file of more than 16 KiB is decoded on the thread that answers requests", async () => {
  const line = "2026-11-01,2026-11-02,storage,d,1.5,USD\n";
  const doors: readonly (readonly [string, (size: number) => Promise<unknown>])[] = [
    ["costs", (n) => readCostFileBeside({ name: "f.csv", text: bytes(HEAD + line.repeat(n)) }, context)],
    ["bills", (n) => readBillBeside(ask(bill(n)))],
    [
      "prices",
      (n) => readPricesBeside("p.yaml", bytes(`- {kind: gpu, note: ${"n".repeat(90)}}\n`.repeat(Math.min(n, 1_000)))),
    ],
    [
      "catalogues",
      (n) => readCatalogueBeside("c.csv", bytes(`cloud,instance,gpu_model,on_demand\n${"a,i,H100,1\n".repeat(n)}`), {}),
    ],
  ];
  const decode = vi.spyOn(TextDecoder.prototype, "decode");
  const decoded = () =>
    decode.mock.calls.reduce((sum, [given]) => sum + ((given as Uint8Array | undefined)?.byteLength ?? 0), 0);
  try {
    for (const [door, read] of doors) {
      decode.mockClear();
      await read(20);
      expect([door, decoded() > 0 && decoded() <= 16 * 1024]).toEqual([door, true]);
      decode.mockClear();
      await read(4_000);
      expect([door, decoded()]).toEqual([door, 0]);
    }
  } finally {
    decode.mockRestore();
  }
});
