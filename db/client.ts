import { sql } from "drizzle-orm";
import type { Db, Readers } from "./store.ts";

export type { Conflict, Db, Reader, Readers, Tx } from "./store.ts";
export { sql };

/** `file:<path>` (SQLite) or `postgres://…`. Migrates before it returns. @throws AppError with what to do. */
export async function openDb(url: string, readers: Readers = "here"): Promise<Db> {
  if (url.startsWith("file:")) {
    const { openSqlite } = await import("./sqlite.ts");
    return openSqlite(url.slice(5).replace(/\?.*$/, ""), readers);
  }
  const { openPostgres } = await import("./postgres.ts");
  return openPostgres(url);
}
