import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDb, sql } from "@/db/client.ts";
import { ctxOf, meterDay, seedInventory, seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import { auditPeriod, verifyChain } from "./audit.ts";
import { closePeriod } from "./close.ts";
import { charge, free, held, SETTINGS } from "./testing-close.ts";

const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-"));
const seeded = path.join(folder, "seeded.db");
const root = path.resolve(import.meta.dirname, "../..");

beforeAll(async () => {
  const db = await openDb(`file:${seeded}`);
  await seedInventory(db);
  await seedTeam(db, 11, "Vision", "vision");
  await seedPrice(db, "H100", 2_500_000_001, 20260101);
  const many = Array.from({ length: 60 }, (_, i) => held(10 + i, 1));
  for (let day = 20261001; day <= 20261031; day++) await meterDay(db, day, [held(1, 9), held(3, 3), ...many, free(12)]);
  await charge(db);
  await db.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a close, which stands still when it comes to a place for the n-th time, and kills it there. */
async function killAt(file: string, place: string, times: number): Promise<void> {
  const program = ["--import", "./scripts/typescript.mjs", "lib/closing/testing-close-child.ts"];
  const child = spawn(process.execPath, [...program, file, place, String(times)], { cwd: root });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on("close", (_, signal) => resolve(signal)));
  child.stdout.once("data", () => child.kill("SIGKILL"));
  expect([place, times, await ended]).toEqual([place, times, "SIGKILL"]);
}

test("a close killed anywhere leaves the period wholly open or wholly closed", async () => {
  const outcomes: string[] = [];
  // While days are proven; in the transaction, ever later, up to when all is written but not committed; after its end.
  const places: [string, number][] = [
    ["ready", 1],
    ["day", 15],
    ["begun", 1],
    ["statement", 1],
    ["statement", 3],
    ["written", 1],
    ["closed", 1],
  ];
  for (const [i, [place, times]] of places.entries()) {
    const file = path.join(folder, `run-${i}.db`);
    copyFileSync(seeded, file);
    await killAt(file, place, times);
    const db = await openDb(`file:${file}`);
    const count = async (table: string) =>
      (await db.find<{ n: number }>(sql`select count(*) as n from ${sql.raw(table)}`))?.n ?? 0;
    const found = [await count("closes"), await count("statements"), (await count("statement_lines")) > 0 ? 1 : 0];
    outcomes.push(found.join());
    expect(["0,0,0", "1,3,1"]).toContain(found.join());
    // What was left open is closed now; either way it is whole.
    if (found[0] === 0) await closePeriod(ctxOf(db), SETTINGS, { period: "2026-10" });
    expect((await auditPeriod(ctxOf(db), SETTINGS, "2026-10")).faults).toEqual([]);
    expect(await verifyChain(ctxOf(db), SETTINGS)).toEqual([]);
    await db.close();
    rmSync(file);
  }
  expect(outcomes).toEqual([...places.slice(0, -1).map(() => "0,0,0"), "1,3,1"]);
});
