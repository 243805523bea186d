import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { ctxOf, meterDay } from "@/lib/charges/testing-ledger.ts";
import { closePeriod } from "@/lib/closing/close.ts";
import { charge, held, SETTINGS, seedOctober } from "@/lib/closing/testing-close.ts";
import { parseMicros, sumExactly } from "@/lib/money.ts";
import { getReport } from "@/lib/reports/index.ts";
import { loadReport } from "@/lib/reports/testing.ts";
import { rowsOf } from "@/lib/reports/testing-cost.ts";
import { statementCharges } from "@/lib/statements/charge-load.ts";
import { loadStatements } from "@/lib/statements/load.ts";
import type { OwnFocusRow } from "./focus/columns.ts";
import { focusRows } from "./focus/focus.ts";
import { validateFocus } from "./focus/validator.ts";
import { journalEntry } from "./journal.ts";
import { statementRows } from "./statement-lines.ts";

const ACCOUNTS = { recoveryAccount: "749000", recoveryCostCentre: "CC-9000" };

describe.each(engines)("files of a real period on $name", (engine) => {
  let store: TestDb;
  beforeEach(async () => {
    if (!isAbsent(engine)) store = (await engine.open()) as TestDb;
  });
  afterEach(() => (isAbsent(engine) ? undefined : store.drop()));

  it.skipIf(isAbsent(engine))("have one total, closed or draft, with corrections and the platform's part", async () => {
    const { db } = store;
    await seedOctober(db);
    const ctx = ctxOf(db);
    await closePeriod(ctx, SETTINGS, { period: "2026-10" });
    await meterDay(db, 20261031, [held(1, 14, 2), held(3, 2)]);
    await charge(db);
    for (const month of ["2026-10", "2026-11"]) {
      const { statements } = await loadStatements(ctx, SETTINGS, month);
      expect(statements.length).toBeGreaterThan(1);
      const { fromDay: from, untilDay: until } = statements[0]?.header.period ?? { fromDay: 0, untilDay: 0 };
      const period = { start: 0, end: 1, label: "", days: { from, until } };
      const report = loadReport(ctx, getReport("cost-by-team"), period);
      const amounts = (await rowsOf(report)).map((row) => [row.team, row.amount]);
      expect(amounts.sort()).toEqual(statements.map((s) => [s.header.team.name, s.header.totalMicros]).sort());
      for (const statement of statements) {
        const { header, number } = statement;
        const rows: OwnFocusRow[] = [];
        const details = statementCharges(db, statement);
        for await (const page of focusRows(statement, details)) rows.push(...page);
        const totals = new Map([[number ?? "", header.roundedMicros]]);
        expect((await validateFocus([rows], { totals })).faults).toEqual([]);
        const usage = rows.filter((r) => r.x_LineKind === "usage");
        expect(sumExactly(usage.map((r) => parseMicros(r.BilledCost ?? "") ?? Number.NaN))).toBe(header.usageMicros);
        expect(sumExactly([...statementRows(statement)].map((r) => r.amount as number))).toBe(header.roundedMicros);
        const [debit] = journalEntry(statement, ACCOUNTS);
        expect(debit?.debitMicros ?? 0).toBe(Math.abs(header.roundedMicros));
      }
    }
  });
});
