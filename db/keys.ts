import type { SQL } from "drizzle-orm";
import { type Db, sql } from "./client.ts";

/** `column in (…)` for any number of keys: one parameter, and so one statement, however many there are. */
export function inKeys(dialect: Db["dialect"], column: string, keys: readonly number[]): SQL {
  const list = JSON.stringify(keys);
  const values =
    dialect === "sqlite"
      ? sql`select value from json_each(${list})`
      : sql`select cast(value as bigint) from json_array_elements_text(${list}::json)`;
  return sql`${sql.raw(column)} in (${values})`;
}

/** The same for texts. */
export function inTexts(dialect: Db["dialect"], column: string, texts: readonly string[]): SQL {
  const list = JSON.stringify(texts);
  const values =
    dialect === "sqlite"
      ? sql`select value from json_each(${list})`
      : sql`select json_array_elements_text(${list}::json)`;
  return sql`${sql.raw(column)} in (${values})`;
}
