import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import { type Micros, minorDigits } from "@/lib/money.ts";
import type { Column, Row } from "@/lib/reports/report.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { addDays, dateOfKey } from "@/lib/time.ts";
import { csvHeader, csvLines } from "./csv.ts";
import { standingOf } from "./statement-lines.ts";

/** Where the platform books what it recovers from the teams. */
export interface RecoveryAccounts {
  readonly recoveryAccount: string;
  readonly recoveryCostCentre: string;
}

/** One side of an entry: the other of `debitMicros` and `creditMicros` is null. Amounts are whole minor units. */
export interface JournalLine {
  readonly statement: Statement;
  readonly account: string;
  readonly costCentre: string;
  readonly debitMicros: Micros | null;
  readonly creditMicros: Micros | null;
}

/**
 * The entry of a statement at its rounded total: debit the team's account and cost centre, credit the platform's recovery;
 * a negative total the other way round, nothing for a total of 0. The platform's own share is booked on its own cost
 * centre – the recovery's where it has none – so that there it nets to 0.
 */
export function journalEntry(statement: Statement, accounts: RecoveryAccounts): JournalLine[] {
  const { team, roundedMicros } = statement.header;
  if (roundedMicros === 0) return [];
  const own = team.key === PLATFORM_TEAM;
  const payer = {
    account: team.glAccount || (own ? accounts.recoveryAccount : ""),
    costCentre: team.costCentre || (own ? accounts.recoveryCostCentre : ""),
  };
  const recovery = { account: accounts.recoveryAccount, costCentre: accounts.recoveryCostCentre };
  const [debit, credit] = roundedMicros > 0 ? [payer, recovery] : [recovery, payer];
  const amount = Math.abs(roundedMicros);
  return [
    { statement, ...debit, debitMicros: amount, creditMicros: null },
    { statement, ...credit, debitMicros: null, creditMicros: amount },
  ];
}

/** What keeps a journal from being posted, in sentences; empty when nothing does. Show it before the download. */
export function journalProblems(statements: readonly Statement[], accounts: RecoveryAccounts): string[] {
  const problems: string[] = [];
  if (!accounts.recoveryAccount) problems.push("The platform's recovery account is not set.");
  if (!accounts.recoveryCostCentre) problems.push("The platform's recovery cost centre is not set.");
  const drafts = statements.filter((s) => standingOf(s) === "draft");
  if (drafts.length)
    problems.push(`${drafts.length} of ${statements.length} statements are drafts: close the period before you post.`);
  for (const { header } of statements) {
    const { name, key, glAccount, costCentre } = header.team;
    if (header.roundedMicros === 0 || key === PLATFORM_TEAM || (glAccount && costCentre)) continue;
    const missing = [glAccount ? "" : "GL account", costCentre ? "" : "cost centre"].filter(Boolean).join(" and no ");
    problems.push(`Team ${name} has no ${missing}: that field of its entry is empty.`);
  }
  return problems;
}

const text = (key: string): Column => ({ key, header: key, unit: "text" });

/** Amounts are printed with the decimals of their currency. */
function columns(currency: string): Column[] {
  const amount = (key: string): Column => ({ key, header: key, unit: "money", decimals: minorDigits(currency) });
  return [
    text("period"),
    text("posting_date"),
    text("reference"),
    text("status"),
    { key: "line", header: "line", unit: "count" },
    text("account"),
    text("cost_centre"),
    amount("debit"),
    amount("credit"),
    text("currency"),
    text("description"),
    text("team"),
  ];
}

function row({ statement, ...side }: JournalLine, line: number): Row {
  const { period, team, currency } = statement.header;
  const standing = standingOf(statement);
  const what = standing === "credit-note" ? "Credit note" : "GPU usage and shared cost";
  return {
    period: period.id,
    posting_date: dateOfKey(addDays(period.untilDay, -1)),
    reference: statement.number ?? `DRAFT-${period.id}-${team.key}`,
    status: standing,
    line,
    account: side.account || null,
    cost_centre: side.costCentre || null,
    debit: side.debitMicros,
    credit: side.creditMicros,
    currency,
    description: `${what} ${period.id}, ${team.name}`,
    team: team.name,
  };
}

/**
 * The statements of a period as a journal to post: for each, one debit and one credit of its rounded total, so that both
 * sides are equal for every statement and in all. Lines are numbered through; the posting date is the period's last day.
 */
export function journalCsv(statements: readonly Statement[], accounts: RecoveryAccounts): string {
  let line = 0;
  const parts = statements.map((statement) => {
    const rows = journalEntry(statement, accounts).map((entry) => row(entry, ++line));
    return rows.length ? csvLines(columns(statement.header.currency), rows) : "";
  });
  return csvHeader(columns("USD")) + parts.join("");
}
