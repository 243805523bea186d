import { sql as template } from "drizzle-orm";
import type { Query } from "./columns-of.ts";
import type { Db, Readers } from "./store.ts";

export type { Conflict, Db, Reader, Readers, Tx } from "./store.ts";

type Sql = Pick<typeof template, keyof typeof template> &
  (<const P extends readonly unknown[]>(text: TemplateStringsArray, ...values: P) => Query<P>);

/** SQL with its values bound. What `columnsOf` selects in it is the type of its rows. */
export const sql = template as unknown as Sql;

/** Opens `file:<path>` (SQLite) or `postgres://…`, and migrates it. @throws AppError that says what to do. */
export async function openDb(url: string, readers: Readers = "here"): Promise<Db> {
  if (url.startsWith("file:")) {
    const { openSqlite } = await import("./sqlite.ts");
    return openSqlite(url.slice(5).replace(/\?.*$/, ""), readers);
  }
  const { openPostgres } = await import("./postgres.ts");
  return openPostgres(url);
}
