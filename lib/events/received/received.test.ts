import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { answerEndpoint } from "@/lib/api/answer.ts";
import { sendUsageEvents, sendUsageEventsToV3 } from "@/lib/api/endpoints/usage-events.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { buildEvent } from "@/lib/events/event.ts";
import { mappingSchema, NAMINGS, UNITS } from "@/lib/events/types.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY, formatInstant, HOUR, MINUTE } from "@/lib/time.ts";
import { readEvent } from "./read-event.ts";
import { listReceivedDays, listRefusedReceived, receiveEvents } from "./receive.ts";

const NOON = Date.UTC(2026, 10, 10, 12) / 1000;
let db: Db;
let now: number;
const ctx = (): Ctx => ({ db, now: () => now, viewer: localViewer, log: silentLog, ledger: testLedger() });
beforeEach(async () => {
  db = await openSqlite(":memory:");
  now = NOON;
});
afterEach(() => db.close());

/** An event as the collector of OpenMeter writes it: a scrape each half minute, one GPU. */
const scrape = (id: string, at: number, given: object = {}, data: object = {}) => ({
  ...{ specversion: "1.0", id, source: "collector", type: "workload", subject: "train" },
  time: formatInstant(at),
  data: { gpuAllocationMinutes: 0.5, workloadMinutes: 0.5, project: "research", ...data },
  ...given,
});
const BATCH = "application/cloudevents-batch+json";
async function post(body: unknown, headers: Record<string, string> = {}, endpoint = sendUsageEvents) {
  const sent = body instanceof Uint8Array || typeof body === "string" ? body : JSON.stringify(body);
  const request = new Request(`http://x${endpoint.path}`, {
    ...{ method: "POST", body: sent as BodyInit, headers: { "content-type": BATCH, ...headers } },
  });
  const answer = await answerEndpoint(ctx(), endpoint, request, { perMinute: 0, parts: {} });
  const text = await answer.text();
  return { status: answer.status, detail: text ? (JSON.parse(text) as { detail: string }).detail : "" };
}
const day = async () => (await listReceivedDays(ctx(), { fromDay: 20261101, untilDay: 20261201 }, 9))[0];

describe("a request of a collector", () => {
  it.each([
    ["a batch", [scrape("1", NOON)], { "content-type": BATCH }],
    ["a batch with a charset", [scrape("1", NOON)], { "content-type": `${BATCH}; charset=utf-8` }],
    ["plain JSON of an array", [scrape("1", NOON)], { "content-type": "application/json" }],
    ["plain JSON of an object", scrape("1", NOON), { "content-type": "application/json; charset=utf-8" }],
    ["one event", scrape("1", NOON), { "content-type": "application/cloudevents+json" }],
    ["gzip", gzipSync(JSON.stringify([scrape("1", NOON)])), { "content-encoding": "gzip" }],
    [
      "the binary mode",
      scrape("1", NOON).data,
      {
        ...{ "content-type": "application/json", "ce-specversion": "1.0", "ce-id": "1", "ce-source": "collector" },
        ...{ "ce-type": "workload", "ce-subject": "train", "ce-time": formatInstant(NOON) },
      },
    ],
  ])("is taken as %s", async (_, body, headers) => {
    expect(await post(body, headers)).toEqual({ status: 204, detail: "" });
    expect(await day()).toMatchObject({ subject: "train", events: 1, gpuMilliSeconds: 30_000, coveredSeconds: 30 });
  });

  it("is answered with 202 where it comes as to Konnect, and an empty batch is no mistake", async () => {
    expect((await post([scrape("1", NOON)], {}, sendUsageEventsToV3)).status).toBe(202);
    expect((await post([])).status).toBe(204);
  });

  it.each([
    ["text", "hello", {}, 400, /not JSON/],
    ["another type", [], { "content-type": "text/csv" }, 415, /text\/csv/],
    ["a batch without an array", scrape("1", NOON), {}, 400, /array/],
    ["another packing", "x", { "content-encoding": "br" }, 415, /br/],
    ["what is not gzip", "x", { "content-encoding": "gzip" }, 400, /not gzip/],
    ["too many events", Array.from({ length: 1001 }, (_, i) => i), {}, 413, /1001/],
    ["too much", [scrape("1", NOON, {}, { x: "y".repeat(1_100_000) })], {}, 413, /1 MiB/],
    ["what unpacks to too much", gzipSync("[".repeat(2_000_000)), { "content-encoding": "gzip" }, 413, /1 MiB/],
    ["bad events alone", [{ id: "1" }, 7, null], {}, 400, /No event was taken: specversion/],
  ] as const)("is refused as %s", async (_, body, headers, status, detail) => {
    expect(await post(body, headers)).toEqual({ status, detail: expect.stringMatching(detail) });
    expect(await day()).toBe(undefined);
  });

  it("loses none of its events for one that is wrong, and says on the page which", async () => {
    const good = Array.from({ length: 99 }, (_, i) => scrape(`g${i}`, NOON - i * 30));
    const wrong = scrape("wrong", NOON, {}, { gpuAllocationMinutes: -1 });
    expect(await post([...good.slice(0, 50), wrong, ...good.slice(50)])).toMatchObject({ status: 204 });
    expect(await day()).toMatchObject({ events: 99, gpuMilliSeconds: 99 * 30_000, coverage: 1 });
    expect(await listRefusedReceived(ctx(), 9)).toMatchObject([
      { source: "collector", eventId: "wrong", reason: "gpuAllocationMinutes is not an amount: -1" },
    ]);
  });

  it("is 503 where it cannot be written, so that it is sent again", async () => {
    await db.write((tx) => tx.run(sql`drop table collector_days`));
    expect(await post([scrape("1", NOON)])).toMatchObject({ status: 503 });
    expect(await db.all(sql`select 1 as n from collector_events`)).toEqual([]);
  });
});

describe("an event", () => {
  it("counts once, however often it is sent", async () => {
    const batch = [scrape("1", NOON), scrape("2", NOON - 30)];
    for (let i = 0; i < 3; i++) expect((await post(batch)).status).toBe(204);
    expect(await day()).toMatchObject({ events: 2, repeats: 0, gpuMilliSeconds: 60_000 });
    // The same id of another source is another event.
    await post([scrape("1", NOON, { source: "second" })]);
    expect(await db.all(sql`select 1 as n from collector_events`)).toHaveLength(3);
  });

  it("of a second collector, or after a restart, is a repeat: the same time does not count twice", async () => {
    const times = Array.from({ length: 10 }, (_, i) => NOON - i * 30);
    await post(times.map((at, i) => scrape(`a${i}`, at)));
    await post(times.map((at, i) => scrape(`b${i}`, at - 4)));
    // Four seconds more at the beginning are less than half of an event.
    expect(await day()).toMatchObject({ events: 20, repeats: 10, gpuMilliSeconds: 300_000, coveredSeconds: 300 });
    // A gap is no repeat, and another workload of the same name is another.
    await post([scrape("c", NOON - 900), scrape("d", NOON, {}, { project: "other" })]);
    const days = await listReceivedDays(ctx(), { fromDay: 20261110, untilDay: 20261111 }, 9);
    expect(days.map((d) => [d.events, d.repeats, d.coveredSeconds])).toEqual([
      [21, 10, 330],
      [1, 0, 30],
    ]);
    expect(days[0]?.coverage).toBeCloseTo(330 / 930);
  });

  it("that does not say how long it took counts, and its coverage is unknown", async () => {
    await post([scrape("1", NOON, {}, { workloadMinutes: null })]);
    expect(await day()).toMatchObject({
      events: 1,
      unmeasured: 1,
      coveredSeconds: 0,
      coverage: null,
      utilisation: null,
    });
  });

  it.each([
    ["without a subject", { subject: "" }, {}, /^subject is missing/],
    ["of another version", { specversion: "0.3" }, {}, /specversion/],
    ["with a null id", { id: null }, {}, /^id is missing/],
    ["of the future", { time: formatInstant(NOON + 6 * MINUTE) }, {}, /5 minutes ahead/],
    ["older than ids are remembered", { time: formatInstant(NOON - 33 * DAY) }, {}, /older than 32 days/],
    ["with a time in words", { time: "yesterday" }, {}, /time is not an RFC 3339/],
    ["with a list as data", { data: [1] }, {}, /data is not an object/],
    ["with other data", { datacontenttype: "text/csv" }, {}, /datacontenttype/],
    ["without GPUs", {}, { gpuAllocationMinutes: null }, /no gpuAllocation/],
    ["with NaN", {}, { gpuAllocationMinutes: "NaN" }, /not an amount: "NaN"/],
    ["with a negative amount of another quantity", {}, { cpu_usage_core_minutes: -0.1 }, /cpu_usage_core_minutes/],
    ["with units that contradict", {}, { gpu_allocation_seconds: 31 }, /contradicts/],
    ["of two days", {}, { durationSeconds: 2 * DAY }, /more than a day/],
    ["that ends first", {}, { intervalStart: formatInstant(NOON + 1) }, /ends before it begins/],
    ["that corrects", {}, { revision: 2 }, /correction/],
    ["of an endless amount", {}, { gpuAllocationMinutes: 1e300 }, /too large/],
  ] as const)("%s is refused in words", (_, given, data, reason) => {
    expect(readEvent(scrape("1", NOON, given, data), NOON)).toMatchObject({ reason: expect.stringMatching(reason) });
  });

  it("property: what the ledger itself sends is read as it was, in every unit and style", () => {
    const amount = fc.integer({ min: 0, max: 8_000 * HOUR });
    fc.assert(
      fc.property(
        fc.constantFrom(...UNITS),
        fc.constantFrom(...NAMINGS),
        amount,
        amount,
        (unit, naming, gpus, used) => {
          const interval = { start: NOON - 2 * HOUR, end: NOON - HOUR };
          const amounts = { gpuAllocation: gpus, gpuUtilized: used * 10_000, workload: HOUR };
          const facts = {
            ...{ clusterId: "c", cluster: "c", nodePool: "p", gpuModel: "H100", workloadId: "w", workload: "train" },
            ...{ workloadType: "", project: "research", department: "", namespace: "", user: "" },
          };
          const change = { interval, revision: 0, amounts, subject: "train" };
          const event = buildEvent(mappingSchema.parse({ unit, naming }), facts, change);
          expect(readEvent(JSON.parse(JSON.stringify(event)), NOON)).toMatchObject({
            ...{ subject: "train", fromAt: interval.start, untilAt: interval.end, gpuMilliSeconds: gpus },
            ...{ utilisedMilliSeconds: used, facts: { "gpu model": "H100", "node pool": "p", "workload id": "w" } },
          });
        },
      ),
    );
  });

  it("property: never ends in a failure, whatever it is", () => {
    const attribute = fc.constantFrom("id", "source", "specversion", "type", "subject", "time", "data");
    fc.assert(
      fc.property(fc.dictionary(attribute, fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()), (a, data) => {
        const read = readEvent({ ...scrape("1", NOON), ...a, data }, NOON);
        expect("reason" in read ? read.reason.length : read.gpuMilliSeconds).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe.each(engines)("a batch on $name", (engine) => {
  it.skipIf(isAbsent(engine))("adds to its days, again and again", async () => {
    const store = (await engine.open()) as TestDb;
    const on = { ...ctx(), db: store.db };
    for (const at of [NOON, NOON - 30, NOON])
      await receiveEvents(on, [scrape(`${at}`, at), scrape(`again ${at}`, at), { id: "wrong" }]);
    expect(await listReceivedDays(on, { fromDay: 20261110, untilDay: 20261111 }, 9)).toMatchObject([
      { events: 4, repeats: 2, gpuMilliSeconds: 60_000, coveredSeconds: 60, firstAt: NOON - 60, lastAt: NOON },
    ]);
    expect(await listRefusedReceived(on, 9)).toHaveLength(3);
    await store.drop();
  });
});

it("forgets ids after more than 32 days, and keeps what they counted", async () => {
  await post([scrape("1", NOON)]);
  now = NOON + 34 * DAY;
  await post([scrape("2", now)]);
  expect(await db.all(sql`select 1 as n from collector_events`)).toHaveLength(1);
  expect(await day()).toMatchObject({ gpuMilliSeconds: 30_000 });
});
