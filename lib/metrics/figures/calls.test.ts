import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { expect, it } from "vitest";
import { openSqlite } from "@/db/sqlite.ts";
import { Http } from "@/lib/http.ts";
import { silentLog } from "@/lib/log.ts";
import { expose } from "@/lib/metrics/exposition.ts";
import { callGroup } from "@/lib/metrics/figures/calls.ts";
import { CALL_BOUNDS_MS, CallTimes, NO_BOUND } from "@/lib/sources/call-times.ts";
import { listCallTimes, saveCallTimes } from "@/lib/sync/call-times-store.ts";

it("counts each call in the first class that it fits, once, until it is taken", () => {
  const times = new CallTimes();
  for (const ms of [25, 26, 60_000, 60_001]) times.add("answered", ms);
  times.add("timeout", -1);
  expect(times.take().map((t) => [t.outcome, t.boundMs, t.calls, t.tookMs])).toEqual([
    ["answered", 25, 1, 25],
    ["answered", 50, 1, 26],
    ["answered", 60_000, 1, 60_000],
    ["answered", NO_BOUND, 1, 60_001],
    ["timeout", 25, 1, 0],
  ]);
  expect(times.take()).toEqual([]);
});

it("is what became of each request to a peer, retries included", async () => {
  const server = createServer((request, response) => {
    if (request.url === "/slow") return;
    response.statusCode = request.url === "/busy" ? 503 : 200;
    response.end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const retries = { retryCount: 1, retryWaitMs: 1, retryMaxWaitMs: 1 };
  const times = new CallTimes();
  const http = new Http({
    ...retries,
    timeoutMs: 200,
    deadlineMs: 5000,
    concurrency: 1,
    log: silentLog,
    observe: times.add,
  });
  const send = (path: string, base = url) => http.send({ method: "GET", url: base + path }).catch(() => undefined);
  for (const path of ["/", "/busy", "/slow"]) await send(path);
  await send("/", "http://127.0.0.1:1");
  const calls = new Map<string, number>();
  for (const { outcome, calls: n } of times.take()) calls.set(outcome, (calls.get(outcome) ?? 0) + n);
  expect(Object.fromEntries(calls)).toEqual({ answered: 1, refused: 2, timeout: 2, unreachable: 2 });
  await http.close();
  server.closeAllConnections();
  server.close();
});

it("property: what several processes add in any parts is one histogram that grows with its bounds", async () => {
  const call = fc.record({ outcome: fc.constantFrom("answered", "refused"), ms: fc.nat(90_000) });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(call, { maxLength: 8 }), { maxLength: 5 }), async (parts) => {
      const db = await openSqlite(":memory:");
      const [one, other] = [new CallTimes(), new CallTimes()];
      for (const [i, part] of parts.entries()) {
        const times = i % 2 ? one : other;
        for (const { outcome, ms } of part) times.add(outcome as "answered", ms);
        await saveCallTimes(db, { takeCallTimes: () => [{ source: "runai", times: times.take() }] });
      }
      const all = parts.flat();
      expect((await listCallTimes(db)).reduce((sum, c) => sum + c.calls, 0)).toBe(all.length);
      const { gpu_ledger_source_request_duration_seconds: samples } = await callGroup.read({ db } as never);
      for (const { labels, value, buckets = [], sum } of samples) {
        const own = all.filter((c) => c.outcome === labels.outcome);
        expect(value).toBe(own.length);
        expect(sum).toBeCloseTo(own.reduce((total, c) => total + c.ms, 0) / 1000);
        expect(buckets.map((b) => b.count)).toEqual(
          CALL_BOUNDS_MS.map((bound) => own.filter((c) => c.ms <= bound).length),
        );
      }
      await db.close();
    }),
    { numRuns: 25 },
  );
});

it.each(["text", "openmetrics"] as const)("is written as a histogram of Prometheus: %s", async (format) => {
  const [metric] = callGroup.metrics;
  if (!metric) throw new Error("no metric");
  const labels = { source: "runai", outcome: "answered" };
  const samples = [{ labels, value: 3, buckets: [{ seconds: 0.5, count: 2 }], sum: 4.25 }];
  const text = await expose([{ ...metric, samples }], format);
  const lines = text.split("\n").filter((line) => line.startsWith(metric.name));
  expect(text).toContain(`# TYPE ${metric.name} histogram\n`);
  expect(lines.map((line) => line.slice(metric.name.length))).toEqual([
    '_bucket{source="runai",outcome="answered",le="0.5"} 2',
    '_bucket{source="runai",outcome="answered",le="+Inf"} 3',
    '_sum{source="runai",outcome="answered"} 4.25',
    '_count{source="runai",outcome="answered"} 3',
  ]);
});
