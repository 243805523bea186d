import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDb } from "@/db/client.ts";
import { evaluateAll, FLEET, stored } from "./testing-evaluate.ts";
import { seedFleet } from "./testing-fleet.ts";

const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-"));
const seeded = path.join(folder, "seeded.db");
const root = path.resolve(import.meta.dirname, "../../..");

let whole: unknown[][];
beforeAll(async () => {
  const db = await openDb(`file:${seeded}`);
  await seedFleet(db, FLEET);
  await db.close();
  const file = path.join(folder, "whole.db");
  copyFileSync(seeded, file);
  const undisturbed = await openDb(`file:${file}`);
  expect(await evaluateAll(undisturbed)).toBe(6);
  whole = await stored(undisturbed);
  await undisturbed.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts an evaluation, which stands still when it comes to a place for the n-th time, and kills it there. */
async function killAt(file: string, place: string, times: number): Promise<void> {
  const program = ["--import", "./scripts/typescript.mjs", "lib/insights/evaluate/testing-evaluate-child.ts"];
  const child = spawn(process.execPath, [...program, file, place, String(times)], { cwd: root });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on("close", (_, signal) => resolve(signal)));
  child.stdout.once("data", () => child.kill("SIGKILL"));
  expect([place, times, await ended]).toEqual([place, times, "SIGKILL"]);
}

// Within the first lot of workloads, when it is written but not committed, between two lots, and while the buckets are marked.
test.each([
  ["statement", 1],
  ["written", 1],
  ["begun", 3],
  ["written", 4],
])("an evaluation killed at %s %i loses no finding and counts nothing twice", async (place, times) => {
  expect(whole[0]?.length).toBeGreaterThan(4);
  const file = path.join(folder, `${place}-${times}.db`);
  copyFileSync(seeded, file);
  await killAt(file, place, times);
  const db = await openDb(`file:${file}`);
  expect(await evaluateAll(db)).toBe(6);
  expect(await stored(db)).toEqual(whole);
  expect(await evaluateAll(db)).toBe(0);
  await db.close();
});
