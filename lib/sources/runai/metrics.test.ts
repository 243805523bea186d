import { afterEach, describe, expect, it } from "vitest";
import { silentLog } from "@/lib/log.ts";
import { formatInstant, parseInstant } from "@/lib/time.ts";
import { type MetricsAsk, MetricsReader, spansOf } from "./metrics.ts";
import { type Call, openClient, type Reply, startPeer } from "./testing.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const T0 = 1_760_000_400;
const typesOf = (call: Call) => (call.query.get("metricType") ?? "").split(",");
const point = (at: number, value = "1") => ({ value, timestamp: formatInstant(at) });
const measured = (type: string, labels?: Record<string, string>) => ({ type, labels, values: [point(T0)] });
const all = (call: Call): Reply => ({ json: { measurements: typesOf(call).map((type) => measured(type)) } });

async function reader(answer: (call: Call, nth: number) => Reply) {
  let nth = 0;
  const peer = await startPeer((call) =>
    call.path.endsWith("/token") ? { json: { accessToken: "t" } } : answer(call, nth++),
  );
  const { client, http } = openClient(peer.url);
  open.push(() => http.close(), peer.close);
  const metrics = new MetricsReader(client, silentLog);
  const read = (types: string[], more: Partial<MetricsAsk> = {}) =>
    metrics.read({
      path: "/api/v1/workloads/w/metrics",
      family: "workload c",
      window: { start: T0, end: T0 + 600 },
      groups: [{ types, stepSeconds: 15 }],
      ...more,
    });
  return { read, asked: () => peer.calls.filter((c) => !c.path.endsWith("/token")) };
}

describe("spansOf", () => {
  it.each([
    ["whole steps", [T0, T0 + 600], 15, [[0, 600, 40]]],
    ["unaligned edges grow to the step", [T0 + 1, T0 + 601], 15, [[0, 615, 41]]],
    [
      "at most 1,000 samples",
      [T0, T0 + 32_000],
      15,
      [
        [0, 15_000, 1000],
        [15_000, 30_000, 1000],
        [30_000, 32_010, 134],
      ],
    ],
    ["one step asks for the one before too", [T0, T0 + 15], 15, [[-15, 15, 2]]],
    ["nothing", [T0, T0], 15, []],
  ])("%s", (_, [start = 0, end = 0], step, expected) => {
    const spans = spansOf({ start, end }, step).map(({ span, samples }) => [span.start - T0, span.end - T0, samples]);
    expect(spans).toEqual(expected);
    for (const [from = 0, to = 0, samples = 0] of spans) expect((to - from) / samples).toBe(step);
  });
});

describe("MetricsReader", () => {
  it("asks for 9 types at a time, with aligned instants and the step's number of samples", async () => {
    const { read, asked } = await reader(all);
    const types = Array.from({ length: 12 }, (_, i) => `TYPE_${i}`);
    expect((await read(types)).missing).toEqual([]);
    expect(asked().map((c) => typesOf(c).length)).toEqual([9, 3]);
    const { query } = asked()[0] as Call;
    expect(query.get("numberOfSamples")).toBe("40");
    expect(parseInstant(query.get("start") ?? "")).toBe(T0);
    expect(parseInstant(query.get("end") ?? "")).toBe(T0 + 600);
  });

  it("asks again for what a 207 left out, and only that", async () => {
    const { read, asked } = await reader((call, nth) =>
      nth === 0
        ? { status: 207, json: { measurements: [measured("A"), { type: "B", values: null }] } }
        : nth === 1
          ? { status: 207, json: { measurements: [measured("B")] } }
          : all(call),
    );
    const answer = await read(["A", "B", "C"]);
    expect(asked().map(typesOf)).toEqual([["A", "B", "C"], ["B", "C"], ["C"]]);
    expect(answer.missing).toEqual([]);
    expect(answer.measurements.filter((m) => m.values?.length).map((m) => m.type)).toEqual(["A", "B", "C"]);
  });

  it("reports what stays out of three partial answers, and keeps the rest", async () => {
    const { read, asked } = await reader(() => ({
      status: 207,
      json: { measurements: [measured("A", { gpu: "0" }), { type: "A", labels: { gpu: "1" }, values: null }] },
    }));
    const answer = await read(["A", "B"]);
    expect(asked()).toHaveLength(3);
    expect(answer.missing.map((m) => m.type)).toEqual(["A", "B"]);
    expect(answer.missing[0]?.cause).toMatch(/stayed partial \(207\)/);
    expect(answer.measurements.some((m) => m.values?.length)).toBe(true);
  });

  it("does not take the cards of a partial answer for all cards", async () => {
    const type = "GPU_UTILIZATION_PER_GPU";
    const { read, asked } = await reader((_, nth) =>
      nth === 0
        ? { status: 207, json: { measurements: [measured(type, { gpu: "0" })] } }
        : { json: { measurements: [measured(type, { gpu: "0" }), measured(type, { gpu: "1" })] } },
    );
    const answer = await read([type]);
    expect(asked()).toHaveLength(2);
    expect(new Set(answer.measurements.map((m) => m.labels?.gpu))).toEqual(new Set(["0", "1"]));
    expect(answer.missing).toEqual([]);
  });

  it("takes null and empty values of a complete answer as no data, at once", async () => {
    const { read, asked } = await reader(() => ({
      json: { measurements: [measured("A"), { type: "B", values: null }, { type: "C", labels: null, values: [] }] },
    }));
    const answer = await read(["A", "B", "C"]);
    expect(asked()).toHaveLength(1);
    expect(answer.missing).toEqual([
      { type: "B", kind: "no-data", cause: "no data" },
      { type: "C", kind: "no-data", cause: "no data" },
    ]);
  });

  it("asks twice more for a type that a complete answer lacks, until it is known that the source leaves it out", async () => {
    let profiling = false;
    const { read, asked } = await reader((call) =>
      profiling
        ? all(call)
        : {
            json: {
              measurements: typesOf(call)
                .filter((t) => t !== "SM")
                .map((t) => measured(t)),
            },
          },
    );
    expect((await read(["A", "SM"])).missing).toEqual([{ type: "SM", kind: "no-data", cause: "no data" }]);
    expect(asked().map(typesOf)).toEqual([["A", "SM"], ["SM"], ["SM"]]);
    expect((await read(["A", "SM"])).missing).toEqual([{ type: "SM", kind: "no-data", cause: "no data" }]);
    expect(asked()).toHaveLength(4);
    profiling = true;
    expect((await read(["A", "SM"])).missing).toEqual([]);
  });

  it("drops 2.23+ types for an older version, and asks for them no more", async () => {
    const { read, asked } = await reader((call) =>
      typesOf(call).some((t) => t.startsWith("NIM_"))
        ? { status: 400, json: { code: 400, message: "metricType: NIM_NUM_REQUESTS_RUNNING is not one of the enum" } }
        : all(call),
    );
    const types = ["GPU_UTILIZATION", "NIM_NUM_REQUESTS_RUNNING", "NVLINK_BANDWIDTH_TOTAL"];
    expect((await read(types)).missing).toEqual([
      { type: "NIM_NUM_REQUESTS_RUNNING", kind: "no-data", cause: "no data" },
      { type: "NVLINK_BANDWIDTH_TOTAL", kind: "no-data", cause: "no data" },
    ]);
    await read(types);
    expect(asked().map(typesOf)).toEqual([types, ["GPU_UTILIZATION"], ["GPU_UTILIZATION"]]);
  });

  it("finds a single unknown type among the rest", async () => {
    const { read, asked } = await reader((call) =>
      typesOf(call).includes("GPU_SPARKLE")
        ? { status: 400, json: { message: "metricType must be one of A, B" } }
        : all(call),
    );
    expect((await read(["A", "GPU_SPARKLE", "B"])).missing).toEqual([
      { type: "GPU_SPARKLE", kind: "no-data", cause: "no data" },
    ]);
    await read(["A", "GPU_SPARKLE", "B"]);
    expect(asked().at(-1)?.query.get("metricType")).toBe("A,B");
  });

  it("does not blame the types for a refusal of something else", async () => {
    const { read, asked } = await reader(() => ({ status: 400, json: { message: "end is in the future" } }));
    await expect(read(["A", "NIM_X"])).rejects.toThrow("end is in the future");
    await expect(read(["A", "B"])).rejects.toThrow("400");
    expect(asked().map(typesOf)).toEqual([["A", "NIM_X"], ["A"], ["A", "B"]]);
  });

  it("keeps the calls that succeeded when one fails, and says which part is missing", async () => {
    const window = { start: T0, end: T0 + 30_000 };
    const { read } = await reader((call) =>
      parseInstant(call.query.get("start") ?? "") === T0 ? all(call) : { status: 500, json: {} },
    );
    const answer = await read(["A"], { window });
    expect(answer.measurements).toHaveLength(1);
    expect(answer.missing).toEqual([{ type: "A", kind: "failed", cause: expect.stringContaining("is failing (500)") }]);
  });

  it("throws when nothing could be had, but not for a subject that is unknown or barred", async () => {
    const down = await reader(() => ({ status: 503 }));
    await expect(down.read(["A"])).rejects.toMatchObject({ code: "source_unavailable" });
    const gone = await reader(() => ({ status: 404, json: {} }));
    expect((await gone.read(["A"])).missing).toEqual([
      { type: "A", kind: "gone", cause: expect.stringContaining("no longer (404)") },
    ]);
    const barred = await reader(() => ({ status: 403, json: {} }));
    expect((await barred.read(["A"])).missing[0]?.cause).toMatch(/access rule/);
  });
});
