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
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a close and kills it `delay` ms after the words were said as often as `times`. */
async function killed(file: string, word: string, times: number, delay: number): Promise<boolean> {
  const child = spawn(
    process.execPath,
    ["--import", "./scripts/typescript.mjs", "lib/closing/testing-close-child.ts", file],
    {
      cwd: root,
    },
  );
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  let said = "";
  let armed = false;
  child.stdout.on("data", (part) => {
    said += part;
    if (armed || said.split(word).length - 1 < times) return;
    armed = true;
    setTimeout(() => child.kill("SIGKILL"), delay);
  });
  await ended;
  return said.includes("closed");
}

test("a close killed anywhere leaves the period wholly open or wholly closed", async () => {
  const outcomes: string[] = [];
  // While days are proven; in the transaction, ever later, up to when all is written but not committed; after its end.
  const places: [string, number, number][] = [
    ["ready", 1, 0],
    ["day", 15, 0],
    ["begun", 1, 0],
    ["begun", 1, 5],
    ["begun", 1, 15],
    ["written", 1, 0],
    ["closed", 1, 0],
  ];
  for (const [i, [word, times, delay]] of places.entries()) {
    const file = path.join(folder, `run-${i}.db`);
    copyFileSync(seeded, file);
    const finished = await killed(file, word, times, delay);
    const db = await openDb(`file:${file}`);
    const count = async (table: string) =>
      (await db.find<{ n: number }>(sql`select count(*) as n from ${sql.raw(table)}`))?.n ?? 0;
    const found = [await count("closes"), await count("statements"), (await count("statement_lines")) > 0 ? 1 : 0];
    outcomes.push(found.join());
    if (finished) expect(found).toEqual([1, 3, 1]);
    expect(["0,0,0", "1,3,1"]).toContain(found.join());
    // What was left open is closed now; either way it is whole.
    if (found[0] === 0) await closePeriod(ctxOf(db), SETTINGS, { period: "2026-10" });
    expect((await auditPeriod(ctxOf(db), SETTINGS, "2026-10")).faults).toEqual([]);
    expect(await verifyChain(ctxOf(db), SETTINGS)).toEqual([]);
    await db.close();
    rmSync(file);
  }
  expect(outcomes).toEqual([...places.slice(0, -1).map(() => "0,0,0"), "1,3,1"]);
}, 600_000);
