import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { listOpenItems } from "./open-store.ts";

describe.each(engines)("open items on $name", (engine) => {
  let store: TestDb;
  beforeAll(async () => {
    if (isAbsent(engine)) return;
    store = (await engine.open()) as TestDb;
    await store.db.write(async (tx) => {
      for (const [at, kind, subject, milli] of [
        [0, "gpus-unknown", "w1", 3_600_000],
        [3600, "gpus-unknown", "w1", 1_800_000],
        [3600, "time-unknown", "w2", 900_000],
        [3600, "sources-disagree", "w1", 99],
        [3600, "clamped", "w1", 3],
      ] as const)
        await tx.run(sql`insert into findings (bucket_at, cluster_id, kind, subject, quantity_milli, detail)
          values (${at}, 'c', ${kind}, ${subject}, ${milli}, 'why')`);
    });
  });
  afterAll(() => store?.drop());

  it.skipIf(isAbsent(engine))(
    "are summed over their hours, most GPU time first; findings without GPU time are left out",
    async () => {
      const item = { cluster: "c", detail: "why", subjects: 1 };
      expect(await listOpenItems(store.db, 10)).toEqual([
        { ...item, kind: "gpus-unknown", subject: "w1", milliGpuSeconds: 5_400_000, firstAt: 0, lastAt: 3600 },
        { ...item, kind: "time-unknown", subject: "w2", milliGpuSeconds: 900_000, firstAt: 3600, lastAt: 3600 },
        { ...item, kind: "sources-disagree", subject: "w1", milliGpuSeconds: 99, firstAt: 3600, lastAt: 3600 },
      ]);
    },
  );

  it.skipIf(isAbsent(engine))("beyond the limit of their kind are one row, and hide no other kind", async () => {
    await store.db.write(async (tx) => {
      for (let n = 0; n < 40; n++)
        await tx.run(sql`insert into findings (bucket_at, cluster_id, kind, subject, quantity_milli, detail)
          values (7200, 'c', 'runs-under', ${`b${n}`}, ${10_000_000 + n}, 'under')`);
    });
    const items = await listOpenItems(store.db, 2);
    expect(items.map((i) => [i.kind, i.subject, i.subjects, i.milliGpuSeconds])).toEqual([
      ["runs-under", "", 38, 38 * 10_000_000 + 703],
      ["runs-under", "b39", 1, 10_000_039],
      ["runs-under", "b38", 1, 10_000_038],
      ["gpus-unknown", "w1", 1, 5_400_000],
      ["time-unknown", "w2", 1, 900_000],
      ["sources-disagree", "w1", 1, 99],
    ]);
    expect(items[0]?.detail).toMatch(/^Those with the most GPU time/);
  });
});
