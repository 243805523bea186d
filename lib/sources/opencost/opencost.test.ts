import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLog } from "@/lib/log.ts";
import type { Listener } from "@/simulator/http.ts";
import { type OpencostOptions, startOpencost } from "@/simulator/opencost.ts";
import { createOpencostSource } from "./index.ts";
import { reshape } from "./reshape.ts";

const DAY = Date.UTC(2026, 9, 30) / 1000;
const day = { start: DAY, end: DAY + 86_400 };
const http = { timeoutMs: 5000, retryCount: 1, retryWaitMs: 1, retryMaxWaitMs: 2, deadlineMs: 10_000, concurrency: 5 };
const all = { cpu: 0, memory: 0, storage: 0, network: 0, "load-balancer": 0 };

let fault: ReturnType<NonNullable<OpencostOptions["fault"]>> = null;
let peer: Listener;
let source: ReturnType<typeof createOpencostSource>;
beforeEach(async () => {
  fault = null;
  peer = await startOpencost({
    pods: [
      { namespace: "runai-vision", start: DAY, end: DAY + 36_000, cpuCores: 8, ramGib: 64, gpus: 1 },
      { namespace: "web", start: DAY - 86_400, end: DAY + 172_800, cpuCores: 2, ramGib: 4, gpus: 0 },
    ],
    rates: { cpu: 0.03, ramGib: 0.004, gpu: 0.95 },
    unmounted: 1.2,
    fault: () => fault,
  });
  source = createOpencostSource({ url: peer.url, http, log: silentLog });
});
afterEach(async () => {
  await source.close();
  await peer.close();
});

describe("OpenCost as a source", () => {
  it("gives cost by namespace in micro-units, with what no namespace has, and no idle capacity", async () => {
    expect(await source.read.costs(day)).toEqual({
      value: [
        {
          ...{ namespace: "runai-vision", parts: { ...all, cpu: 2_400_000, memory: 2_560_000 } },
          ...{ gpuMicros: 9_500_000, gpuMilliHours: 10_000 },
        },
        { namespace: "web", parts: { ...all, cpu: 1_440_000, memory: 384_000 }, gpuMicros: 0, gpuMilliHours: 0 },
        { namespace: "", parts: { ...all, storage: 1_200_000 }, gpuMicros: 0, gpuMilliHours: 0 },
      ],
      missing: [],
    });
    fault = "old";
    expect((await source.read.costs(day)).missing).toEqual([]);
  });

  it("adds up over any split of a day", async () => {
    const sumOf = async (start: number, end: number) => {
      const { value } = await source.read.costs({ start, end });
      return value.reduce((sum, row) => sum + (row.parts.cpu ?? 0) + (row.gpuMicros ?? 0), 0);
    };
    const [whole, first, second] = [
      await sumOf(day.start, day.end),
      await sumOf(day.start, DAY + 7200),
      await sumOf(DAY + 7200, day.end),
    ];
    expect(first + second).toBe(whole);
  });

  it.each(["empty", "null-map"] as const)("takes an answer without a row as unknown, never as 0 (%s)", async (kind) => {
    fault = kind;
    expect(await source.read.costs(day)).toMatchObject({ value: [], missing: [{ kind: "no-data", subject: "" }] });
  });

  it("keeps what is not a number apart from 0, and says which", async () => {
    fault = "nan";
    const { value, missing } = await source.read.costs(day);
    expect(value[1]).toMatchObject({ namespace: "web", parts: { cpu: null, memory: 384_000 } });
    expect(missing[1]).toMatchObject({
      kind: "failed",
      subject: "web",
      cause: "OpenCost's row of web: cpu without a number.",
    });
  });

  it("reports parts that do not add up to the total, another window, and warnings", async () => {
    fault = "wrong-total";
    expect((await source.read.costs(day)).missing[0]?.cause).toMatch(/parts do not add up to its total/);
    fault = "other-window";
    expect((await source.read.costs(day)).missing[0]).toMatchObject({
      ...{ subject: "", cause: expect.stringContaining("not what was asked") },
    });
    fault = "warning";
    expect((await source.read.costs(day)).missing).toMatchObject([
      { subject: "", cause: "OpenCost warns: some data is missing" },
    ]);
  });

  it("says what a refusal says, and where it is not OpenCost", async () => {
    fault = "error";
    await expect(source.read.costs(day)).rejects.toThrow(/answered 500: .*error querying Prometheus/);
    fault = null;
    await expect(source.read.costs({ start: DAY, end: DAY })).rejects.toThrow(/400: Invalid 'window' parameter/);
    expect(await source.connection()).toMatchObject({ ok: true, message: "Connected." });
    const wrong = createOpencostSource({ url: `${peer.url}/model`, http, log: silentLog });
    expect(await wrong.connection()).toMatchObject({ ok: false, message: expect.stringContaining("port 9003") });
    await wrong.close();
  });
});

describe("a row of OpenCost", () => {
  const row = {
    window: null,
    cpuCost: 1,
    ramCost: 1,
    pvCost: 0,
    networkCost: 0,
    loadBalancerCost: 0,
    gpuCost: 4,
    gpuHours: 8,
  };

  it("has its corrections in it, and unknown ones make it unknown", () => {
    const read = (more: object) => reshape([{ a: { ...row, ...more } }], day).value[0];
    expect(read({ cpuCostAdjustment: -0.25, gpuCostAdjustment: 1 })).toMatchObject({
      parts: { cpu: 750_000 },
      gpuMicros: 5_000_000,
    });
    expect(read({ cpuCostAdjustment: null })).toMatchObject({ parts: { cpu: null } });
  });

  it("leaves idle, shared and external cost out, and adds steps up", () => {
    const idle = { "cluster-one/__idle__": row, __external__: row, __shared__: row };
    expect(reshape([{ a: row, ...idle }, { a: row }], day).value).toMatchObject([
      { namespace: "a", parts: { cpu: 2_000_000 }, gpuMicros: 8_000_000, gpuMilliHours: 16_000 },
    ]);
  });

  it("never reads gpuEfficiency", () => {
    const without = reshape([{ a: row }], day);
    expect(reshape([{ a: { ...row, gpuEfficiency: 0.11, gpuAllocation: { gpuUsageAverage: null } } }], day)).toEqual(
      without,
    );
  });
});
