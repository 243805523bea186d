import { type SQL, sql } from "drizzle-orm";

/** Whether a value of small letters holds a text, whatever is in the text. */
export function contains(value: SQL, text: string): SQL {
  return sql`${value} like ${`%${text.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`} escape '\\'`;
}
