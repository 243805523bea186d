import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePeriod } from "@/lib/reports/period.ts";
import { runs } from "@/lib/testing-runs.ts";
import { exportFileName, periodFileName, statementFileName } from "./file-name.ts";
import { amountLine, hostileText, statementOf } from "./testing-statement.ts";

const period = (from: string, to: string, zone = "UTC") => parsePeriod({ from, to }, zone, 0);

describe("exportFileName", () => {
  it.each([
    [{}, period("2026-10-01", "2026-11-01"), "UTC", "usage-by-workload_all_2026-10.csv"],
    [
      { project: "vision" },
      period("2026-10-01", "2026-10-08"),
      "UTC",
      "usage-by-workload_project-vision_2026-10-01_2026-10-08.csv",
    ],
    [
      { cluster: "east/1", user: "zoë@acme.io" },
      period("2026-10-01T03:00:00Z", "2026-10-02"),
      "UTC",
      "usage-by-workload_cluster-east-1_user-zoe-acme.io_2026-10-01T030000Z_2026-10-02.csv",
    ],
    [
      { project: "研究" },
      period("2026-10", "2026-11", "Asia/Tokyo"),
      "Asia/Tokyo",
      "usage-by-workload_project-other_2026-10.csv",
    ],
    [
      { project: "../../etc/passwd" },
      period("2026-10", "2026-11"),
      "UTC",
      "usage-by-workload_project-etc-passwd_2026-10.csv",
    ],
  ])("%j", (filters, when, zone, expected) => {
    expect(exportFileName("usage-by-workload", filters, when, zone, "csv")).toBe(expected);
  });

  it("is safe in a header and on any disk, whatever a project is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (project) => {
        const name = exportFileName("capacity", { project }, period("2026-10", "2026-11"), "UTC", "json");
        expect(name).toMatch(/^capacity_project-[A-Za-z0-9][A-Za-z0-9.-]*_2026-10\.json$/);
        expect(name.length).toBeLessThan(110);
        expect(name).not.toContain("..");
      }),
      runs(100),
    );
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
    ["CC 7100/a", "journal_cost-centre-CC-7100-a_FY2026-P10.csv"],
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
