import { type SQL, sql } from "drizzle-orm";

/** `(…)` for `in`: the values bound, in their order. An empty list matches nothing; so does `not in` an empty list, which is to be asked otherwise. */
export function inList(values: Iterable<string | number>): SQL {
  const bound = [...values].map((value) => sql`${value}`);
  return bound.length ? sql`(${sql.join(bound, sql`, `)})` : sql`(null)`;
}
