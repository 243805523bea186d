import { spawn } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sqliteFile } from "@/db/testing.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY } from "@/lib/time.ts";
import { addDestination, sendTo } from "./index.ts";
import { HOUR, KEYS, means, meterBucket, START, seedInventory } from "./testing-events.ts";
import { OpenMeter } from "./testing-openmeter.ts";

const WORKLOADS = 120;
let store: Awaited<ReturnType<typeof sqliteFile>>;
let meter: OpenMeter;
const ctxOf = (): Ctx => ({
  ...{ db: store.db, now: () => START + 2 * DAY, viewer: localViewer, log: silentLog, ledger: testLedger() },
});

beforeAll(async () => {
  [store, meter] = await Promise.all([sqliteFile(), OpenMeter.start()]);
  await seedInventory(store.db, WORKLOADS);
});
afterAll(() => Promise.all([store.drop(), meter.close()]));

async function killAt(key: number, request: number, side: string): Promise<void> {
  const program = ["--import", "./scripts/typescript.mjs", "lib/events/testing-child.ts"];
  const child = spawn(process.execPath, [...program, store.file, String(key), String(request), side], {
    cwd: path.resolve(import.meta.dirname, "../.."),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on("close", (_, signal) => resolve(signal)));
  child.stdout.once("data", () => child.kill("SIGKILL"));
  expect(await ended).toBe("SIGKILL");
}

it("a sender that is killed, before or after any request, loses no usage and counts none twice", async () => {
  const key = await addDestination(
    ctxOf(),
    KEYS,
    { kind: "openmeter", name: "meter", fields: { url: meter.url, unit: "second" } },
    START,
  );
  const rows = Array.from({ length: WORKLOADS }, (_, n) => ({ workload: n + 1, activeMilli: 1000 * (n + 1) }));
  for (const bucket of [0, 1]) await meterBucket(store.db, START + bucket * HOUR, rows);
  // 240 events in batches of 100: before the first answer is known, and between batches.
  await killAt(key, 1, "before");
  await killAt(key, 1, "after");
  await killAt(key, 2, "after");
  expect(meter.stored).toHaveLength(200);
  expect(meter.duplicates).toBe(100);
  await sendTo(ctxOf(), means(), key, { now: true });
  expect(meter.stored).toHaveLength(2 * WORKLOADS);
  expect(meter.sum("gpuAllocationSeconds")).toBe(WORKLOADS * (WORKLOADS + 1));
  expect(new Set(meter.stored.map((e) => e.id)).size).toBe(2 * WORKLOADS);
});
