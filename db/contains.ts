import { type SQL, sql } from "drizzle-orm";

/** SQL condition: whether a lower-case value contains a text, whatever characters the text has. */
export function contains(value: SQL, text: string): SQL {
  return sql`${value} like ${`%${text.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`} escape '\\'`;
}
