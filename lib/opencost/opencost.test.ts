import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { ctxOf, NOW } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import { listImports } from "@/lib/costs/store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { loadOpencost } from "@/lib/pages/opencost.ts";
import { listReadings } from "@/lib/readings/index.ts";
import type { NamespaceCost } from "@/lib/sources/namespace-cost.ts";
import type { Answer } from "@/lib/sources/source.ts";
import { dateOf, dayKey, HOUR, type Interval } from "@/lib/time.ts";
import { type OpencostMeans, readOpencost } from "./read.ts";

const none = { cpu: 0, memory: 0, storage: 0, network: 0, "load-balancer": 0 };
const row = (namespace: string, more: Partial<NamespaceCost> = {}): NamespaceCost => ({
  ...{ namespace, parts: none, gpuMicros: 0, gpuMilliHours: 0 },
  ...more,
});
const DAYS = { from: 20261029, until: 20261101 };

describe.each(engines)("OpenCost on $name", (engine) => {
  let store: TestDb;
  let ctx: Ctx;
  let asked: number[];
  let answer: (day: number) => Answer<NamespaceCost[]>;
  beforeEach(async () => {
    if (isAbsent(engine)) return;
    store = (await engine.open()) as TestDb;
    await seedOctober(store.db);
    ctx = ctxOf(store.db);
    asked = [];
    answer = () => ({
      value: [
        row("runai-vision", {
          parts: { ...none, cpu: 2_400_000, storage: 500_000 },
          gpuMicros: 24_000_000,
          gpuMilliHours: 12_000,
        }),
        row("web", { parts: { ...none, cpu: 1_000_000 } }),
        row("", { parts: { ...none, storage: 300_000 } }),
      ],
      missing: [],
    });
  });
  afterEach(() => (isAbsent(engine) ? undefined : store.drop()));
  const means = (more: Partial<OpencostMeans> = {}): OpencostMeans => ({
    source: {
      read: {
        costs: async ({ start }: Interval) => {
          const day = dayKey(dateOf(start, "UTC"));
          asked.push(day);
          return answer(day);
        },
      },
    },
    ...{ currency: "USD", parts: [] },
    ...more,
  });
  const at = (now: number): Ctx => ({ ...ctx, now: () => now });
  const standing = async () => (await listImports(ctx)).filter((i) => i.removedAt === null);

  it.skipIf(isAbsent(engine))("becomes imported cost without GPU cost, by the rules of namespaces, once", async () => {
    const done = await readOpencost(ctx, means(), DAYS);
    expect(done?.detail).toBe("3 days of 3 read, 12 cost lines imported.");
    const sumsOf = (list: Awaited<ReturnType<typeof standing>>) =>
      list.map((i) => [i.name, i.amountMicros, i.sharedMicros]).sort();
    expect(sumsOf(await standing())).toEqual([
      ["OpenCost, east, 2026-10-29", 4_200_000, 1_300_000],
      ["OpenCost, east, 2026-10-30", 4_200_000, 1_300_000],
      ["OpenCost, east, 2026-10-31", 4_200_000, 1_300_000],
    ]);
    const again = await readOpencost(at(NOW + 60), means(), DAYS);
    expect(again?.detail).toBe("3 days of 3 read, 0 cost lines imported.");
    expect(await standing()).toHaveLength(3);
    await chargeDue(ctx, { currency: "USD", billingTimeZone: "UTC" });
    const sums = await store.db.find<{ gpu: number; cost: number }>(sql`select
      cast(sum(usage_micros + share_micros) as bigint) as gpu, cast(sum(cost_micros) as bigint) as cost
      from spend_days where day >= 20261029 and day < 20261101`);
    // Of GPUs what it was before: 3 days of 24 hours at 2.5.
    expect(sums).toEqual({ gpu: 180_000_000, cost: 12_600_000 });
  });

  it.skipIf(isAbsent(engine))("replaces a day that has changed, and takes only the parts of the setting", async () => {
    await readOpencost(ctx, means(), DAYS);
    answer = () => ({
      value: [
        row("runai-vision", { parts: { ...none, cpu: 3_000_000, storage: 500_000 } }),
        row("", { parts: { ...none, storage: 1 } }),
      ],
      missing: [],
    });
    await readOpencost(at(NOW + 60), means(), { from: 20261031, until: 20261101 });
    expect((await standing()).find((i) => i.name.endsWith("31"))?.amountMicros).toBe(3_500_001);
    await readOpencost(at(NOW + 120), means({ parts: ["storage"] }), { from: 20261028, until: 20261029 });
    expect((await standing()).find((i) => i.name.endsWith("28"))?.amountMicros).toBe(500_001);
  });

  it.skipIf(isAbsent(engine))("reads the other days where one is refused, and loses nothing of that one", async () => {
    await readOpencost(ctx, means(), DAYS);
    const of31 = async () => (await standing()).find((i) => i.name.endsWith("31"))?.amountMicros;
    const before = await of31();
    // Fewer parts than are charged: a loss of the day that is there, and none of one that never was.
    const { detail } = (await readOpencost(at(NOW + 60), means({ parts: ["network"] }), {
      from: 20261031,
      until: 20261102,
    })) as { detail: string };
    expect(detail).toContain("2026-10-31: ");
    expect(asked.at(-1)).toBe(20261101);
    expect(await of31()).toBe(before);
  });

  it.skipIf(isAbsent(engine))("keeps a day of which a part that cost something is no longer known", async () => {
    const both = [row("a", { parts: { ...none, storage: 5 } }), row("b", { parts: { ...none, storage: 7 } })];
    answer = () => ({ value: both, missing: [] });
    const day = { from: 20261031, until: 20261101 };
    await readOpencost(ctx, means(), day);
    const amount = async () => (await standing()).find((i) => i.name.endsWith("31"))?.amountMicros;
    expect(await amount()).toBe(12);
    const [, b] = both;
    answer = () => ({
      value: [row("a", { parts: { ...none, storage: null } }), b as (typeof both)[number]],
      missing: [],
    });
    expect((await readOpencost(at(NOW + 60), means(), day))?.detail).toContain("kept as it was");
    const cause = { kind: "malformed", subject: "a", metric: "", cause: "unreadable" } as const;
    answer = () => ({ value: [b as (typeof both)[number]], missing: [cause as never] });
    expect((await readOpencost(at(NOW + 90), means(), day))?.detail).toContain("kept as it was");
    expect(await amount()).toBe(12);
    // A namespace that is gone, or costs 0, is known.
    answer = () => ({ value: [row("a", { parts: { ...none, storage: 0 } }), b as (typeof both)[number]], missing: [] });
    await readOpencost(at(NOW + 120), means(), day);
    expect(await amount()).toBe(7);
  });

  it.skipIf(isAbsent(engine))(
    "reads what is due: each day once after its end, and once when it has settled",
    async () => {
      await readOpencost(ctx, means());
      // NOW is noon of 10 November: the last 14 days, all of them settled but the 9th.
      expect(asked).toEqual([
        20261027,
        20261028,
        20261029,
        20261030,
        20261031,
        ...Array.from({ length: 9 }, (_, i) => 20261101 + i),
      ]);
      asked = [];
      expect(await readOpencost(at(NOW + HOUR), means())).toMatchObject({ detail: "Every day is read." });
      await readOpencost(at(NOW + 15 * HOUR), means());
      expect(asked).toEqual([20261109, 20261110]);
      expect((await listReadings(ctx.db, "opencost", 9)).map((r) => [r.calls, r.status])).toEqual([
        [2, "done"],
        [14, "done"],
      ]);
    },
  );

  it.skipIf(isAbsent(engine))(
    "keeps what is there where OpenCost has nothing, or not all, and asks again",
    async () => {
      await readOpencost(ctx, means(), DAYS);
      await chargeDue(ctx, { currency: "USD", billingTimeZone: "UTC" });
      answer = () => ({ value: [], missing: [{ kind: "no-data", subject: "", metric: "", cause: "nothing" }] });
      expect((await readOpencost(at(NOW + 60), means(), DAYS))?.detail).toMatch(
        /^0 days of 3 read, 0 cost lines imported\. 2026-10-29: nothing/,
      );
      expect((await loadOpencost(ctx, DAYS)).days).toBe(3);
      answer = () => ({
        value: [row("web", { parts: { ...none, cpu: null, memory: 5 } })],
        missing: [{ kind: "failed", subject: "web", metric: "", cause: "cpu without a number." }],
      });
      const part = await readOpencost(ctx, means(), { from: 20261026, until: 20261027 });
      expect(part?.days).toMatchObject([{ namespaces: 1, lines: 1, notes: ["2026-10-26: cpu without a number."] }]);
    },
  );

  it.skipIf(isAbsent(engine))("is compared by namespace, with price and time apart, and reasons", async () => {
    await readOpencost(ctx, means(), { from: 20261029, until: 20261102 });
    await chargeDue(ctx, { currency: "USD", billingTimeZone: "UTC" });
    const found = await loadOpencost(ctx, { from: 20261029, until: 20261102 });
    expect(found.days).toBe(4);
    expect(found.rows).toMatchObject([
      {
        // Ours: 10 hours on three days and 24 on one, at 2.5; theirs 12 hours a day at 2.
        ...{ namespace: "runai-vision", theirMicros: 96_000_000, theirMilliHours: 48_000 },
        ...{ ourMicros: 135_000_000, ourMilliHours: 54_000 },
        parts: { volumeMicros: -15_000_000, priceMicros: -24_000_000 },
      },
      {
        namespace: "runai-speech",
        theirMicros: 0,
        ourMicros: 15_000_000,
        reasons: [expect.stringMatching(/sees no GPU of it/)],
      },
    ]);
    expect(found.rows[0]?.reasons).toEqual([
      "the ledger saw GPUs held that OpenCost's Prometheus did not",
      "its price of a GPU-hour is another than the one in force here",
    ]);
  });

  it.skipIf(isAbsent(engine))(
    "is refused to people who may not import, and where the cluster is not clear",
    async () => {
      const viewer = { ...ctx.viewer, kind: "person" as const, roles: ["engineer" as const] };
      await expect(readOpencost({ ...ctx, viewer }, means())).rejects.toThrow(/may not import cost/);
      await expect(loadOpencost({ ...ctx, viewer: { ...viewer, projects: [] } }, DAYS)).rejects.toThrow();
      const elsewhere = { ...means().source, clusters: [] };
      await expect(readOpencost(ctx, means({ source: elsewhere }))).rejects.toThrow(/OPENCOST_CLUSTER/);
      await expect(readOpencost(ctx, means({ currency: "EUR" }), DAYS)).rejects.toThrow(/no exchange rate for EUR/);
      expect((await loadOpencost(ctx, DAYS)).days).toBe(0);
    },
  );
});
