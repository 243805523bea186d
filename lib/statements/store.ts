import { type Reader, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { statementLines, statements } from "@/db/schema/index.ts";
import type { ClosedPeriod } from "@/lib/periods/period.ts";
import { readHeader, readLine } from "./schema.ts";
import type { Statement } from "./types.ts";

type Frozen = Pick<typeof statements.$inferSelect, "number" | "header" | "hash"> & Pick<Statement, "kind">;

/** The statements of a closed period as they were frozen, in the order of their numbers; of one team where given. */
export async function loadFrozen(db: Reader, close: ClosedPeriod, team: number | null): Promise<Statement[]> {
  const of = team === null ? sql`` : sql`and s.team_key = ${team}`;
  const [rows, lines] = await Promise.all([
    db.all<Frozen>(sql`select ${columnsOf(statements, ["number", "kind", "header", "hash"])} from ${statements} s
      where s.period_id = ${close.periodId} ${of} order by length(s.number), s.number`),
    db.all(sql`select ${columnsOf(statementLines, ["number", "line"], "l")} from ${statementLines} l
      join ${statements} s on s.number = l.number where s.period_id = ${close.periodId} ${of} order by l.number, l.position`),
  ]);
  const byNumber = Map.groupBy(lines, (l) => l.number);
  return rows.map(({ number, kind, header, hash }) => ({
    number,
    kind,
    state: "closed",
    generatedAt: close.closedAt,
    closedAt: close.closedAt,
    hash,
    header: readHeader(header),
    lines: (byNumber.get(number) ?? []).map((l) => readLine(l.line)),
  }));
}

/** Totals of closed periods by team: period id → team key → micro-units. */
export async function loadFrozenTotals(db: Reader, team: number | null): Promise<Map<string, Map<number, number>>> {
  const of = team === null ? sql`` : sql`where team_key = ${team}`;
  const rows = await db.all(
    sql`select ${columnsOf(statements, ["periodId", "teamKey", "totalMicros"])} from ${statements} ${of}`,
  );
  const out = new Map<string, Map<number, number>>();
  for (const { periodId, teamKey, totalMicros } of rows)
    out.set(periodId, (out.get(periodId) ?? new Map<number, number>()).set(teamKey, totalMicros));
  return out;
}

/** Numbers of a team's (or all) statements: period id and team key → number. */
export async function loadNumbers(db: Reader): Promise<(periodId: string, teamKey: number) => string | null> {
  const rows = await db.all(sql`select ${columnsOf(statements, ["periodId", "teamKey", "number"])} from ${statements}`);
  const numbers = new Map(rows.map((r) => [`${r.periodId}/${r.teamKey}`, r.number]));
  return (periodId, teamKey) => numbers.get(`${periodId}/${teamKey}`) ?? null;
}
