import { type SQL, sql } from "drizzle-orm";

/**
 * `(…)` for `in`: the values as parameters, in their order. An empty list matches nothing; `not in` an empty list
 * matches nothing either, so write that case in another way.
 */
export function inList(values: Iterable<string | number>): SQL {
  const bound = [...values].map((value) => sql`${value}`);
  return bound.length ? sql`(${sql.join(bound, sql`, `)})` : sql`(null)`;
}
