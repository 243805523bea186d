import { type Reader, sql } from "@/db/client.ts";
import { auditLog, closes, statements } from "@/db/schema/index.ts";
import { readHeader } from "@/lib/statements/schema.ts";
import { highestOf, type Issued, type IssuedClose, type Numbers, readUndone } from "./issued.ts";
import { runningNumber } from "./number.ts";

/** Whether a SQLite file is of a version that has closes. */
export async function hasCloses(db: Reader): Promise<boolean> {
  const found = await db.find(sql`select name from sqlite_master where type = 'table' and name = 'closes'`);
  return found !== undefined;
}

/** Every close with its numbers, in the order of the chain, and every close that a restore undid. */
export async function loadIssued(db: Reader): Promise<Issued> {
  const rows = await db.all<
    Omit<IssuedClose, "numbers">
  >(sql`select period_id as "periodId", hash, closed_at as "closedAt",
    closed_by as "closedBy" from ${closes} order by sequence`);
  const out: IssuedClose[] = [];
  for (const row of rows) out.push({ ...row, numbers: await numbersOf(db, row.periodId) });
  return { closes: out, undone: await loadUndone(db) };
}

/** The closes that restores undid: their numbers stay issued. */
export async function loadUndone(db: Reader): Promise<IssuedClose[]> {
  const rows = await db.all<{ after: string }>(
    sql`select after from ${auditLog} where action = 'ledger.restore' and after is not null order by at, id`,
  );
  return rows.flatMap((row) => readUndone(row.after));
}

/** The highest running number ever issued in a fiscal year, also by closes that a restore undid: the next one is one more. */
export async function highestIssued(db: Reader, fiscalYear: number): Promise<number> {
  return highestOf(await loadIssued(db), fiscalYear);
}

/** A close's statements have running numbers in a row. Longer texts are higher: numbers above 9999 have five digits. */
async function numbersOf(db: Reader, periodId: string): Promise<Numbers | null> {
  const at = (order: "asc" | "desc") =>
    db.find<{
      number: string;
      header: string;
    }>(sql`select number, header from ${statements} where period_id = ${periodId}
      order by length(number) ${sql.raw(order)}, number ${sql.raw(order)} limit 1`);
  const [first, last] = [await at("asc"), await at("desc")];
  if (!first || !last) return null;
  const { fiscalYear } = readHeader(last.header).period;
  return { fiscalYear, first: runningNumber(first.number), last: runningNumber(last.number) };
}
