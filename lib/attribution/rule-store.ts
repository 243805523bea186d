import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { clusters, teamRules } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";
import type { TeamRule } from "./types.ts";

const COLUMNS = columnsOf(teamRules, [
  "id",
  "position",
  "kind",
  "label",
  "pattern",
  "clusterId",
  "teamKey",
  "fromDay",
  "untilDay",
]);

/** Every rule that ever held, in order: which holds on a day follows from its days. */
export function listRules(db: Reader): Promise<TeamRule[]> {
  return db.all<TeamRule>(sql`select ${COLUMNS} from ${teamRules} order by position, id`);
}

/** Makes the table what a plan says (rule-plan.ts): rows that are new, gone, or whose place or end changed. */
export async function saveRules(
  tx: Tx,
  before: readonly TeamRule[],
  after: readonly TeamRule[],
  by: string,
  now: Instant,
): Promise<void> {
  const old = new Map(before.map((r) => [r.id, r]));
  const kept = new Set(after.map((r) => r.id));
  for (const { id } of before) if (!kept.has(id)) await tx.run(sql`delete from ${teamRules} where id = ${id}`);
  for (const { id, position, untilDay } of after) {
    const was = old.get(id);
    if (was && (was.position !== position || was.untilDay !== untilDay))
      await tx.run(sql`update ${teamRules} set position = ${position}, until_day = ${untilDay} where id = ${id}`);
  }
  await tx.insert(
    teamRules,
    after.filter((r) => !old.has(r.id)).map((r) => ({ ...r, createdBy: by, createdAt: now })),
  );
}

/** The clusters that a rule may be for. */
export function listClusterNames(db: Reader): Promise<{ id: string; name: string }[]> {
  return db.all(sql`select id, name from ${clusters} order by name, id`);
}
