import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { forecastTable, tableText } from "./forecast-table.ts";

const DATA = path.resolve(import.meta.dirname, "../../shared/data/philly_passed_jobs.csv.gz");
const SIMPLE = ["last-day", "mean-7", "mean-28", "line-28"];

describe.skipIf(!existsSync(DATA))("forecasts of the real daily series (needs ../shared/data)", () => {
  const rows = existsSync(DATA) ? forecastTable() : [];
  const row = (id: string) => rows.find((r) => r.id === id);
  const chosen = row("chosen");
  const ratio = (id: string, grain: "weekly" | "daily") =>
    (row(id)?.[grain].mase ?? Number.NaN) / (row("seasonal-naive")?.[grain].mase ?? Number.NaN);

  it("beat last week by a fifth, and simple exponential smoothing is no better by more than 1 %", () => {
    expect(ratio("chosen", "weekly")).toBeLessThanOrEqual(0.8);
    expect(ratio("chosen", "daily")).toBeLessThanOrEqual(0.85);
    for (const grain of ["weekly", "daily"] as const)
      expect(ratio("chosen", grain)).toBeLessThanOrEqual(ratio("ses", grain) * 1.01);
  });

  it("are on no trace worse than the best of four simple ones, by WAPE of the sum", () => {
    chosen?.wapes.forEach((wape, trace) => {
      for (const grain of ["weekly", "daily"] as const) {
        const best = Math.min(...SIMPLE.map((id) => row(id)?.wapes[trace]?.[grain] ?? Number.POSITIVE_INFINITY));
        expect(wape[grain]).toBeLessThanOrEqual(best);
      }
    });
  });

  it("hold 75 to 85 % of days and of sums in their 80 % band", () => {
    for (const grain of ["weekly", "daily"] as const)
      for (const share of [chosen?.[grain].dayCoverage, chosen?.[grain].totalCoverage]) {
        expect(share).toBeGreaterThanOrEqual(0.75);
        expect(share).toBeLessThanOrEqual(0.85);
      }
  });

  it("are in the document as measured", () => {
    expect(readFileSync(path.resolve(import.meta.dirname, "../docs/forecasting.md"), "utf8")).toContain(
      tableText(rows),
    );
  });
});
