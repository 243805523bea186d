import { expect, it } from "vitest";
import { buildStatement } from "./build.ts";
import { statementLines } from "./lines.ts";
import type { StatementInput } from "./rows.ts";

it("calls cost that other systems billed imported, also the parts of it that a policy splits, as reports do", () => {
  const share = (costClass: string, method: string, amountMicros: number, weight = 1) => ({
    ...{ clusterId: "c1", costClass, method, amountMicros, weight, weightTotal: 2 },
  });
  const input = {
    period: { fromDay: 20261001, untilDay: 20261101 },
    names: {
      clusters: new Map(),
      projects: new Map(),
      hardware: new Map(),
      versions: new Map(),
      agreed: new Map(),
      rates: [],
    },
    ...{ usage: [], corrections: [], adjustments: [], days: [], months: [], policies: [] },
    costs: [{ clusterId: "c1", category: "Storage", description: "S3", amountMicros: -6_670_000 }],
    shares: [
      share("shared", "direct", -6_670_000),
      share("shared", "charges", 124_720_000),
      share("unallocated", "charges", 968_940_000),
    ],
    settings: { currency: "USD", issuer: "", contact: "", graceDays: 5, calendar: { kind: "month", zone: "UTC" } },
    ...{ team: { key: 1, name: "Alpha" }, previousMicros: null, state: "draft", generatedAt: 0 },
  } as unknown as StatementInput;
  const { header, lines } = buildStatement(input);
  expect([header.costMicros, header.shareMicros, header.totalMicros]).toEqual([
    118_050_000, 968_940_000, 1_086_990_000,
  ]);
  expect(lines.map((l) => [l.kind, l.method, l.amountMicros])).toEqual([
    ["share", "charges", 968_940_000],
    ["cost", "direct", -6_670_000],
    ["cost", "charges", 124_720_000],
  ]);
});

it("names what an answer is about, also where that is an earlier answer", () => {
  const answer = (id: string, lineKey: string | undefined, amountMicros: number) => ({
    ...{ id, teamKey: 1, lineKey, amountMicros, reason: "" },
  });
  const input = {
    period: { fromDay: 20261001, untilDay: 20261101 },
    names: {
      clusters: new Map(),
      projects: new Map(),
      hardware: new Map(),
      versions: new Map(),
      agreed: new Map(),
      rates: [],
    },
    ...{ usage: [], shares: [], costs: [], corrections: [] },
    adjustments: [
      answer("a", "", -5),
      answer("b", "adjustment/a", 2),
      answer("c", "adjustment/b", -1),
      answer("d", "usage/gone", 1),
      answer("e", undefined, 1),
    ],
  } as unknown as StatementInput;
  expect(statementLines(input).map((line) => line.description)).toEqual([
    "Credit that settles a dispute of the statement as a whole",
    "Debit that settles a dispute of an answer about the statement as a whole",
    "Credit that settles a dispute of an answer about an answer about the statement as a whole",
    "Debit that settles a dispute of a line that is gone",
    "Debit that settles a dispute of another team",
  ]);
});
