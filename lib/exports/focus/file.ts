import { setImmediate as nextTurn } from "node:timers/promises";
import { AppError } from "@/lib/errors.ts";
import { addExactly, type Micros } from "@/lib/money.ts";
import type { Statement } from "@/lib/statements/types.ts";
import type { FocusVersion, OwnFocusRow } from "./columns.ts";
import { type FocusDetail, focusCsv, focusRows } from "./focus.ts";
import { validateFocus } from "./validator.ts";

/** A statement and its charges, which are read twice: to check them, and to write them. */
export interface FocusSource {
  readonly statement: Statement;
  readonly details: () => AsyncIterable<readonly FocusDetail[]>;
}

/** Between two pages of rows the server does what else it is asked: a month is seconds of work. */
async function* rowsOf(sources: readonly FocusSource[]): AsyncGenerator<OwnFocusRow[]> {
  for (const { statement, details } of sources)
    for await (const page of focusRows(statement, details())) {
      yield page;
      await nextTurn();
    }
}

/** What each InvoiceId must come to; drafts, which have none, together. */
function totalsOf(sources: readonly FocusSource[]): Map<string, Micros> {
  const totals = new Map<string, Micros>();
  for (const { statement } of sources) {
    const invoice = statement.number ?? "";
    totals.set(invoice, addExactly(totals.get(invoice) ?? 0, statement.header.roundedMicros));
  }
  return totals;
}

/**
 * Statements as one FOCUS file. Nothing is written before every row is checked, by the rules of 1.2, whose columns the later versions keep.
 * @throws AppError `internal` naming the first fault, with its row and rule, and how many there are.
 */
export async function* focusFile(
  sources: readonly FocusSource[],
  version: FocusVersion = "1.2",
): AsyncGenerator<string> {
  const report = await validateFocus(rowsOf(sources), { totals: totalsOf(sources), most: 20 });
  const [first] = report.faults.filter((fault) => fault.level === "error");
  if (first)
    throw new AppError(
      "internal",
      `The FOCUS file was not made: ${report.errors} faults, the first in row ${first.row}: ${first.message} (${first.rule}).`,
    );
  yield* focusCsv(rowsOf(sources), version);
}
