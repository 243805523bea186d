import { describe, expect, it } from "vitest";
import type { TimeChart } from "@/lib/reports/report.ts";
import { seriesOf } from "./series.ts";

const CHART: TimeChart = { kind: "time", x: "from", until: "until", series: "team", y: "amount", title: "" };
const row = (from: string, until: string, team: string, amount: number | null) => ({ from, until, team, amount });
const drawn = (rows: Parameters<typeof seriesOf>[1]) => {
  const { span, points, names } = seriesOf(CHART, rows, 1);
  return { span, names, points: points.map((p) => `${p.label}: ${[...p.values].map((v) => v.join(" ")).join(", ")}`) };
};

describe("the bars of a report over time", () => {
  it("have a bar for each day in order, also for one without rows, and the largest series first", () => {
    expect(
      drawn([
        row("2026-10-04", "2026-10-05", "b", 9),
        row("2026-10-01", "2026-10-02", "a", 1),
        row("2026-10-01", "2026-10-02", "b", 2),
      ]),
    ).toEqual({
      span: "day",
      names: ["b", "a"],
      points: ["2026-10-01: a 1, b 2", "2026-10-02: ", "2026-10-03: ", "2026-10-04: b 9"],
    });
  });

  it("are months where the longest span is one, cut at both ends, and over the end of a year", () => {
    expect(
      drawn([
        row("2026-11-20", "2026-12-01", "a", 1),
        row("2027-01-01", "2027-02-01", "a", 2),
        row("2027-02-01", "2027-02-10", "a", 3),
      ]),
    ).toMatchObject({ span: "month", points: ["2026-11: a 1", "2026-12: ", "2027-01: a 2", "2027-02: a 3"] });
  });

  it("are weeks where the longest span is one", () => {
    expect(
      drawn([
        row("2026-10-01", "2026-10-05", "a", 1),
        row("2026-10-12", "2026-10-19", "a", 2),
        row("2026-10-19", "2026-10-21", "a", 3),
      ]),
    ).toMatchObject({
      span: "week",
      points: ["2026-10-01: a 1", "2026-10-05: ", "2026-10-12: a 2", "2026-10-19: a 3"],
    });
  });

  it("add up what stands twice, and leave out what is unknown", () => {
    expect(
      drawn([
        row("2026-10-01", "2026-10-02", "a", 1),
        row("2026-10-01", "2026-10-02", "a", 2),
        row("2026-10-01", "2026-10-02", "b", null),
      ]),
    ).toMatchObject({ names: ["a"], points: ["2026-10-01: a 3"] });
  });
});
