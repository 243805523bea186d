import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { pods, workloads } from "@/db/schema/index.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { saveLabels } from "./label-store.ts";

describe.each(engines)("labels on $name", (engine) => {
  let store: TestDb;
  beforeEach(async () => {
    if (!isAbsent(engine)) store = (await engine.open()) as TestDb;
  });
  afterEach(() => (isAbsent(engine) ? undefined : store.drop()));

  it.skipIf(isAbsent(engine))("are those of a workload's pods, stay known, and show when they changed", async () => {
    const { db } = store;
    const texts = {
      type: "",
      category: "",
      namespace: "n",
      submittedBy: "",
      phase: "",
      priorityClass: "",
      nodePool: "",
    };
    const workload = (key: number, createdAt: number) => {
      const seen = { firstSeenAt: 0, lastSeenAt: 0 };
      return {
        key,
        clusterId: "c",
        id: `w${key}`,
        name: "w",
        projectKey: 0,
        createdAt,
        images: "[]",
        ...texts,
        ...seen,
      };
    };
    const pod = (id: string, workloadKey: number) => {
      const place = { node: "", nodePool: "", phase: "", createdAt: 0, endedAt: 10, lastSeenAt: 0 };
      return { clusterId: "c", id, name: id, workloadKey, ...place };
    };
    await db.write(async (tx) => {
      await tx.insert(workloads, [workload(1, 50), workload(2, 20)]);
      await tx.insert(pods, [pod("a", 1), pod("b", 1), pod("c", 2)]);
    });
    const labelled = (podId: string, labels: Record<string, string>) => ({ clusterId: "c", podId, labels });
    const DAY = 86_400;
    const save = (day: number, ...list: ReturnType<typeof labelled>[]) =>
      db.write((tx) => saveLabels(tx, list, day * DAY + 60, "UTC"));
    const all = () => db.all(sql`select labels from workloads where key > 0 order by key`);
    expect(await save(7, labelled("a", { team: "x" }), labelled("b", { env: "prod" }), labelled("c", {}))).toBe(50);
    expect(await all()).toEqual([{ labels: '{"env":"prod","team":"x"}' }, { labels: "{}" }]);
    expect(await save(7, labelled("a", { team: "x" }), labelled("unknown", { team: "y" }))).toBe(null);
    expect(await save(8, labelled("a", { team: "x" }))).toBe(null);
    expect(await save(9, labelled("a", { team: "y" }), labelled("c", { team: "z" }))).toBe(20);
    expect(await all()).toEqual([{ labels: '{"env":"prod","team":"y"}' }, { labels: '{"team":"z"}' }]);
    // An older window that is read later does not take the newer label away.
    expect(await save(6, labelled("a", { team: "x" }))).toBe(null);
    expect(await all()).toEqual([{ labels: '{"env":"prod","team":"y"}' }, { labels: '{"team":"z"}' }]);
    // A value that is reported again changes nothing; one that returns does from the day after the last of the other.
    expect(await save(10, labelled("a", { team: "y" }))).toBe(null);
    expect(await save(12, labelled("a", { team: "x" }))).toBe(10 * DAY + 1);
  });
});
