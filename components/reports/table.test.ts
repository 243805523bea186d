import { describe, expect, it } from "vitest";
import { fieldRow } from "@/components/tables/view.ts";
import { listReports } from "@/lib/reports/index.ts";
import { onPage, reportColumns } from "./table.tsx";

const all = listReports().map((report) => [report.slug, report] as const);

describe("the columns of a report", () => {
  it.each(all)("%s: files have those of the report, in its order, and none that its page adds", (_, report) => {
    const columns = reportColumns(report, "USD");
    expect(Object.keys(fieldRow(columns, {}))).toEqual(report.columns.map((c) => c.key));
  });

  it.each(all)("%s: its page has all of them, with the name of a row first and nothing twice", (_, report) => {
    const columns = reportColumns(report, "USD");
    const shown = onPage(report, columns, true);
    expect(shown.map((c) => c.key).sort()).toEqual(columns.map((c) => c.key).sort());
    const first = shown[0];
    expect([first?.extra, first?.unit]).toEqual([false, expect.stringMatching(/text|date/)]);
    if (report.onPage?.name) expect(first?.key).toBe(report.onPage.name);
    // Amounts say their currency, and one cluster needs no name.
    for (const c of shown)
      if (c.key === "cluster" || (c.key === "currency" && shown.some((s) => s.unit === "money")))
        expect(c.extra).toBe(true);
    const { chart } = report;
    if (chart?.kind === "ranking") expect(shown.slice(0, 3).map((c) => c.key)).toContain(chart.y);
  });

  it("suspicious: whose job it was and what it cost are on the page alone", () => {
    const report = all.find(([slug]) => slug === "suspicious")?.[1];
    if (!report) throw new Error("no such report");
    const added = reportColumns(report, "USD").filter((c) => c.fields.length === 0);
    expect(added.map((c) => c.key)).toEqual(["user", "amount", "idle_amount"]);
  });
});
