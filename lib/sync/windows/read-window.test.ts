import { afterAll, beforeAll, expect, it } from "vitest";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import type { PodFact, Source } from "@/lib/sources/source.ts";
import { savePods } from "@/lib/sync/facts/pod-store.ts";
import { Sources } from "@/lib/sync/sources.ts";
import { HOUR } from "@/lib/time.ts";
import { readWindow } from "./read-window.ts";

const T0 = 1_790_000_000 - (1_790_000_000 % HOUR);
let store: TestDb;
beforeAll(async () => {
  store = await sqliteFile();
});
afterAll(() => store.drop());

/** A source that answers for every pod that it has no samples. */
const silent: Source = {
  ...{ name: "silent", title: "Silent", provides: new Set(["samples"]), requests: () => 0 },
  ...{ connection: () => Promise.reject(new Error("not asked")), close: async () => undefined },
  read: {
    samples: {
      ...{ by: "pod", mostPoints: 1000 },
      pod: async () => ({ value: [], missing: [] }),
      workload: () => Promise.reject(new Error("not asked")),
      node: () => Promise.reject(new Error("not asked")),
    },
  },
};

it.each<[string, Partial<PodFact>, string]>([
  ["GPUs by number", { gpuMilli: 1000 }, "no-data"],
  ["a MIG profile", { gpuMilli: null, gpuResources: "1g.10gb*1" }, "no-data"],
  ["a MIG profile, with a number of 0", { gpuMilli: 0, gpuResources: "1g.10gb*1" }, "no-data"],
  ["memory of a card", { gpuMilli: null, gpuMemoryRequestMib: 8192 }, "no-data"],
  ["no GPU", { gpuMilli: 0 }, "fetched"],
])("a window without samples of a pod that asks for %s is %s", async (name, asked, status) => {
  const fact: PodFact = {
    ...{ clusterId: "c", id: name, name, workloadId: `of ${name}`, node: "n", nodePool: "", phase: "Running" },
    ...{
      createdAt: T0,
      startedAt: T0,
      completedAt: T0 + HOUR,
      deletedAt: null,
      gpuMilli: 0,
      gpuMemoryRequestMib: null,
    },
    ...asked,
  };
  await store.db.write((tx) => savePods(tx, [fact], T0 + 2 * HOUR));
  const window = { clusterId: "c", source: "silent", subject: `pod/${name}`, start: T0, end: T0 + HOUR };
  const planned = { ...window, stepSeconds: 60, backfillId: "", attempts: 0 };
  const reading = await readWindow(store.db, new Sources([silent]), planned, "metering");
  expect(reading.status).toBe(status);
  expect(reading.gaps.length).toBe(status === "fetched" ? 0 : 1);
});
