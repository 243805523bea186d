import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import { minorDigits, parseMicros, sumExactly } from "@/lib/money.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { runs } from "@/lib/testing-runs.ts";
import { journalCsv, journalEntry, journalProblems } from "./journal.ts";
import { amountLine, anyStatement, goldenStatement, statementOf } from "./testing-statement.ts";

const ACCOUNTS = { recoveryAccount: "749000", recoveryCostCentre: "CC-9000" };
const read = (text: string): Record<string, string>[] => parse(text, { columns: true });
const micros = (text: string | undefined): number => (text ? (parseMicros(text) ?? Number.NaN) : 0);
const total = (
  amountMicros: number,
  given: Partial<Statement["header"]> = {},
  number: string | null = "GL-2026-10-0004",
) => statementOf({ number, lines: [amountLine(amountMicros, { kind: "cost" })], header: given });
const team = (key: number, name: string, costCentre = "", glAccount = "") => ({
  key,
  name,
  costCentre,
  glAccount,
  owner: "",
});

describe("journalCsv", () => {
  it("is, to the byte, what finance received before: a statement, a credit note, the platform, nothing to book", async () => {
    const statements = [
      goldenStatement(),
      total(-12_344_999, { team: team(13, "Speech", "CC-4200", "641000") }),
      total(99_005_000, { team: team(PLATFORM_TEAM, "Platform") }, "GL-2026-10-0005"),
      statementOf({ number: "GL-2026-10-0006" }),
    ];
    await expect(journalCsv(statements, ACCOUNTS)).toMatchFileSnapshot("golden/journal.csv");
    expect(journalProblems(statements, ACCOUNTS)).toEqual([]);
  });

  it("has equal sides for every statement and in all, to the minor unit, whatever is on them", () => {
    fc.assert(
      fc.property(fc.array(anyStatement, { maxLength: 6 }), (list) => {
        const statements = list.map((s, i) => ({ ...s, number: s.number && `GL-2026-10-000${i}` }));
        const rows = read(journalCsv(statements, ACCOUNTS));
        const side = (which: "debit" | "credit", of = rows) => sumExactly(of.map((r) => micros(r[which])));
        expect(side("debit")).toBe(side("credit"));
        expect(side("debit")).toBe(sumExactly(statements.map((s) => Math.abs(s.header.roundedMicros))));
        expect(rows.map((r) => r.line)).toEqual(rows.map((_, i) => String(i + 1)));
        for (const [i, { number, header }] of statements.entries()) {
          const lines = journalEntry(statements[i] as Statement, ACCOUNTS);
          const charged = lines.filter((l) => l.account === "641000");
          expect(sumExactly(charged.map((l) => (l.debitMicros ?? 0) - (l.creditMicros ?? 0)))).toBe(
            header.roundedMicros,
          );
          const own = rows.filter((r) => r.reference === number);
          expect(side("debit", own)).toBe(side("credit", own));
          const decimals = own.map((r) => (r.debit || r.credit || "").split(".")[1]?.length ?? 0);
          expect(decimals).toEqual(own.map(() => minorDigits(header.currency)));
        }
      }),
      runs(150, 20261003),
    );
  });

  it("says what keeps it from being posted", () => {
    const statements = [total(5_000_000, { team: team(14, "Robots", "", "641000") }, null)];
    expect(journalProblems(statements, { recoveryAccount: "", recoveryCostCentre: "CC-9000" })).toEqual([
      "The platform's recovery account is not set.",
      "1 of 1 statements are drafts: close the period before you post.",
      "Team Robots has no cost centre: that field of its entry is empty.",
    ]);
  });
});
