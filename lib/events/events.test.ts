import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { eventDestinations } from "@/db/schema/index.ts";
import { engines, isAbsent, sqliteFile, type TestDb } from "@/db/testing.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { describeSecrets } from "@/lib/secrets/index.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY } from "@/lib/time.ts";
import { getDestination } from "./change.ts";
import {
  addDestination,
  archiveDestination,
  changeDestination,
  pauseDestination,
  sendFrom,
  sendRefusedAgain,
  sendTo,
} from "./index.ts";
import { listVisibleDestinations, listVisibleRefused } from "./list.ts";
import { planUsage } from "./plan.ts";
import { HOUR, KEYS, means, meterBucket, START, seedInventory, type Used } from "./testing-events.ts";
import { OpenMeter } from "./testing-openmeter.ts";

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Bench {
  readonly ctx: Ctx;
  readonly meter: OpenMeter;
  readonly key: number;
  later(seconds: number): void;
  send(now?: boolean): ReturnType<typeof sendTo>;
}

async function bench(
  settings: Parameters<typeof OpenMeter.start>[0] = {},
  { workloads = 6, fields = {}, store = sqliteFile }: BenchOptions = {},
): Promise<Bench> {
  const test = (await store()) as TestDb;
  open.push(test.drop);
  const meter = await OpenMeter.start(settings);
  open.push(() => meter.close());
  let at = START + 2 * DAY;
  const ctx: Ctx = { db: test.db, now: () => at, viewer: localViewer, log: silentLog, ledger: testLedger() };
  await seedInventory(test.db, workloads);
  const kind = settings?.kind ?? "openmeter";
  const token = settings?.token ?? "";
  const key = await addDestination(
    ctx,
    KEYS,
    { kind, name: "meter", fields: { url: meter.url, token, unit: "second", ...fields } },
    START,
  );
  return {
    ...{ ctx, meter, key },
    later: (seconds) => {
      at += seconds;
      meter.now = at;
    },
    send: (now = true) => sendTo(ctx, means(), key, { now }),
  };
}
interface BenchOptions {
  readonly workloads?: number;
  readonly fields?: Record<string, string>;
  readonly store?: () => Promise<TestDb | null>;
}

const one = (n: number, activeMilli: number): Used => ({ workload: n, activeMilli, observedMilli: activeMilli });

describe.each(engines)("usage events on $name", (engine) => {
  it.skipIf(isAbsent(engine))("keep the token of their own destination, whatever keys there are", async () => {
    const { ctx } = await bench({}, { store: engine.open });
    await ctx.db.write(async (tx) => {
      const row = await getDestination(tx, 1);
      // As another process adds one between an insert and the question for its key.
      await tx.insert(eventDestinations, [{ ...row, key: 900 }]);
    });
    const fields = { url: "http://127.0.0.1:1", token: "mine", unit: "second" };
    const key = await addDestination(ctx, KEYS, { kind: "openmeter", name: "mine", fields }, START);
    expect(await getDestination(ctx.db, key)).toMatchObject({ name: "mine" });
    expect(await describeSecrets(ctx.db, `destination/${key}`)).toHaveLength(1);
    expect(await describeSecrets(ctx.db, "destination/900")).toEqual([]);
  });

  it.skipIf(isAbsent(engine))("arrive once, with the amounts of the ledger, and again as corrections", async () => {
    const { ctx, meter, key, send } = await bench({ token: "secret-token" }, { store: engine.open });
    await meterBucket(ctx.db, START, [one(1, 3_600_000), { ...one(2, 1_800_000), hardware: 2, deadIdleMilli: 5_000 }]);
    await meterBucket(ctx.db, START + HOUR, [one(1, 1000)]);
    expect(await send()).toEqual({ sent: 3, refused: 0, error: "" });
    expect(await send()).toEqual({ sent: 0, refused: 0, error: "" });
    expect(meter.sum("gpuAllocationSeconds")).toBe(5406);
    expect(meter.sum("gpuIdleSeconds")).toBe(5);
    expect(meter.stored[0]).toMatchObject({
      ...{ source: "gpu-ledger", type: "workload", subject: "work 1", time: "2026-11-02T01:00:00Z" },
      data: { project: "project 1", gpuModel: "H100", intervalStart: "2026-11-02T00:00:00Z", revision: 0 },
    });
    // Late data: less of one, none of another, and somebody new.
    await meterBucket(ctx.db, START, [one(1, 3_500_000), { ...one(3, 40_000), hardware: 2 }]);
    expect(await send()).toEqual({ sent: 3, refused: 0, error: "" });
    expect(meter.sum("gpuAllocationSeconds", (e) => e.subject === "work 1")).toBe(3501);
    expect(meter.sum("gpuAllocationSeconds", (e) => e.subject === "work 2")).toBe(0);
    expect(meter.sum("gpuAllocationSeconds", (e) => e.subject === "work 3")).toBe(40);
    expect(new Set(meter.stored.map((e) => e.id)).size).toBe(6);
    expect(await listVisibleDestinations(ctx)).toMatchObject([{ key, waiting: 0, sent: 4, refused: 0, error: "" }]);
  });
});

it("stop between two batches where the destination is paused or archived, and leave no outbox behind", async () => {
  for (const stop of ["pause", "archive"] as const) {
    const { ctx, meter, key } = await bench({}, { workloads: 150 });
    await meterBucket(
      ctx.db,
      START,
      Array.from({ length: 150 }, (_, n) => one(n + 1, 1000)),
    );
    const { post } = means();
    const stopping: typeof post = async (...request) => {
      const reply = await post(...request);
      await (stop === "pause" ? pauseDestination(ctx, key, true) : archiveDestination(ctx, key));
      return reply;
    };
    expect(await sendTo(ctx, { ...means(), post: stopping }, key, { now: true })).toMatchObject({
      sent: 100,
      error: "",
    });
    expect(meter.stored).toHaveLength(100);
    const left = await ctx.db.all<{ state: string; n: number }>(
      sql`select state, count(*) as n from event_usage group by state order by state`,
    );
    expect(left).toEqual(
      stop === "archive"
        ? []
        : [
            { state: "sent", n: 100 },
            { state: "waiting", n: 50 },
          ],
    );
  }
});

it("plan nothing for a destination that was archived meanwhile", async () => {
  const { ctx, key } = await bench();
  await meterBucket(ctx.db, START, [one(1, 1000)]);
  const row = await getDestination(ctx.db, key);
  await archiveDestination(ctx, key);
  const range = { start: 0, end: START + DAY };
  expect(await planUsage(ctx, row, "workload", { bucketSeconds: HOUR, range })).toBe(0);
  expect(await ctx.db.all(sql`select destination_key from event_usage`)).toEqual([]);
  expect(await ctx.db.all(sql`select destination_key from event_buckets`)).toEqual([]);
});

it("leave out what nobody observed, which is not zero", async () => {
  const { ctx, meter, send } = await bench({}, { fields: { naming: "snake", unit: "minute", subject: "project" } });
  await meterBucket(ctx.db, START, [
    { workload: 1, noDataMilli: 60_000, cpuObservedSeconds: 60, cpuUsedMilliSeconds: 0 },
  ]);
  await send();
  expect(meter.stored[0]?.subject).toBe("project 1");
  expect(meter.stored[0]?.data).toMatchObject({ gpu_allocation_minutes: 1, cpu_usage_core_minutes: 0 });
  expect(meter.stored[0]?.data).not.toHaveProperty("gpu_utilized_minutes");
  expect(meter.stored[0]?.data).not.toHaveProperty("gpu_memory_usage_gib_minutes");
});

it("lose none of the others where one is refused, and that one waits to be looked at", async () => {
  const { ctx, meter, key, send } = await bench({ refuses: (e) => e.subject === "work 7" }, { workloads: 40 });
  const rows = Array.from({ length: 40 }, (_, n) => one(n + 1, 1000 * (n + 1)));
  await meterBucket(ctx.db, START, rows);
  expect(await send()).toEqual({ sent: 39, refused: 1, error: "" });
  expect(meter.stored.map((e) => e.subject)).not.toContain("work 7");
  expect(meter.sum("gpuAllocationSeconds")).toBe((40 * 41) / 2 - 7);
  const [refused] = await listVisibleRefused(ctx, key, 10);
  expect(refused).toMatchObject({ workload: "work 7", error: "The receiver answered 400: one event is not valid" });
  expect(await sendRefusedAgain(ctx, key)).toBe(1);
  expect(await send()).toEqual({ sent: 0, refused: 1, error: "" });
  // Its usage changes: it is offered again, as it is now.
  await meterBucket(ctx.db, START, [...rows.filter((r) => r.workload !== 7), one(7, 9000)]);
  expect(await send()).toMatchObject({ refused: 1 });
});

it("wait where the receiver objects to every one of them, or to us, and lose nothing", async () => {
  const { ctx, meter, key, send, later } = await bench({ refuses: () => true });
  await meterBucket(ctx.db, START, [one(1, 1000), one(2, 2000)]);
  expect(await send()).toMatchObject({ sent: 0, refused: 0, error: expect.stringMatching(/refuses every event/) });
  expect(await send(false)).toBe(null);
  later(3600);
  expect(await send(false)).toMatchObject({ error: expect.stringMatching(/refuses every event/) });
  expect(await listVisibleDestinations(ctx)).toMatchObject([{ key, waiting: 2, refused: 0, attempts: 2 }]);
  expect(meter.stored).toEqual([]);
  await changeDestination(ctx, KEYS, key, {
    ...{ kind: "openmeter", name: "meter", fields: { url: `${meter.url}/wrong`, unit: "second" } },
  });
  expect(await send(false)).toMatchObject({ sent: 0, refused: 0, error: expect.stringMatching(/answered 404/) });
});

it("wait for as long as a receiver asks, and for longer after each failure", async () => {
  const { ctx, meter, send, later } = await bench();
  await meterBucket(ctx.db, START, [one(1, 1000)]);
  meter.faults.push({ status: 429, headers: { "retry-after": "900" } });
  expect(await send(false)).toMatchObject({ sent: 0, error: expect.stringMatching(/429/) });
  later(899);
  expect(await send(false)).toBe(null);
  later(1);
  meter.faults.push({ status: 503 }, { status: 503 });
  expect(await send(false)).toMatchObject({ error: expect.stringMatching(/503/) });
  later(29);
  expect(await send(false)).toBe(null);
  later(8);
  expect(await send(false)).toMatchObject({ error: expect.stringMatching(/503/) });
  later(1);
  expect(await send(false)).toBe(null);
  later(200);
  expect(await send(false)).toEqual({ sent: 1, refused: 0, error: "" });
  expect(meter.requests.map((r) => r.status)).toEqual([429, 503, 503, 204]);
});

it("are not sent again without being asked where nobody knows whether they arrived", async () => {
  const { ctx, meter, key, send, later } = await bench();
  await meterBucket(ctx.db, START, [one(1, 1000)]);
  meter.faults.push("cut-after");
  await send();
  later(40 * DAY);
  expect(await send()).toEqual({ sent: 0, refused: 0, error: "" });
  expect(await listVisibleRefused(ctx, key, 1)).toMatchObject([
    { error: expect.stringMatching(/No answer came for 31 days/) },
  ]);
  expect(meter.sum("gpuAllocationSeconds")).toBe(1);
  // Somebody sends it again: it may have arrived under its id, so it does not change before it is answered.
  expect(await sendRefusedAgain(ctx, key)).toBe(1);
  await meterBucket(ctx.db, START, [one(1, 5000)]);
  meter.faults.push("cut-before");
  await send();
  const [waiting] = await ctx.db.all<{ pending: string }>(sql`select pending from event_usage where state = 'waiting'`);
  expect(waiting?.pending).toMatch(/"gpuAllocation":1000[,}]/);
  expect(await send()).toMatchObject({ sent: 1, refused: 0 });
  expect(await send()).toMatchObject({ sent: 1, refused: 0 });
  expect(meter.stored.at(-1)?.data).toMatchObject({ gpuAllocationSeconds: 4, revision: 1 });
});

it("begin where the destination does, or earlier where somebody asks", async () => {
  const { ctx, meter, key, send } = await bench();
  await meterBucket(ctx.db, START - HOUR, [one(1, 7000)]);
  await meterBucket(ctx.db, START, [one(1, 1000)]);
  await send();
  expect(meter.sum("gpuAllocationSeconds")).toBe(1);
  await sendFrom(ctx, key, START - HOUR);
  await send();
  expect(meter.sum("gpuAllocationSeconds")).toBe(8);
});

it("do not wait for what is metered in part, or is about to be metered again", async () => {
  const { ctx, meter, send } = await bench();
  await meterBucket(ctx.db, START, [one(1, 1000)]);
  await ctx.db.write(async (tx) => {
    await tx.run(sql`insert into due_buckets (cluster_id, bucket_at, revision) values ('c', ${START}, 1)`);
  });
  expect(await send()).toMatchObject({ sent: 0 });
  await ctx.db.write(async (tx) => {
    await tx.run(sql`delete from due_buckets`);
    await tx.run(sql`insert into capacity (bucket_at, hardware_key, capacity_milli, overlap_milli, through_at, rules_id)
      values (${START}, 1, 0, 0, ${START + 1800}, 'r')`);
  });
  expect(await send()).toMatchObject({ sent: 0 });
  await ctx.db.write((tx) => tx.run(sql`update capacity set through_at = ${START + HOUR}`));
  expect(await send()).toMatchObject({ sent: 1 });
  expect(meter.sum("gpuAllocationSeconds")).toBe(1);
});

it("keep what receivers count by once something was sent", async () => {
  const { ctx, meter, key, send } = await bench();
  const changed = (fields: Record<string, string>) =>
    changeDestination(ctx, KEYS, key, {
      ...{ kind: "openmeter", name: "meter", fields: { url: meter.url, unit: "second", ...fields } },
    });
  await changed({ unit: "hour" });
  await changed({});
  await meterBucket(ctx.db, START, [one(1, 1000)]);
  await send();
  await expect(changed({ unit: "hour" })).rejects.toThrow(/add another destination/);
  await expect(changed({ naming: "snake" })).rejects.toThrow(/add another destination/);
  await changed({ subject: "project" });
});

it("are those of Konnect, with its status and its token, where that is the destination", async () => {
  const { ctx, meter, send } = await bench({ kind: "konnect", token: "spat_secret" });
  await meterBucket(ctx.db, START, [one(1, 1000)]);
  expect(await send()).toEqual({ sent: 1, refused: 0, error: "" });
  expect(meter.requests).toEqual([{ events: 1, status: 202 }]);
});

const FAULTS = ["cut-after", "cut-before", "half", { status: 503 }, { status: 500 }] as const;
const step = fc.oneof(
  fc.record({ fault: fc.constantFrom(...FAULTS) }),
  fc.record({
    bucket: fc.nat(2),
    rows: fc.uniqueArray(fc.record({ workload: fc.integer({ min: 1, max: 5 }), milli: fc.nat(9_000_000) }), {
      maxLength: 5,
      selector: (r) => r.workload,
    }),
  }),
);

it("come to the ledger's amounts at the receiver, each id once, whatever fails and whatever is metered again", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const { ctx, meter, send, later } = await bench();
      const buckets = new Map<number, readonly { workload: number; milli: number }[]>();
      for (const next of steps) {
        if ("fault" in next) meter.faults.push(next.fault);
        else {
          buckets.set(next.bucket, next.rows);
          const rows = next.rows.map((r) => one(r.workload, r.milli));
          await meterBucket(ctx.db, START + next.bucket * HOUR, rows);
        }
        await send();
        later(60);
      }
      meter.faults.length = 0;
      // An event that was on its way is corrected in the run after the one in which it arrived.
      for (let n = 0; n < 3; n++) await send();
      for (let workload = 1; workload <= 5; workload++) {
        const expected = [...buckets.values()].flat().filter((r) => r.workload === workload);
        const milli = expected.reduce((sum, r) => sum + r.milli, 0);
        const got = meter.sum("gpuAllocationSeconds", (e) => e.data.workloadName === `work ${workload}`);
        expect(Math.round(got * 1000)).toBe(milli);
      }
      expect(new Set(meter.stored.map((e) => e.id)).size).toBe(meter.stored.length);
      for (const close of open.splice(0).reverse()) await close();
    }),
    { numRuns: 15, seed: 7 },
  );
});
