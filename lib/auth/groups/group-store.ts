import { type Reader, sql, type Tx } from "@/db/client.ts";
import { groupRules, userGroups } from "@/db/schema/index.ts";
import type { GroupRule } from "@/lib/auth/types.ts";
import type { Instant } from "@/lib/time.ts";

export const listGroupRules = (db: Reader): Promise<GroupRule[]> =>
  db.all(sql`select group_name as "groupName", role, team_key as "teamKey", project_key as "projectKey" from ${groupRules}
    order by group_name, role, team_key, project_key`);

/** @returns whether there was no such rule. */
export async function insertGroupRule(tx: Tx, rule: GroupRule, by: string, now: Instant): Promise<boolean> {
  const { groupName, role, teamKey, projectKey } = groupRules;
  if (await isGroupRule(tx, rule)) return false;
  await tx.insert(groupRules, [{ ...rule, createdAt: now, createdBy: by }], {
    target: [groupName, role, teamKey, projectKey],
    update: [],
  });
  return true;
}

const isGroupRule = async (db: Reader, { groupName, role, teamKey, projectKey }: GroupRule): Promise<boolean> =>
  (await db.find(sql`select 1 as "one" from ${groupRules} where group_name = ${groupName} and role = ${role}
    and team_key = ${teamKey} and project_key = ${projectKey}`)) !== undefined;

/** @returns whether there was such a rule. */
export async function deleteGroupRule(tx: Tx, { groupName, role, teamKey, projectKey }: GroupRule): Promise<boolean> {
  return (
    (await tx.run(sql`delete from ${groupRules} where group_name = ${groupName} and role = ${role}
    and team_key = ${teamKey} and project_key = ${projectKey}`)) > 0
  );
}

export interface Membership {
  readonly userKey: number;
  readonly groupName: string;
}

/** Who was in which groups at the newest sign-in; of one person where given. */
export function listMemberships(db: Reader, userKey?: number): Promise<Membership[]> {
  const of = userKey === undefined ? sql`` : sql`where user_key = ${userKey}`;
  return db.all(sql`select user_key as "userKey", group_name as "groupName" from ${userGroups} ${of}
    order by user_key, group_name`);
}

export async function replaceMemberships(tx: Tx, userKey: number, groups: readonly string[]): Promise<void> {
  await tx.run(sql`delete from ${userGroups} where user_key = ${userKey}`);
  await tx.insert(
    userGroups,
    [...new Set(groups)].map((groupName) => ({ userKey, groupName })),
  );
}
