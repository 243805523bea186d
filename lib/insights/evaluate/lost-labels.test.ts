import { afterAll, beforeAll, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { chunks, series } from "@/db/schema/index.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { AT } from "@/lib/insights/cells/cell.ts";
import { loadMeterInput } from "@/lib/metering/load.ts";
import { DEFAULT_RULES } from "@/lib/metering/types.ts";
import { decodeChunk, encodeChunk } from "@/lib/sync/samples/chunk.ts";
import { HOUR } from "@/lib/time.ts";
import { buildCells, CELL_METRICS } from "./build-cells.ts";
import { seedFleet } from "./testing-fleet.ts";

const START = Date.UTC(2026, 10, 2) / 1000;
const STEP = 60;
/** The exporter cannot say who holds the card: eight minutes of the second hour. */
const LOST = { start: START + HOUR + 300, end: START + HOUR + 780 };
const isLost = (at: number) => at >= LOST.start && at < LOST.end;
let store: TestDb;

/** Moves the readings of this time from the pod of the third workload, which is busy, to its card without a pod. */
async function loseLabels(): Promise<void> {
  const rows = await store.db.all<{ key: number; metric: string; startAt: number; bytes: Buffer }>(sql`
    select s.key as "key", s.metric as "metric", c.start_at as "startAt", c.bytes as "bytes"
    from series s join chunks c on c.series_key = s.key where s.subject_id = 'p3' and c.start_at <= ${LOST.start}`);
  for (const { key, metric, startAt, bytes } of rows) {
    const { at, value } = decodeChunk(bytes);
    const part = (wanted: boolean) => {
      const kept = [...at.keys()].filter((i) => isLost(at[i] as number) === wanted);
      return encodeChunk({ at: kept.map((i) => at[i] as number), value: kept.map((i) => value[i] as number) });
    };
    const card = { key: key + 10_000, clusterId: "c", metric, node: "n0", gpuModel: "", shared: 0 };
    const whole = { startAt, count: 8, stepSeconds: STEP };
    await store.db.write(async (tx) => {
      await tx.run(sql`update series set node = 'n0' where key = ${key}`);
      await tx.run(sql`update chunks set bytes = ${part(false)} where series_key = ${key} and start_at = ${startAt}`);
      await tx.insert(series, [{ ...card, subjectKind: "card", subjectId: "n0", gpu: "GPU-3" }]);
      await tx.insert(chunks, [{ ...whole, seriesKey: card.key, bytes: part(true) }]);
    });
  }
}

beforeAll(async () => {
  store = await sqliteFile();
  await seedFleet(store.db, { workloads: 6, start: START, end: START + 6 * HOUR, step: STEP });
  await loseLabels();
});
afterAll(() => store.drop());

it("reads a lot of workloads as the ledger reads them, also while the exporter lost their labels", async () => {
  const range = { start: START, end: START + 3 * HOUR };
  const read = async (workloadKeys?: readonly number[]) =>
    buildCells(
      await loadMeterInput(store.db, "c", range, 1800, range.end, DEFAULT_RULES, {
        ...{ metrics: CELL_METRICS, ...(workloadKeys ? { workloadKeys } : {}) },
      }),
    );
  const ledger = await read();
  const lot = await read([3, 4]);
  expect(lot.get(3)).toEqual(ledger.get(3));
  expect(lot.get(4)).toEqual(ledger.get(4));
  const cells = lot.get(3)?.slots[0]?.cells;
  expect([START + HOUR, START + HOUR + 900].map((at) => cells?.get(at)?.[AT.observed])).toEqual([900, 900]);
});
