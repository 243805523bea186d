import { afterAll, beforeAll, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { clusters, workloads } from "@/db/schema/index.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { AppError } from "@/lib/errors.ts";
import { loadFacts } from "@/lib/insights/evaluate/facts-load.ts";
import type { PodRestart } from "@/lib/sources/find-pods.ts";
import type { PodFact } from "@/lib/sources/source.ts";
import { savePods } from "@/lib/sync/facts/pod-store.ts";
import { HOUR } from "@/lib/time.ts";
import { syncRestarts } from "./restarts.ts";

const T0 = Date.UTC(2026, 10, 2) / 1000;
let store: TestDb;
const seen = { firstSeenAt: T0, lastSeenAt: T0 };

const pod = (id: string, more: Partial<PodFact> = {}): PodFact => ({
  ...{ clusterId: "c", id, name: id, workloadId: "w", node: "a", nodePool: "", phase: "Running" },
  ...{ createdAt: T0, startedAt: null, latestStartAt: null, completedAt: null, deletedAt: null },
  ...{ gpuMilli: 1000, gpuMemoryRequestMib: null, ...more },
});

beforeAll(async () => {
  store = await sqliteFile();
  await store.db.write(async (tx) => {
    await tx.insert(clusters, [{ id: "c", name: "c", state: "Connected", ...seen }]);
    await tx.insert(workloads, [
      {
        ...{ key: 1, clusterId: "c", id: "w", name: "w", type: "Training", category: "Train", namespace: "" },
        ...{ projectKey: 1, submittedBy: "ada", phase: "Running", priorityClass: "", nodePool: "p", createdAt: T0 },
        ...{ gpuRequestMilli: 1000, images: "[]", ...seen },
      },
    ]);
    const started = { startedAt: T0 + 60, latestStartAt: T0 + 60 };
    await savePods(tx, [pod("counted"), pod("reported", started), pod("waiting")], T0 + 60);
  });
});
afterAll(() => store.drop());

/** Reads restarts of a source, all at once. */
async function sync(read: () => Promise<{ value: PodRestart[]; missing: [] }>): Promise<string[]> {
  const source = { name: "prometheus" };
  const sources = { providers: () => [{ source, read }], providerOf: () => ({ source, read }) };
  const failures: string[] = [];
  await syncRestarts({ ctx: ctxOf(store.db), sources } as never, { start: T0, end: T0 + HOUR }, (error) =>
    failures.push(error.message),
  );
  return failures;
}
const restart = (podId: string, minute: number, clusterId = "c") => ({ clusterId, podId, at: T0 + 60 * minute });
const stored = () => store.db.all(sql`select pod_id as "pod", at as "at", workload_key as "key" from pod_restarts`);

it("are stored once, of pods whose starts nobody reports, and cut their life into runs", async () => {
  const value = [restart("counted", 10), restart("counted", 20), restart("reported", 10)];
  const others = [restart("counted", 30, "elsewhere"), restart("unlisted", 10)];
  for (let again = 0; again < 2; again++) await sync(async () => ({ value: [...value, ...others], missing: [] }));
  expect(await stored()).toEqual([10, 20].map((minute) => ({ pod: "counted", at: T0 + 60 * minute, key: 1 })));
  const knowledge = { nodeGpus: {}, offers: [], hourOf: () => 0, knownImages: [] };
  const facts = (await loadFacts(store.db, "c", [1], knowledge)).get(1);
  const begins = facts?.runs.map((run) => (run.start - T0) / 60);
  // The pod that waits has not run, and the counted one since a look saw it bound; the one whose start is reported ran once, as far as its source says.
  expect(begins?.sort((a, b) => a - b)).toEqual([1, 1, 10, 20]);
});

it("stay as they are where the source fails, which is reported", async () => {
  const before = await stored();
  const failures = await sync(() => Promise.reject(new AppError("source_unavailable", "no answer")));
  expect(failures).toEqual(["Restarts of containers could not be read from prometheus: no answer"]);
  expect(await stored()).toEqual(before);
});
