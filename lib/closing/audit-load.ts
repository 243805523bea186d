import { type Reader, sql } from "@/db/client.ts";
import { adjustments, corrections, shares, statementLines, statements, teamDays } from "@/db/schema/index.ts";
import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import { booksCorrections, type PeriodView } from "@/lib/periods/period.ts";
import type { Statement } from "@/lib/statements/types.ts";

export interface FrozenRow {
  readonly teamKey: number;
  readonly micros: number;
}

/** What each team's statement must come to: from its days, corrections and adjustments, past the statement itself. */
export async function loadFrozenRows(
  db: Reader,
  periods: readonly PeriodView[],
  view: PeriodView,
): Promise<FrozenRow[]> {
  const { id, fromDay, untilDay } = view.period;
  const booked = view.close ? id : "";
  const books = view.close !== null || booksCorrections(periods, view);
  const within = sql`day >= ${fromDay} and day < ${untilDay}`;
  return db.all(sql`select team_key as "teamKey", cast(sum(micros) as bigint) as micros from (
      select team_key, amount_micros as micros from ${teamDays} where ${within}
      union all select team_key, amount_micros from ${shares} where ${within}
      union all select team_key, amount_micros from ${corrections} where booked_in = ${booked} and ${books ? 1 : 0} = 1
      union all select team_key, amount_micros from ${adjustments} where period_id = ${id}
      union all select ${PLATFORM_TEAM}, -amount_micros from ${adjustments} where period_id = ${id}) x
    group by team_key order by team_key`);
}

/** A closed period's statements as they are stored, word for word: what hashes are made of. */
export async function loadRaw(
  db: Reader,
  periodId: string,
): Promise<Pick<Statement, "number" | "kind" | "header" | "lines" | "hash">[]> {
  const [rows, lines] = await Promise.all([
    db.all<{ number: string; kind: Statement["kind"]; header: string; hash: string }>(
      sql`select number, kind, header, hash from ${statements} where period_id = ${periodId} order by length(number), number`,
    ),
    db.all<{ number: string; line: string }>(sql`select l.number, l.line from ${statementLines} l
      join ${statements} s on s.number = l.number where s.period_id = ${periodId} order by l.number, l.position`),
  ]);
  const byNumber = Map.groupBy(lines, (l) => l.number);
  return rows.map(({ header, ...row }) => ({
    ...row,
    header: JSON.parse(header) as Statement["header"],
    lines: (byNumber.get(row.number) ?? []).map((l) => JSON.parse(l.line) as Statement["lines"][number]),
  }));
}
