import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { SPEECH, seedSixtyDays, TODAY } from "@/lib/budgets/testing-ledger.ts";
import { ctxOf, NOW } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { createPrometheusSource } from "@/lib/sources/prometheus/index.ts";
import {
  type Asked,
  quick,
  type Reply,
  startServer,
  type TestServer,
  vector,
} from "@/lib/sources/prometheus/testing-server.ts";
import { addDays, DAY, dayOfKey, HOUR } from "@/lib/time.ts";
import { defineUnit } from "./changes.ts";
import { readDueCounts } from "./read-counts.ts";
import { listCounts } from "./store.ts";
import { loadUnitViews } from "./unit-views.ts";

let ledger: TestDb;
let ctx: Ctx;
let server: TestServer;
let reply: (asked: Asked) => Reply | null;
const YESTERDAY = addDays(TODAY, -1);

beforeAll(async () => {
  ledger = await sqliteFile();
  await seedSixtyDays(ledger.db);
  ctx = ctxOf(ledger.db);
  server = await startServer((asked) =>
    asked.form.get("query")?.includes("count_over_time") ? vector("1") : reply(asked),
  );
});
afterAll(async () => {
  await server.close();
  await ledger.drop();
});

async function readWith(answer: typeof reply, now = NOW): Promise<number> {
  reply = answer;
  const source = createPrometheusSource({ url: server.url, ...quick, http: { ...quick.http, retryCount: 0 } });
  try {
    const read = source.read.counts;
    if (!read) throw new Error("no counts");
    return await readDueCounts({ ...ctx, now: () => now }, read, { horizon: now, retention: 30 * DAY });
  } finally {
    await source.close();
  }
}
const isUp = (asked: Asked) => asked.form.get("query") === "count(up)";

describe("counts of a query", () => {
  let key: number;
  const day = async () => (await loadUnitViews(ctx, { from: YESTERDAY, until: TODAY }, key))[0];

  it("are read hour by hour up to now, once each, and make a day known when all of its hours are", async () => {
    key = await defineUnit(ctx, {
      ...{ name: "Tokens", noun: "token", per: 1_000_000, scope: { kind: "team", value: String(SPEECH) } },
      ...{ source: "query", query: "sum(increase(vllm:generation_tokens_total[$window]))", countsFromDay: YESTERDAY },
      thresholdMicros: 1_000_000,
    });
    const gap = NOW - 30 * HOUR;
    const hourly = (asked: Asked) =>
      isUp(asked) ? vector("5") : Number(asked.form.get("time")) === gap ? vector() : vector("1000000.5");
    expect(await readWith(hourly)).toBe(36);
    const queries = server.asked.map((a) => a.form.get("query"));
    expect(queries).toContain("sum(increase(vllm:generation_tokens_total[3600s]))");
    expect((await day())?.newest).toBeNull();
    expect(await readWith(hourly)).toBe(0);
    // The missing hour is requested again while it is young, and is then older than a day.
    expect(await readWith(() => vector("1000000"), NOW + 2 * HOUR)).toBe(2);
  });

  it("without a series are zero only where the unit says so, and the source was there", async () => {
    const base = {
      noun: "request",
      per: 1 as const,
      scope: { kind: "team" as const, value: String(SPEECH) },
      source: "query" as const,
    };
    const more = { ...base, query: "sum(increase(r[$window]))", countsFromDay: YESTERDAY, emptyIsZero: true };
    const zero = await defineUnit(ctx, { ...more, name: "Zero" });
    await readWith((asked) => (isUp(asked) ? vector("5") : vector()));
    const [view] = await loadUnitViews(ctx, { from: YESTERDAY, until: TODAY }, zero);
    expect(view?.days[0]?.countMilli).toBe(0);
    const gone = await defineUnit(ctx, { ...more, name: "Gone" });
    await readWith(() => vector());
    const [unknown] = await loadUnitViews(ctx, { from: YESTERDAY, until: TODAY }, gone);
    expect(unknown?.days[0]?.countMilli).toBeNull();
  });

  it("that an outage of days kept back are read once the source is back, the oldest of them, too", async () => {
    const late = await defineUnit(ctx, {
      ...{ name: "Late", noun: "call", per: 1, scope: { kind: "team", value: String(SPEECH) }, source: "query" },
      ...{ query: "sum(increase(calls[$window]))", countsFromDay: addDays(TODAY, -3) },
    });
    const first = dayOfKey(addDays(TODAY, -3), ctx.ledger.zone);
    const answer = (now: number) =>
      readWith(() => (now < NOW + 2 * DAY ? { status: 503, body: {} } : vector("2")), now);
    for (let hour = 0; hour < 48; hour += 2) await answer(NOW + hour * HOUR);
    for (let hour = 48; hour < 72; hour += 2) await answer(NOW + hour * HOUR);
    const counts = await listCounts(ctx.db, [late], { from: addDays(TODAY, -3), until: addDays(TODAY, 2) });
    expect(counts.length).toBe((dayOfKey(addDays(TODAY, 1), ctx.ledger.zone).end - first.start) / HOUR);
    expect(counts.filter((c) => c.countMilli !== 2000)).toEqual([]);
  });

  it("a query that the source refuses is tried once in a run", async () => {
    await defineUnit(ctx, {
      ...{ name: "Broken", noun: "x", per: 1, scope: { kind: "team", value: String(SPEECH) }, source: "query" },
      ...{ query: "sum(($window", countsFromDay: YESTERDAY },
    });
    const refusal = { status: 400, body: { status: "error", errorType: "bad_data", error: "parse error" } };
    expect(await readWith((asked) => (asked.form.get("query")?.startsWith("sum((") ? refusal : vector("5")))).toBe(1);
  });
});
