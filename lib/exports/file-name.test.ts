import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { getReport, listReports } from "@/lib/reports/index.ts";
import { parseParameters } from "@/lib/reports/parameter.ts";
import { parsePeriod } from "@/lib/reports/period.ts";
import type { Period } from "@/lib/reports/report.ts";
import { runs } from "@/lib/testing-runs.ts";
import { periodFileName, reportFileName, statementFileName, viewMark } from "./file-name.ts";
import { amountLine, hostileText, statementOf } from "./testing-statement.ts";

const FORMATS = ["csv", "json"] as const;
type Format = (typeof FORMATS)[number];

const period = (from: string, to: string, zone = "UTC") => parsePeriod({ from, to }, zone, 0);

const nameOf = (slug: string, given: Record<string, string>, when: Period, zone = "UTC", format: Format = "csv") => {
  const report = getReport(slug);
  return reportFileName(report, parseParameters(report, given), when, zone, format);
};

describe("reportFileName", () => {
  it.each([
    ["usage-by-workload", {}, period("2026-10-01", "2026-11-01"), "UTC", "usage-by-workload_all_2026-10.csv"],
    [
      "usage-by-workload",
      { project: "vision" },
      period("2026-10-01", "2026-10-08"),
      "UTC",
      "usage-by-workload_project-vision_2026-10-01_2026-10-08.csv",
    ],
    [
      "cost-by-user",
      { cluster: "east-1", user: "ada@acme.io" },
      period("2026-10-01T03:00:00Z", "2026-10-02"),
      "UTC",
      "cost-by-user_cluster-east-1_user-ada@acme.io_2026-10-01T030000Z_2026-10-02.csv",
    ],
    ["top-movers", { by: "user" }, period("2026-10", "2026-11"), "UTC", "top-movers_by-user_2026-10.csv"],
    ["top-movers", { by: "team" }, period("2026-10", "2026-11"), "UTC", "top-movers_all_2026-10.csv"],
    [
      "cost-trend",
      { grain: "month", team: "research" },
      period("2026-10", "2026-11", "Asia/Tokyo"),
      "Asia/Tokyo",
      "cost-trend_team-research_grain-month_2026-10.csv",
    ],
    [
      "cost-trend",
      { team: "Research" },
      period("2026-10", "2026-11"),
      "UTC",
      "cost-trend_team-Research--979d6300_2026-10.csv",
    ],
    [
      "capacity",
      { cluster: "研究" },
      period("2026-10", "2026-11"),
      "UTC",
      "capacity_cluster-other--4ff0f1dd_2026-10.csv",
    ],
    [
      "utilization",
      { project: "../../etc/passwd" },
      period("2026-10", "2026-11"),
      "UTC",
      "utilization_project-etc-passwd--3754d6cb_2026-10.csv",
    ],
  ])("%s %j", (slug, given, when, zone, expected) => {
    expect(nameOf(slug, given, when, zone)).toBe(expected);
  });

  /** Values that are easily taken for one another, and any other. */
  const value = fc.oneof(
    fc.constantFrom(
      "a",
      "A",
      "a b",
      "a-b",
      "a_b",
      "A-B",
      "a--b",
      "ab",
      "á",
      "a.",
      ".a",
      "a_user-b",
      "all",
      "_",
      "con",
      "β",
    ),
    fc.string({ unit: "binary", minLength: 1, maxLength: 300 }),
    fc.stringMatching(/^[a-z]{58,64}$/),
  );
  const instants = [
    "2026-10-01",
    "2026-10-02",
    "2026-11-01",
    "2026-12-01",
    "2026-10-25T00:00:00Z",
    "2026-10-25T01:00:00Z",
  ];
  const request = fc
    .record({
      report: fc.constantFrom(...listReports()),
      values: fc.array(value, { minLength: 4, maxLength: 4 }),
      given: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      edges: fc.uniqueArray(fc.constantFrom(...instants), { minLength: 2, maxLength: 2 }),
      format: fc.constantFrom<Format>(...FORMATS),
    })
    .chain(({ report, values, given, edges, format }) => {
      const [from = "", to = ""] = edges.sort();
      const some = Object.values(report.parameters).map(
        async (p, i) => [p, given[i] ? (values[i] ?? "") : ""] as const,
      );
      return fc.constant({ report, some, period: period(from, to), format });
    });

  it("gives two different downloads two names, which any file system takes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 2, maxLength: 40 }), async (requests) => {
        const seen = new Map<string, string>();
        for (const { report, some, period: when, format } of requests) {
          const given: Record<string, string> = {};
          for (const [p, text] of await Promise.all(some)) {
            const [choice] = p.initial === undefined ? [] : await p.choices(undefined as never);
            const chosen = choice ? (text.length % 2 ? choice.value : "") : text.trim() && text;
            if (chosen) given[p.name] = chosen;
          }
          const name = nameOf(report.slug, given, when, "UTC", format);
          const content = JSON.stringify([report.slug, given, when.start, when.end, format]);
          expect(name).toMatch(/^[a-z-]+(_[A-Za-z0-9][A-Za-z0-9.@-]*)+\.(csv|json)$/);
          expect(name).not.toContain("..");
          expect(name.length).toBeLessThanOrEqual(255);
          const before = seen.get(name.toLowerCase());
          if (before !== undefined) expect([name, before]).toEqual([name, content]);
          seen.set(name.toLowerCase(), content);
        }
      }),
      runs(100),
    );
  });
});

describe("viewMark", () => {
  it("is one for the same address, another for another, and none for nothing", () => {
    expect(viewMark({ cols: "team", sort: undefined })).toBe(viewMark({ cols: "team" }));
    expect(viewMark({ cols: "team", dir: "asc" })).toBe(viewMark({ dir: "asc", cols: "team" }));
    expect(viewMark({ cols: "team" })).toMatch(/^view-[0-9a-f]{8}$/);
    expect(viewMark({ cols: "team" })).not.toBe(viewMark({ cols: "amount" }));
    expect(viewMark({ sort: "", page: undefined })).toBe("");
  });
});

describe("statementFileName", () => {
  const credit = [amountLine(-5, { kind: "correction" })];
  it.each([
    [statementOf(), "statement_team-Vision_2026-10_GL-2026-10-0003.pdf"],
    [statementOf({ number: null }), "statement_team-Vision_2026-10_draft-12.pdf"],
    [statementOf({ lines: credit }), "credit-note_team-Vision_2026-10_GL-2026-10-0003.pdf"],
  ])("%#", (statement, expected) => {
    expect(statementFileName("statement", statement, "pdf")).toBe(expected);
  });

  it.each([
    [undefined, "journal_all_FY2026-P10.csv"],
    ["CC 7100/a", "journal_cost-centre-CC-7100-a--652c565f_FY2026-P10.csv"],
    ["", "journal_no-cost-centre_FY2026-P10.csv"],
  ])("names whose a file of several teams is: cost centre %s", (costCentre, expected) => {
    expect(periodFileName("journal", { id: "FY2026-P10" }, "csv", costCentre)).toBe(expected);
  });

  it("is safe whatever a team is called", () => {
    fc.assert(
      fc.property(hostileText, (name) => {
        const team = { key: 3, name, costCentre: "", glAccount: "", owner: "" };
        expect(statementFileName("focus", statementOf({ header: { team } }), "csv")).toMatch(
          /^focus_team-[A-Za-z0-9][A-Za-z0-9.-]*_2026-10_GL-2026-10-0003\.csv$/,
        );
      }),
      runs(100),
    );
  });
});
