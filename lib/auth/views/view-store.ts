import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { savedViews, users } from "@/db/schema/index.ts";

export type SavedView = Pick<typeof savedViews.$inferSelect, "path" | "name" | "query" | "teamKey">;

/** A view that somebody else shares with a team. */
export interface SharedView extends SavedView {
  /** Who shares it, by name. */
  readonly by: string;
  readonly userKey: number;
}

/** The views of a person of one page, by name. */
export const listSavedViews = (db: Reader, userKey: number, path: string): Promise<SavedView[]> =>
  db.all(sql`select ${columnsOf(savedViews, ["path", "name", "query", "teamKey"])} from ${savedViews}
    where user_key = ${userKey} and path = ${path} order by name`);

/** More than a list of them can be read. */
const MOST_SHARED = 50;

/** Views of a page that others share with some teams, by team and name; those of disabled people are not shared. */
export const listSharedViews = (
  db: Reader,
  userKey: number,
  path: string,
  teams: "all" | readonly number[],
): Promise<SharedView[]> =>
  db.all(sql`select v.path, v.name, v.query, v.team_key as "teamKey", u.name as "by", v.user_key as "userKey" from ${savedViews} v
    join ${users} u on u.key = v.user_key
    where v.path = ${path} and v.team_key <> 0 and v.user_key <> ${userKey} and u.disabled_at is null
      ${teams === "all" ? sql`` : sql`and v.team_key in ${inList(teams)}`}
    order by v.team_key, v.name, v.user_key limit ${MOST_SHARED}`);

export async function countSavedViews(db: Reader, userKey: number): Promise<number> {
  const row = await db.find<{ n: number }>(
    sql`select cast(count(*) as bigint) as "n" from ${savedViews} where user_key = ${userKey}`,
  );
  return row?.n ?? 0;
}

/** Keeps a view; one of the same name and page is replaced. */
export const putSavedView = (tx: Tx, view: SavedView & { userKey: number; createdAt: number }): Promise<void> =>
  tx.insert(savedViews, [view], { target: [savedViews.userKey, savedViews.path, savedViews.name], update: "all" });

export async function dropSavedView(tx: Tx, userKey: number, path: string, name: string): Promise<boolean> {
  const dropped = await tx.run(
    sql`delete from ${savedViews} where user_key = ${userKey} and path = ${path} and name = ${name}`,
  );
  return dropped > 0;
}
