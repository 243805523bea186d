import { afterAll, beforeAll, expect, it } from "vitest";
import { phases, pods, workloads } from "@/db/schema/index.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { ctxOf } from "@/lib/reports/testing.ts";
import { HOUR } from "@/lib/time.ts";
import { type ReportWorkload, readSpans } from "./workload-usage.ts";

const T0 = 1_790_000_000;
let store: TestDb;
beforeAll(async () => {
  store = await sqliteFile();
});
afterAll(() => store.drop());

it("a workload started when its pod held GPUs first, not when a container of it started again", async () => {
  const base = { clusterId: "c", lastSeenAt: 0, phase: "Running", nodePool: "" };
  const row = {
    ...base,
    ...{ id: "w", name: "w", type: "", category: "Train", namespace: "", priorityClass: "", images: "[]" },
  };
  await store.db.write(async (tx) => {
    await tx.insert(workloads, [
      { ...row, key: 1, projectKey: 0, submittedBy: "", createdAt: T0 - 60, firstSeenAt: 0 },
    ]);
    const pod = { ...base, id: "p", workloadKey: 1, name: "p", node: "n", createdAt: T0 - 20, gpuMilli: 1000 };
    await tx.insert(pods, [{ ...pod, startedAt: T0 + 3 * HOUR, endedAt: T0 + 6 * HOUR }]);
    await tx.insert(phases, [{ workloadKey: 1, at: T0, phase: "Running" }]);
  });
  const spans = await readSpans(ctxOf(store.db, T0 + 9 * HOUR), [{ key: 1 } as ReportWorkload]);
  expect(spans.get(1)).toEqual({ startedAt: T0, endedAt: T0 + 6 * HOUR });
});
