import { openDb, sql } from "@/db/client.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import { inChild } from "./child.ts";
import { timed } from "./measure.ts";
import { ctxOf, type PhillyLedger, phillyLedger } from "./philly-ledger.ts";

export const MONEY = { currency: "USD", billingTimeZone: "UTC" };

/** Task: one price for all cards, a team for each virtual cluster, and every day charged. @returns seconds of charging. */
export async function charge({ file, range }: Pick<PhillyLedger, "file" | "range">): Promise<number> {
  const db = await openDb(`file:${file}`);
  await seedPrice(db, "P100", 3_060_000_000, 20170101);
  const projects = await db.all<{ name: string }>(sql`select name from projects where key <> 0 order by name`);
  for (const [i, { name }] of projects.entries()) await seedTeam(db, 100 + i, name, name, 20170101);
  const { seconds } = await timed(() => chargeDue(ctxOf(db, range.end), MONEY));
  await db.close();
  return seconds;
}

let charged: Promise<PhillyLedger> | undefined;

/** The Philly ledger with money in it, as pages and finance meet it; made once. */
export function chargedLedger(): Promise<PhillyLedger> {
  charged ??= phillyLedger().then(async (ledger) => {
    await inChild<number>("charged-ledger#charge", { file: ledger.file, range: ledger.range });
    return ledger;
  });
  return charged;
}
