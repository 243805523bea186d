import { describe, expect, it } from "vitest";
import { backtest } from "./backtest.ts";
import { BACKTEST_COLUMNS, backtestRows, readSeriesCsv } from "./series-csv.ts";

const read = (text: string) => readSeriesCsv("s.csv", text);

describe("readSeriesCsv", () => {
  it("reads dates in any order; what is empty or absent is unknown", () => {
    const { series, dayText } = read(
      "series,day,value\nb,2026-03-01,4\na,2026-02-27,1\na,2026-03-02,3\na,2026-02-28,\n",
    );
    expect(series.map((s) => [s.name, dayText(s.firstDay), s.values])).toEqual([
      ["b", "2026-03-01", [4]],
      ["a", "2026-02-27", [1, null, null, 3]],
    ]);
  });

  it("reads whole numbers", () => {
    const { series, dayText } = read("series,day,value\na,5,1e3\na,6,-2.5\n");
    expect(series).toEqual([{ name: "a", firstDay: 5, values: [1000, -2.5] }]);
    expect(dayText(6)).toBe("6");
  });

  it.each([
    ["day,value\n1,2\n", "s.csv has no column series"],
    ["series,day,value\na,2026-02-30,1\n", '"2026-02-30" is not a day'],
    ["series,day,value\na,1,1\na,2026-02-01,1\n", "line 3"],
    ["series,day,value\na,1,1\na,1,2\n", "a has the day 1 twice"],
    ["series,day,value\na,1,none\n", '"none" is not a number'],
    ["series,day,value\na,1,1\na,30000,1\n", "at most 20000"],
  ])("refuses %j", (text, problem) => {
    expect(() => read(text)).toThrow(problem);
  });
});

describe("backtestRows", () => {
  it("has a row for each day, with what was unknown empty", () => {
    const days = Array.from(
      { length: 12 },
      (_, i) => `a,2026-01-${String(i + 1).padStart(2, "0")},${i === 10 ? "" : 50}`,
    );
    const file = read(`series,day,value\n${days.join("\n")}\n`);
    const rows = [...backtestRows(file, backtest(file.series, { horizon: 2, every: 1, fromDay: 9 }))];
    expect(BACKTEST_COLUMNS.join(",")).toBe("series,origin,day,actual,forecast,lower80,upper80,method");
    expect(rows).toEqual([
      ["a", "2026-01-10", "2026-01-10", "50", "50", "50", "50", "level"],
      ["a", "2026-01-10", "2026-01-11", "", "50", "50", "50", "level"],
      ["a", "2026-01-11", "2026-01-11", "", "50", "50", "50", "level"],
      ["a", "2026-01-11", "2026-01-12", "50", "50", "50", "50", "level"],
    ]);
  });

  it("says where there was too little data", () => {
    const file = read(`series,day,value\n${[1, 2, 3, 4].map((d) => `a,${d},5`).join("\n")}\n`);
    const rows = [...backtestRows(file, backtest(file.series, { horizon: 1, every: 1, fromDay: 3 }))];
    expect(rows).toEqual([["a", "4", "4", "5", "", "", "", "too-little-data"]]);
  });
});
