import { expect, it } from "vitest";
import { statementLines } from "./lines.ts";
import type { StatementInput } from "./rows.ts";

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
