import { sql, type Tx } from "@/db/client.ts";
import { snake } from "@/db/columns.ts";
import { charges, shares, teamDays, unpriced } from "@/db/schema/index.ts";
import { CLASS_PROPERTIES, type ClassRow } from "@/lib/classes.ts";
import type { DayCharges } from "./day.ts";
import { saveSpend } from "./spend-store.ts";
import type { Amounts } from "./types.ts";

/** Replaces the charges of a day whole, with everything that follows from them. */
export async function saveCharges(tx: Tx, day: number, result: DayCharges): Promise<void> {
  for (const table of [charges, teamDays, shares, unpriced]) await tx.run(sql`delete from ${table} where day = ${day}`);
  await tx.insert(charges, result.charges.map(flat));
  await tx.insert(teamDays, result.teamDays.map(flat));
  await tx.insert(shares, result.shares);
  await tx.insert(unpriced, result.unpriced);
  await saveSpend(tx, day);
}

/** A row as its table has it: classes are columns. */
const flat = <T extends Amounts>({ classes, ...rest }: T): Omit<T, "classes"> & ClassRow => ({ ...classes, ...rest });

/** The columns of amounts, summed, each under its property: what reads charges or team days starts from it. */
export const SUMMED_AMOUNTS = sql.raw(
  ["quantity", "amountMicros", "observedMilli", "expectedMilli", ...CLASS_PROPERTIES]
    .map((p) => `cast(sum(${snake(p)}) as bigint) as "${p}"`)
    .join(", "),
);
