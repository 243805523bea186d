import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PodFinder } from "@/lib/sources/find-pods.ts";
import { createPrometheusSource, type PrometheusSource } from "./index.ts";
import { describeWithPrometheus, startPrometheus, type TestPrometheus } from "./testing.ts";
import { matrix, quick, refusal, startServer } from "./testing-server.ts";

const T0 = 1_790_000_040; // a multiple of 60
const finder: PodFinder = {
  byName: (namespace, pod) => (namespace === "runai-a" ? { podId: `id-${pod}`, clusterId: "c1" } : null),
  byId: () => null,
  clusterOfNode: () => "c1",
  namespaces: () => ["runai-a"],
};

/** One OpenMetrics sample line. */
function sample(metric: string, labels: Record<string, string>, value: number | string, at: number): string {
  const inside = Object.entries(labels).map(([name, text]) => `${name}="${text}"`);
  return `${metric}{${inside.join(",")}} ${value} ${at}`;
}

const UTIL = "DCGM_FI_DEV_GPU_UTIL";
const card = (n: number) => ({ UUID: `GPU-${n}`, gpu: String(n), Hostname: "n1" });
const held = (n: number, pod: string) => ({ ...card(n), exported_namespace: "runai-a", exported_pod: pod });
const metric = (name: string, lines: string[]) => `# TYPE ${name} gauge\n${lines.join("\n")}\n`;

describeWithPrometheus("series, from a real Prometheus", () => {
  let peer: TestPrometheus;
  let source: PrometheusSource;
  const hour = Array.from({ length: 61 }, (_, i) => T0 + i * 60);
  beforeAll(async () => {
    const lines = [
      ...hour.map((t, i) => sample(UTIL, held(0, "aligned"), i, t)),
      // Scraped each 15 s, 7 s off the grid; nothing between the tenth and the twentieth minute.
      ...Array.from({ length: 240 }, (_, i) => T0 + 7 + i * 15)
        .filter((t) => t <= T0 + 600 || t > T0 + 1200)
        .map((t) => sample(UTIL, held(1, "gap"), (t - T0) % 100, t)),
      // A hand-over at T0 + 1830, inside a minute, without a staleness marker.
      ...hour.slice(0, 31).map((t) => sample(UTIL, held(2, "before"), 90, t + 1)),
      ...hour.slice(31).map((t) => sample(UTIL, held(2, "after"), 10, t - 20)),
      ...hour.slice(0, 5).map((t, i) => sample(UTIL, card(3), i === 2 ? "NaN" : i === 3 ? 2 ** 63 : 0, t)),
    ];
    const memory = hour.slice(0, 3).map((t) => sample("DCGM_FI_DEV_FB_USED", held(0, "aligned"), 40_000, t));
    peer = await startPrometheus({
      openmetrics: [metric(UTIL, lines) + metric("DCGM_FI_DEV_FB_USED", memory)],
      flags: ["--query.max-samples=300"],
    });
    source = createPrometheusSource({ url: peer.url, ...quick });
  });
  afterAll(async () => {
    await source?.close();
    await peer?.close();
  });

  const utilisation = async (start: number, end: number, step = 60) => {
    const { value, missing } = await source.read.samples.series({ start, end }, step, finder, "all");
    expect(missing).toEqual([]);
    return new Map(value.filter((s) => s.metric === "gpu_utilisation_percent").map((s) => [s.subjectId, s]));
  };

  it("returns the stored instants and values, the start but not the end", async () => {
    const found = (await utilisation(T0 + 600, T0 + 1800)).get("id-aligned");
    expect(found?.at).toEqual(hour.slice(10, 30));
    expect(found?.value).toEqual(Array.from({ length: 20 }, (_, i) => 10 + i));
  });

  it("returns the newest sample of each step, and none older than a step", async () => {
    const found = (await utilisation(T0, T0 + 3600)).get("id-gap");
    const expected = hour.slice(0, 60).flatMap((t) => {
      const newest = t - 8; // T0 + 7 + 15 k: the newest at or before t
      const isThere = newest >= T0 + 7 && newest > t - 60 && (newest <= T0 + 600 || newest > T0 + 1200);
      return isThere ? [[t, (newest - T0) % 100]] : [];
    });
    expect(found?.at.map((t, i) => [t, found.value[i]])).toEqual(expected);
    expect(found?.at.filter((t) => t > T0 + 600 && t <= T0 + 1200)).toEqual([]);
  });

  it("does not repeat a sample that is exactly one step old", async () => {
    const aligned = (await utilisation(T0 + 3540, T0 + 4200)).get("id-aligned");
    expect(aligned?.at).toEqual([T0 + 3540, T0 + 3600]);
    const fine = (await utilisation(T0, T0 + 300, 15)).get("id-aligned");
    expect(fine?.at).toEqual(hour.slice(0, 5));
  });

  it("hands a card over without sharing it", async () => {
    const found = await utilisation(T0, T0 + 3600);
    const [before, after] = [found.get("id-before"), found.get("id-after")];
    expect(before?.shared ?? after?.shared).toBeUndefined();
    expect(before?.at.at(-1)).toBeLessThan(after?.at[0] ?? 0);
    expect([...(before?.at ?? []), ...(after?.at ?? [])]).toEqual(hour.slice(1, 60));
  });

  it("leaves out NaN and sentinels", async () => {
    const free = [...(await utilisation(T0, T0 + 3600)).values()].find((s) => s.gpu === "GPU-3");
    expect(free?.at).toEqual([hour[0], hour[1], hour[4]]);
  });

  it("returns the same however the window is cut, at any step, also where the server refuses the whole", async () => {
    const flat = async (start: number, end: number, step: number) =>
      [...(await utilisation(start, end, step)).values()].flatMap((s) =>
        s.at.map((t, i) => [s.subjectId, t, s.value[i]].join()),
      );
    for (const step of [15, 60, 300]) {
      const whole = await flat(T0, T0 + 3600, step);
      for (const cut of [1, 600, 1830, 1860, 3599]) {
        const parts = [...(await flat(T0, T0 + cut, step)), ...(await flat(T0 + cut, T0 + 3600, step))];
        expect(parts.sort()).toEqual([...whole].sort());
      }
    }
    const before = source.requests();
    expect((await flat(T0, T0 + 3600, 1)).length).toBeGreaterThan(200);
    expect(source.requests() - before).toBeGreaterThan(9);
  });

  it("keeps below the 11,000-point rule", async () => {
    const found = (await utilisation(T0, T0 + 12_000, 1)).get("id-aligned");
    expect(found?.at).toEqual(hour);
  });

  it("asks one query for each metric, and one for both of a pair", async () => {
    await utilisation(T0, T0 + 60);
    const before = source.requests();
    await utilisation(T0, T0 + 3600);
    expect(source.requests() - before).toBe(8);
    expect(await source.read.samples.series({ start: T0 + 1, end: T0 + 59 }, 60, finder, "all")).toEqual({
      value: [],
      missing: [],
    });
    expect(source.requests() - before).toBe(8);
  });

  it("tests the connection: history is not now", async () => {
    const report = await source.connection();
    expect(report).toMatchObject({ ok: false, version: expect.stringMatching(/^Prometheus \d+\.\d+/) });
    expect(report.message).toContain("No DCGM_FI_DEV_GPU_UTIL series: is dcgm-exporter scraped?");
  });
});

describe("series, when the peer answers in part", () => {
  const one = (name: string) => {
    const isRunai = name.startsWith("runai");
    const labels = isRunai ? { pod_name: "p", pod_namespace: "runai-a", node: "n1", gpu: "0" } : held(0, "p");
    return { metric: labels, values: [[60, name.includes("_PROF_") ? "1" : "5"]] };
  };
  const ask = async (replyTo: (metric: string) => ReturnType<typeof matrix> | null) => {
    const server = await startServer((asked) => {
      const query = asked.form.get("query") ?? "";
      const name = /(\w+)\{?[^()]*\[/.exec(query)?.[1] ?? "";
      return asked.form.has("step") ? (replyTo(name) ?? matrix([one(name)])) : null;
    });
    const source = createPrometheusSource({ url: server.url, ...quick });
    try {
      return await source.read.samples.series({ start: 60, end: 120 }, 60, finder, "all");
    } finally {
      await source.close();
      await server.close();
    }
  };

  it("reports warnings with the metric they came with", async () => {
    const warned = (name: string) =>
      name.startsWith("runai_gpu_u") ? matrix([], { warnings: ["a store was lost"] }) : null;
    const { missing } = await ask(warned);
    expect(missing).toEqual([
      {
        kind: "failed",
        subject: "",
        metric: "gpu_utilisation_percent",
        cause: "runai_gpu_utilization_per_pod_per_gpu: The server warned: a store was lost",
      },
    ]);
  });

  it("goes on without a metric that failed, and without Run:ai's, whose cards it could not name", async () => {
    const { value, missing } = await ask((name) =>
      name === UTIL ? refusal(422, "execution", "no") : /_util(ization_gpu)?_ratio$/i.test(name) ? matrix([]) : null,
    );
    expect(value.map((s) => s.metric)).not.toContain("gpu_utilisation_percent");
    expect(value.every((s) => s.gpu === "GPU-0")).toBe(true);
    expect(missing.map((m) => m.cause.split(":")[0])).toEqual([
      UTIL,
      "runai_gpu_utilization_per_pod_per_gpu",
      "runai_gpu_memory_used_mebibytes_per_pod_per_gpu",
      "gpu_fractioning_gpu_sm_utilization_percent",
      "gpu_fractioning_gpu_memory_used_bytes",
    ]);
  });

  it("asks each of a pair alone where both together are not answered in full and by name", async () => {
    const pair = ["DCGM_FI_PROF_SM_ACTIVE", "DCGM_FI_PROF_DRAM_ACTIVE"];
    const named = (name: string, value: string) => ({
      metric: { __name__: name, ...held(0, "p") },
      values: [[60, value]],
    });
    const both = [named("DCGM_FI_PROF_SM_ACTIVE", "0.25"), named("DCGM_FI_PROF_DRAM_ACTIVE", "0.5")];
    const replies: [string, ReturnType<typeof matrix>, number][] = [
      ["whole", matrix(both), 1],
      ["in part", matrix(both, { warnings: ["a store was lost"] }), 3],
      ["without names", matrix([{ metric: held(0, "p"), values: [[60, "0.1"]] }]), 3],
      ["with a name that was not asked for", matrix([...both, named("DCGM_FI_DEV_FB_USED", "1")]), 3],
      ["refused", refusal(422, "execution", "same labelset"), 3],
    ];
    for (const [how, reply, queries] of replies) {
      let asked = 0;
      const server = await startServer(({ form }) => {
        const query = form.get("query") ?? "";
        const names = pair.filter((name) => query.includes(name));
        if (!form.has("step")) return null;
        if (!names.length) return matrix([]);
        asked++;
        return names.length === 2 ? reply : matrix([named(names[0] as string, names[0] === pair[0] ? "0.25" : "0.5")]);
      });
      const source = createPrometheusSource({ url: server.url, ...quick });
      const { value, missing } = await source.read.samples.series({ start: 60, end: 120 }, 60, finder, "all");
      await source.close();
      await server.close();
      const found = value.map((s) => [s.metric, s.value[0]]).sort();
      expect([how, asked, missing, found]).toEqual([
        how,
        queries,
        [],
        [
          ["dram_active_percent", 50],
          ["sm_active_percent", 25],
        ],
      ]);
    }
  });

  it("throws when nothing was answered", async () => {
    await expect(ask(() => refusal(422, "execution", "no"))).rejects.toThrow("could not evaluate the query");
  });
});
