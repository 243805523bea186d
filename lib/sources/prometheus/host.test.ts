import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PodFinder } from "@/lib/sources/find-pods.ts";
import type { Series } from "@/lib/sources/source.ts";
import { createPrometheusSource, type PrometheusSource } from "./index.ts";
import { describeWithPrometheus, startPrometheus, type TestPrometheus } from "./testing.ts";
import { matrix, quick, refusal, startServer } from "./testing-server.ts";

const T0 = 1_790_000_040; // a multiple of 60
const HALF = T0 + 1800;
const CPU = "container_cpu_usage_seconds_total";
const MEMORY = "container_memory_working_set_bytes";
const MIB = 2 ** 20;

/** Knows the pods `worker` (which `again` follows under the same name) and `one` of two namespaces whose names are patterns. */
const finder: PodFinder = {
  byName: (namespace, pod, at) => {
    if (namespace === "runai-a.b" && pod === "worker")
      return { podId: at.end > HALF ? "again" : "first", clusterId: "c1" };
    return namespace === "team+x" && pod === "one" ? { podId: "one", clusterId: "c2" } : null;
  },
  byId: () => null,
  clusterOfNode: () => "c1",
  namespaces: () => ["", "runai-a.b", "team+x"],
};

interface Line {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** A counter that grows by `cores` each second, or a level, scraped every 30 s, 11 s off the grid. */
function history(name: string, labels: Line, from: number, to: number, value: (at: number) => number): string[] {
  const inside = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
  const out: string[] = [];
  for (let at = from + 11; at < to; at += 30) out.push(`${name}{${inside.join(",")}} ${value(at)} ${at}`);
  return out;
}

const worker = (container: string): Line => ({ namespace: "runai-a.b", pod: "worker", container });
const one: Line = { namespace: "team+x", pod: "one", container: "main" };
const system: Line = { namespace: "kube-system", pod: "one", container: "main" };
const unknown: Line = { namespace: "runai-a.b", pod: "unknown", container: "main" };

function openmetrics(): string {
  const end = T0 + 3600;
  const grows = (cores: number, from = T0) => [from, end, (at: number) => 5000 + cores * (at - from)] as const;
  const cpu = [
    ...history(CPU, worker("main"), ...grows(2)),
    ...history(CPU, worker("sidecar"), ...grows(0.25)),
    ...history(CPU, worker(""), ...grows(2.25)),
    ...history(CPU, worker("POD"), ...grows(1)),
    ...history(CPU, one, ...grows(0.5)),
    ...history(CPU, system, ...grows(9)),
    ...history(CPU, unknown, ...grows(9)),
  ];
  const memory = [
    ...history(MEMORY, worker("main"), T0, end, (at) => (at - T0) * MIB),
    ...history(MEMORY, worker("sidecar"), T0, end, () => 100 * MIB),
    ...history(MEMORY, worker(""), T0, end, () => 9000 * MIB),
    ...history(MEMORY, one, T0 + 600, T0 + 1200, () => 1.5 * MIB),
  ];
  return `# TYPE ${CPU.replace("_total", "")} counter\n${cpu.join("\n")}\n# TYPE ${MEMORY} gauge\n${memory.join("\n")}\n`;
}

describeWithPrometheus("CPU and memory of the host, from a real Prometheus", () => {
  let peer: TestPrometheus;
  let source: PrometheusSource;
  beforeAll(async () => {
    peer = await startPrometheus({ openmetrics: [openmetrics()] });
    source = createPrometheusSource({ url: peer.url, ...quick });
  });
  afterAll(async () => {
    await source?.close();
    await peer?.close();
  });

  const read = async (start: number, end: number, step = 60, cluster?: string) => {
    const one = cluster ? createPrometheusSource({ url: peer.url, ...quick, clusters: [cluster] }) : source;
    const { value, missing } = await one.read.samples.series({ start, end }, step, finder, "metering");
    if (cluster) await one.close();
    expect(missing).toEqual([]);
    expect(value.every((s) => s.subjectKind === "pod" && s.gpu === "" && s.node === undefined)).toBe(true);
    return new Map<string, Series>(value.map((s) => [`${s.clusterId} ${s.subjectId} ${s.metric}`, s]));
  };

  it("sums a pod's containers, and returns only the pods that are known", async () => {
    const found = await read(T0 + 600, T0 + 1200);
    expect([...found.keys()]).toEqual([
      "c1 first cpu_cores",
      "c1 first cpu_memory_mib",
      "c2 one cpu_cores",
      "c2 one cpu_memory_mib",
    ]);
    const cpu = found.get("c1 first cpu_cores");
    expect(cpu?.at).toEqual(Array.from({ length: 10 }, (_, i) => T0 + 600 + i * 60));
    expect(new Set(cpu?.value)).toEqual(new Set([2.25]));
    expect(new Set(found.get("c2 one cpu_cores")?.value)).toEqual(new Set([0.5]));
  });

  it("returns the newest memory of each step, and no point without a sample", async () => {
    const found = await read(T0, T0 + 1800);
    const memory = found.get("c1 first cpu_memory_mib");
    // Scrapes 11 s and 41 s after each minute: the newest at a minute is 19 s old.
    expect(memory?.at).toEqual(Array.from({ length: 29 }, (_, i) => T0 + 60 + i * 60));
    expect(memory?.value).toEqual(memory?.at.map((t) => t - T0 - 19 + 100));
    const one = found.get("c2 one cpu_memory_mib");
    expect(one?.at).toEqual(Array.from({ length: 10 }, (_, i) => T0 + 660 + i * 60));
    expect(new Set(one?.value)).toEqual(new Set([1.5]));
  });

  it("assigns the points to the pod that had the name at the time", async () => {
    const found = await read(T0, T0 + 3600);
    const [first, again] = ["first", "again"].map((id) => found.get(`c1 ${id} cpu_cores`));
    expect(first?.at.at(-1)).toBeLessThan(HALF);
    expect(again?.at[0]).toBe((first?.at.at(-1) ?? 0) + 60);
    expect(again?.at.at(-1)).toBe(T0 + 3540);
  });

  it.each([15, 60, 300])("returns the same however the window is cut, at a step of %d s", async (step) => {
    const flat = async (start: number, end: number) =>
      [...(await read(start, end, step)).entries()].flatMap(([key, s]) =>
        s.at.map((t, i) => `${key} ${t} ${s.value[i]}`),
      );
    const whole = (await flat(T0, T0 + 3600)).sort();
    expect(whole.length).toBeGreaterThan(20);
    for (const cut of [600, 1801])
      expect([...(await flat(T0, T0 + cut)), ...(await flat(T0 + cut, T0 + 3600))].sort()).toEqual(whole);
  });

  it("takes no pod of another cluster than the one that is set", async () => {
    const found = await read(T0 + 600, T0 + 1200, 60, "c2");
    expect([...found.keys()]).toEqual(["c2 one cpu_cores", "c2 one cpu_memory_mib"]);
  });
});

describe("CPU and memory of the host, of a peer with limits", () => {
  const card = { UUID: "GPU-0", gpu: "0", Hostname: "n1" };
  const pod = { namespace: "team+x", pod: "one" };
  const ask = async (host: (query: string) => ReturnType<typeof matrix>, known = finder, step = 60) => {
    const queries: string[] = [];
    const server = await startServer(({ form }) => {
      const query = form.get("query") ?? "";
      if (!form.has("step")) return null;
      if (!query.includes("container_")) return matrix([{ metric: card, values: [[600, "5"]] }]);
      queries.push(query);
      return host(query);
    });
    const source = createPrometheusSource({ url: server.url, ...quick });
    try {
      return {
        ...(await source.read.samples.series({ start: 600, end: 600 + step }, step, known, "metering")),
        queries,
      };
    } finally {
      await source.close();
      await server.close();
    }
  };

  it.each([
    [15, "120s", "14999ms"],
    [300, "300s", "299999ms"],
  ])("asks for the known namespaces only, at a step of %d s", async (step, cpu, memory) => {
    const { queries } = await ask(() => matrix([]), finder, step);
    const LABELS = "clusterId, cluster, cluster_id";
    const where = '{container!="",container!="POD",namespace=~"runai-a\\\\.b|team\\\\+x"}';
    expect(queries.sort()).toEqual([
      `sum by (namespace, pod, ${LABELS}) (max by (namespace, pod, container, ${LABELS}) (last_over_time(${MEMORY}${where}[${memory}])))`,
      `sum by (namespace, pod, ${LABELS}) (max by (namespace, pod, container, ${LABELS}) (rate(${CPU}${where}[${cpu}])))`,
    ]);
  });

  it("asks nothing where no pod is known", async () => {
    const { queries, value, missing } = await ask(() => matrix([]), { ...finder, namespaces: () => [] });
    expect([queries, missing]).toEqual([[], []]);
    expect(value.length).toBeGreaterThan(0);
  });

  it("takes the answer of a server without cAdvisor's series as complete", async () => {
    const { value, missing } = await ask(() => matrix([]));
    expect(missing).toEqual([]);
    expect(value.every((s) => s.subjectKind !== "pod")).toBe(true);
  });

  it("reports what failed, and returns the cards and the other metric all the same", async () => {
    const { value, missing } = await ask((query) =>
      query.includes(CPU)
        ? refusal(422, "execution", "too many samples")
        : matrix([{ metric: pod, values: [[600, String(3 * MIB)]] }], { warnings: ["a store was lost"] }),
    );
    expect(missing.map((m) => [m.subject, m.metric, m.cause.split(":")[0]])).toEqual([
      ["", "cpu_cores", CPU],
      ["", "cpu_memory_mib", MEMORY],
    ]);
    expect(value.some((s) => s.metric === "gpu_utilisation_percent")).toBe(true);
    expect(value.filter((s) => s.subjectKind === "pod")).toEqual([
      {
        clusterId: "c2",
        subjectKind: "pod",
        subjectId: "one",
        gpu: "",
        metric: "cpu_memory_mib",
        at: [600],
        value: [3],
      },
    ]);
  });

  it("leaves out what cannot be", async () => {
    const odd = [
      { metric: pod, values: [[600, "-1"]] },
      { metric: {}, values: [[600, "1"]] },
    ];
    const { value, missing } = await ask(() => matrix(odd));
    expect(missing).toEqual([]);
    expect(value.filter((s) => s.subjectKind === "pod")).toEqual([]);
  });
});
