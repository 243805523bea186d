import { type Db, type Reader, sql, type Tx } from "@/db/client.ts";
import { chargedDays, closes, statementLines, statements } from "@/db/schema/index.ts";
import type { ClosedPeriod } from "@/lib/periods/period.ts";
import type { BillingPeriod } from "@/lib/periods/types.ts";
import { bookCorrections } from "@/lib/statements/correct-store.ts";
import type { Statement } from "@/lib/statements/types.ts";

/** Everything that a close rests on: locked so that nobody writes it meanwhile. In the order in which charging writes. */
const LOCKED = sql.raw(
  "closes, charges, team_days, shares, unpriced, charged_days, cost_lines, corrections, adjustments, line_reviews, statements",
);

/** On SQLite a write transaction is always alone; PostgreSQL needs a lock for it. Reads go on in both. */
export async function lockMoney(tx: Tx, dialect: Db["dialect"]): Promise<void> {
  if (dialect === "postgres") await tx.run(sql`lock table ${LOCKED} in share row exclusive mode`);
}

/** What the days of a period were charged from: any charge since changes it. */
export async function chargedMark(db: Reader, { fromDay, untilDay }: BillingPeriod): Promise<string> {
  const rows = await db.all<{ day: number; revision: number; at: number }>(sql`select day, metered_revision as revision,
    charged_at as at from ${chargedDays} where day >= ${fromDay} and day < ${untilDay} order by day`);
  return JSON.stringify(rows.map((r) => [r.day, r.revision, r.at]));
}

/** Writes a close whole. Statements first: once the close is there, triggers refuse further ones. */
export async function saveClose(
  tx: Tx,
  close: ClosedPeriod,
  list: readonly Statement[],
  booking: boolean,
): Promise<void> {
  await tx.insert(
    statements,
    list.map(({ number, kind, header, hash }) => ({
      number: number as string,
      periodId: close.periodId,
      teamKey: header.team.key,
      kind,
      totalMicros: header.totalMicros,
      header: JSON.stringify(header),
      hash: hash as string,
    })),
  );
  await tx.insert(
    statementLines,
    list.flatMap(({ number, lines }) =>
      lines.map((line, position) => ({
        number: number as string,
        position,
        line: JSON.stringify(line),
        amountMicros: line.amountMicros,
      })),
    ),
  );
  if (booking) await bookCorrections(tx, close.periodId, close.fromDay);
  // A sum beyond what a number holds is bound as a bigint, which both databases take.
  const totalMicros = close.totalMicros as number;
  await tx.insert(closes, [{ ...close, totalMicros, overrides: JSON.stringify(close.overrides) }]);
}
