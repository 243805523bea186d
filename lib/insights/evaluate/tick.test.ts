import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { CHUNK_SECONDS } from "@/lib/sync/samples/chunk.ts";
import { HOUR } from "@/lib/time.ts";
import { evaluateAll } from "./testing-evaluate.ts";
import { FLEET_METRICS, seedFleet } from "./testing-fleet.ts";

const START = Date.UTC(2026, 10, 2) / 1000;
const FLEET = { workloads: 4, start: START, end: START + 2 * CHUNK_SECONDS, step: 60 };
let store: TestDb;

beforeAll(async () => {
  store = await sqliteFile();
  await seedFleet(store.db, FLEET);
});
afterAll(() => store.drop());

/** Evaluates up to an instant. @returns how many buckets, and how many chunks of samples were read for it. */
async function evaluated(horizon: number): Promise<{ buckets: number; chunks: number }> {
  const all = vi.spyOn(store.db, "all");
  const buckets = await evaluateAll(store.db, FLEET, horizon);
  const answers = await Promise.all(all.mock.results.map((r) => r.value as Promise<readonly object[]>));
  all.mockRestore();
  return { buckets, chunks: answers.flat().filter((row) => "stepSeconds" in row).length };
}

it("reads of each series the one chunk that the next quarter of an hour lies in", async () => {
  const series = FLEET.workloads * FLEET_METRICS.length;
  const settled = 700;
  const at = START + CHUNK_SECONDS + HOUR + 900;
  expect((await evaluated(at + settled)).buckets).toBeGreaterThan(1);
  expect(await evaluated(at + 900 + settled)).toEqual({ buckets: 1, chunks: series });
  expect(await evaluated(at + 900 + settled)).toEqual({ buckets: 0, chunks: 0 });
});
