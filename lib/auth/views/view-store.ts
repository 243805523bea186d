import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { savedViews } from "@/db/schema/index.ts";

export type SavedView = Pick<typeof savedViews.$inferSelect, "path" | "name" | "query">;

/** The views of a person of one page, by name. */
export const listSavedViews = (db: Reader, userKey: number, path: string): Promise<SavedView[]> =>
  db.all(sql`select ${columnsOf(savedViews, ["path", "name", "query"])} from ${savedViews}
    where user_key = ${userKey} and path = ${path} order by name`);

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
