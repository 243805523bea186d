import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import type { ChartSpec, Column, Row } from "@/lib/reports/report.ts";
import { ReportChart } from "./reports/chart.tsx";

const column = (key: string, unit: Column["unit"]): Column => ({ key, header: key, unit });
const COLUMNS = [column("start", "text"), column("end", "text"), column("team", "text"), column("amount", "money")];
const OVER_TIME: ChartSpec = {
  kind: "time",
  x: "start",
  until: "end",
  series: "team",
  y: "amount",
  title: "Over time",
};
const RANKING: ChartSpec = { kind: "ranking", x: "team", y: "amount", title: "Cost by team" };
/** The page with the table of the chart open. */
const TWIN = { name: "chart", path: "/reports/x", params: { table: "chart" } };
const row = (day: number, team: string, micros: number | null): Row => ({
  start: `2026-10-0${day}`,
  end: `2026-10-0${day + 1}`,
  team,
  currency: "USD",
  amount: micros,
});
const textsOf = (html: string, tag: string): string[] =>
  [...html.matchAll(new RegExp(`<${tag}[^>]*>(.*?)</${tag}>`, "g"))].map(([, inner]) =>
    (inner ?? "").replace(/<[^>]*>/g, ""),
  );

describe("the chart of a report", () => {
  it("over time says its largest bar, and has a table twin with every span, those without rows included", () => {
    const rows = [row(1, "Vision", 1_234_500_000), row(3, "Vision", 2_000_000), row(3, "", 1_000_000)];
    const html = renderToStaticMarkup(
      <ReportChart currency="USD" twin={TWIN} spec={OVER_TIME} columns={COLUMNS} rows={rows} />,
    );
    expect(textsOf(html, "figcaption")).toEqual(["The largest day is 1 Oct 2026: $1,234.50."]);
    expect(textsOf(html, "th")).toEqual(["Day", "Vision", "nobody", "Together"]);
    expect(textsOf(html, "td")).toEqual([
      ...["1 Oct 2026", "$1,234.50", "$0.00", "$1,234.50"],
      ...["2 Oct 2026", "$0.00", "$0.00", "$0.00"],
      ...["3 Oct 2026", "$2.00", "$1.00", "$3.00"],
    ]);
  });

  it("does not send its table before it is asked for", () => {
    const closed = { ...TWIN, params: {} };
    const html = renderToStaticMarkup(
      <ReportChart twin={closed} spec={OVER_TIME} columns={COLUMNS} rows={[row(1, "Vision", 1)]} />,
    );
    expect(textsOf(html, "td")).toEqual([]);
    expect(html).toContain('href="/reports/x?table=chart"');
  });

  it("over time puts all but the six largest together", () => {
    const rows = Array.from({ length: 9 }, (_, i) => row(1, `team ${i}`, (9 - i) * 1_000_000));
    const html = renderToStaticMarkup(
      <ReportChart currency="USD" twin={TWIN} spec={OVER_TIME} columns={COLUMNS} rows={rows} />,
    );
    expect(textsOf(html, "th").slice(-3)).toEqual(["team 5", "3 more", "Together"]);
    expect(textsOf(html, "td").slice(-3)).toEqual(["$4.00", "$6.00", "$45.00"]);
  });

  it("is nothing where no amount is known, and a ranking leaves such rows out", () => {
    const unknown = [row(1, "", null)];
    expect(
      renderToStaticMarkup(
        <ReportChart currency="USD" twin={TWIN} spec={OVER_TIME} columns={COLUMNS} rows={unknown} />,
      ),
    ).toBe("");
    const rows = [row(1, "a", 1_000_000), row(1, "b", 5_000_000), ...unknown];
    const html = renderToStaticMarkup(<ReportChart twin={TWIN} spec={RANKING} columns={COLUMNS} rows={rows} />);
    expect(textsOf(html, "li").map((text) => text.match(/^[a-z]+/)?.[0])).toEqual(["b", "a"]);
  });

  it("of changes begins with the largest, whichever way; of a bridge has every step with its sign, and says where its axis is cut", () => {
    const change: ChartSpec = { kind: "change", x: "team", y: "amount", title: "Change of cost" };
    const rows = [row(1, "a", 1_000_000), row(1, "b", -5_000_000), row(1, "c", 0)];
    const drawn = (spec: ChartSpec, list: readonly Row[]) =>
      renderToStaticMarkup(<ReportChart currency="USD" twin={TWIN} spec={spec} columns={COLUMNS} rows={list} />);
    expect(textsOf(drawn(change, rows), "li")).toEqual(["b−$5.00", "a+$1.00"]);
    const bridge: ChartSpec = { kind: "bridge", x: "team", y: "amount", title: "From before to now" };
    const steps = [
      ["before", 1000],
      ["volume", 40],
      ["idle", -20],
      ["now", 1020],
    ] as const;
    const html = drawn(
      bridge,
      steps.map(([name, amount]) => row(1, name, amount * 1_000_000)),
    );
    expect(textsOf(html, "li")).toEqual(["before$1,000.00", "volume+$40.00", "idle−$20.00", "now$1,020.00"]);
    expect(textsOf(html, "figcaption")).toEqual(["From before to now. The bars begin at $990.00, not at zero."]);
  });
});
