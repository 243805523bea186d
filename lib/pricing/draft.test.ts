import { describe, expect, it } from "vitest";
import { ambiguities, checkDrafts, type DraftWorld, type PriceDraft } from "./draft.ts";
import { formatProblems, readPriceFile } from "./import.ts";

const world: DraftWorld = {
  currency: "USD",
  billingTimeZone: "UTC",
  clusters: [
    { id: "c1", name: "east" },
    { id: "c2", name: "west" },
  ],
  rates: [{ currency: "EUR", day: 20260601, rateNanos: 1_100_000_000, source: "" }],
  models: ["NVIDIA-H100-80GB-HBM3", "NVIDIA-A100-SXM4-80GB"],
  nodePools: ["default"],
};
const good: PriceDraft = {
  line: 2,
  kind: "gpu",
  match: "H100 80GB",
  cluster: "east",
  priceClass: "",
  unitPrice: "2.50",
  currency: "",
  effectiveFrom: "2026-10-01",
  origin: { type: "entered", note: "" },
};
const problems = (...drafts: Partial<PriceDraft>[]) =>
  formatProblems(
    checkDrafts(
      drafts.map((d) => ({ ...good, ...d })),
      world,
    ).problems,
  );

describe("a draft", () => {
  it("becomes a price in integers", () => {
    expect(checkDrafts([good], world)).toMatchObject({
      problems: [],
      warnings: [],
      prices: [
        {
          kind: "gpu",
          clusterId: "c1",
          priceClass: "standard",
          unitPriceNanos: 2_500_000_000,
          currency: "USD",
          effectiveFrom: 20261001,
        },
      ],
    });
  });

  it.each<[string, Partial<PriceDraft>, string]>([
    ["an unknown kind", { kind: "disk" }, 'Line 2, kind: "disk" is no kind of price'],
    ["a word for a price", { unitPrice: "free" }, 'Line 2, unit price: "free" is no price'],
    ["a negative price", { unitPrice: "-1" }, "is no price"],
    ["ten decimals", { unitPrice: "0.0000000001" }, "at most nine decimals"],
    ["what is not a day", { effectiveFrom: "2026-02-30" }, '"2026-02-30" is not a day'],
    ["a year that is too early", { effectiveFrom: "0001-01-01" }, "from 2000 on"],
    ["an unknown cluster", { cluster: "north" }, 'There is no cluster "north". There are: east, west.'],
    ["a currency in lower case", { currency: "eur" }, "ISO 4217"],
    ["a currency without a rate by then", { currency: "EUR", effectiveFrom: "2026-05-01" }, "record one first"],
    ["no model", { match: "NVIDIA" }, "names no GPU model"],
    ["a model for CPU", { kind: "cpu" }, "leave it empty"],
    ["an unknown class", { priceClass: "cheap" }, '"cheap" is no price class'],
  ])("%s is refused in words", (_, given, message) => {
    expect(problems(given)).toContain(message);
  });

  it("is reported with all others that are wrong, and none is taken then", () => {
    const message = problems({ unitPrice: "x" }, { line: 3, kind: "y" }, { line: 4 });
    expect(message.split("\n")).toHaveLength(2);
  });

  it("may not say the same twice, in whatever words", () => {
    expect(problems({}, { line: 3, match: "h100-80gb" })).toContain(
      "Line 3, match: The same price from the same day stands on line 2",
    );
    expect(problems({}, { line: 3, match: "h100-80gb", effectiveFrom: "2026-11" })).toBe("");
  });

  it("that matches nothing now is doubted, not refused", () => {
    const { prices, warnings } = checkDrafts([{ ...good, match: "B200" }], world);
    expect(prices).toHaveLength(1);
    expect(warnings[0]?.message).toContain("matches no GPU that is here now");
  });
});

it("two prices that name a model equally well are reported", () => {
  const price = (match: string, more = {}) => ({
    kind: "gpu" as const,
    match,
    clusterId: "",
    priceClass: "standard" as const,
    ...more,
  });
  const models = ["NVIDIA-A100-SXM4-80GB"];
  expect(ambiguities([price("A100 SXM4"), price("A100 80GB")], models)[0]).toContain("equally well");
  expect(ambiguities([price("A100"), price("A100 80GB")], models)).toEqual([]);
  expect(ambiguities([price("A100 SXM4"), price("A100 80GB", { clusterId: "c1" })], models)).toEqual([]);
  expect(ambiguities([price("A100 80GB"), price("80GB A100")], models)).toEqual([]);
});

describe("a file of prices", () => {
  it("is read as CSV with its lines", () => {
    const text =
      '\uFEFFkind,match,unit_price,effective_from\r\ngpu,"H100 80GB",2.50,2026-10-01\r\n\r\ncpu,,0.01,2026-10\r\n';
    const { drafts, problems: wrong } = readPriceFile("prices.csv", text);
    expect(wrong).toEqual([]);
    expect(drafts.map((d) => [d.line, d.kind, d.match, d.unitPrice])).toEqual([
      [2, "gpu", "H100 80GB", "2.50"],
      [4, "cpu", "", "0.01"],
    ]);
  });

  it("is read as YAML with its lines, values as they are written", () => {
    const text =
      "prices:\n  - kind: gpu\n    match: H100 80GB\n    unit_price: 2.50\n    effective_from: 2026-10-01\n  - kind: cpu\n    colour: red\n";
    const { drafts, problems: wrong } = readPriceFile("prices.yaml", text);
    expect(drafts[0]).toMatchObject({ line: 2, unitPrice: "2.50", effectiveFrom: "2026-10-01" });
    expect(formatProblems(wrong).split("\n")).toEqual([
      'Line 7, colour: "colour" is no key of a price: use kind, match, cluster, price_class, unit_price, currency, effective_from, note.',
      "Line 6, unit price: unit_price is missing.",
      "Line 6, effective from: effective_from is missing.",
    ]);
  });

  it.each([
    ["a.csv", "kind,price\ngpu,1", "the column unit_price, effective_from is missing"],
    ["a.csv", "kind,unit_price,effective_from,colour\n", "no column colour"],
    ["a.csv", 'kind,unit_price,effective_from\n"gpu,1', "not a CSV file"],
    ["a.yaml", "prices: [", "not a YAML file"],
    ["a.yaml", "hello: there", "no list of prices"],
    ["a.csv", "", "a.csv is empty"],
  ])("%s with %j is refused as a whole", (name, text, message) => {
    expect(() => readPriceFile(name, text)).toThrow(message);
  });

  it("is read as rates by month, and a month that is left out is reported", () => {
    const rates = (from: string) =>
      `- name: GPUH100 SU Rate\n  history:\n    - value: "6.04"\n      from: 2024-11\n      until: 2024-12\n    - value: "4"\n      from: ${from}\n- name: CPU SU Rate\n  history:\n    - value: "0.013"\n      from: 2023-06\n`;
    const good = readPriceFile("rates.yaml", rates("2025-01"));
    expect(good.drafts.map((d) => [d.line, d.match, d.unitPrice, d.effectiveFrom])).toEqual([
      [3, "H100", "6.04", "2024-11"],
      [6, "H100", "4", "2025-01"],
    ]);
    expect(good.problems).toEqual([]);
    expect(formatProblems(readPriceFile("rates.yaml", rates("2025-03")).problems)).toBe(
      "Line 6, from: H100 has no rate from 2025-01 on, but one from 2025-03 on: a price has no holes.",
    );
  });

  it("reports lines of another length", () => {
    const { problems: wrong } = readPriceFile("a.csv", "kind,unit_price,effective_from\ngpu,1\n");
    expect(formatProblems(wrong)).toBe(
      "Line 2: It has 2 fields where the header has 3: text with a comma in it needs quotes, and amounts have no comma.",
    );
  });
});
