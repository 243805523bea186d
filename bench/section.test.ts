import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Benchmark, Figure } from "./measure.ts";
import { type Budgets, section } from "./section.ts";

const bench: Benchmark = { name: "pages", what: "Pages", how: "Each page once.", run: () => Promise.reject() };
const figure = (key: string, value: number, unit: Figure["unit"] = "ms"): Figure => ({ key, what: key, value, unit });
const rows = (figures: Figure[], budgets: Budgets = {}) => {
  const { text, missed } = section(bench, { figures, notes: [] }, budgets);
  return { rows: text.split("\n").filter((line) => /^\| (?!figure)/.test(line)), missed };
};

describe("a budget", () => {
  it.each([
    [{ atMost: 50 }, 49.9, 0],
    [{ atMost: 50 }, 50, 0],
    [{ atMost: 50 }, 50.1, 1],
    [{ atLeast: 4 }, 3.9, 1],
    [{ atLeast: 4 }, 4, 0],
    [{ atLeast: 4 }, 4.1, 0],
    // What could not be measured keeps no budget.
    [{ atMost: 50 }, Number.NaN, 1],
    [{ atLeast: 4 }, Number.NaN, 1],
  ])("of %j and %d: %d missed", (budget, value, missed) => {
    const found = rows([figure("p95", value)], { "pages.p95": budget });
    expect(found.missed).toBe(missed);
    expect(found.rows[0]?.includes("missed")).toBe(missed === 1);
  });

  it("is missed by a figure that the benchmark no longer reports", () => {
    const found = rows([figure("p95", 1)], { "pages.p95": { atMost: 2 }, "pages.p99": { atMost: 2 }, "money.p99": {} });
    expect(found).toEqual({ rows: ["| p95 | 1.00 ms | ≤ 2 |", "| p99 | not measured | missed |"], missed: 1 });
  });

  it("is kept by a benchmark: every one in budgets.json has a limit", () => {
    const budgets = JSON.parse(readFileSync(new URL("./budgets.json", import.meta.url), "utf8")) as Budgets;
    const bare = Object.entries(budgets).filter(([, b]) => (b.atLeast === undefined) === (b.atMost === undefined));
    expect(bare).toEqual([]);
    expect(Object.keys(budgets).every((key) => /^[a-z_]+\.[a-z0-9_]+$/.test(key))).toBe(true);
  });
});

describe("a figure", () => {
  it.each([
    [1.234, "s", "1.23 s"],
    [9.999, "ms", "10.00 ms"],
    [12.34, "MB", "12.3 MB"],
    [99.96, "MB", "100.0 MB"],
    [123.4, "bytes", "123 bytes"],
    [5.5, "times", "5.50 ×"],
    [50, "percent", "50.0 %"],
    [7.4, "count", "7"],
  ] as const)("%d %s is written %s", (value, unit, text) => {
    expect(rows([figure("f", value, unit)]).rows).toEqual([`| f | ${text} |  |`]);
  });

  it("stands under its benchmark, with notes", () => {
    const { text } = section(bench, { figures: [figure("f", 1)], notes: ["Of 3 pages.", "Warm."] }, {});
    expect(text).toMatch(/^### Pages \(`pages`\)\n\nEach page once\.\n\n\| figure/);
    expect(text).toMatch(/\n\n- Of 3 pages\.\n- Warm\.\n$/);
  });
});
