import { afterEach, describe, expect, it } from "vitest";
import { formatInstant, parseInstant } from "@/lib/time.ts";
import { createRunaiSource, type RunaiSettings } from "./index.ts";
import { type Call, quickHttp, type Reply, runaiSettings, startPeer } from "./testing.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const T0 = 1_760_000_400;
const HOUR = { start: T0, end: T0 + 3600 };
const CLUSTER = {
  uuid: "c",
  name: "prod",
  version: "2.22.4",
  status: { state: "Connected" },
  createdAt: "2024-01-01T00:00:00Z",
};

async function source(answer: (call: Call) => Reply, more: Partial<RunaiSettings> = {}) {
  const peer = await startPeer((call) =>
    call.path.endsWith("/token") ? { json: { accessToken: "t" } } : answer(call),
  );
  const runai = createRunaiSource(runaiSettings(peer.url, more));
  open.push(() => runai.close(), peer.close);
  return { runai, asked: () => peer.calls.filter((c) => !c.path.endsWith("/token")), peer };
}

/** Answers every metrics call in full at the step asked for, as the real one does: one point each step from the start. */
function metrics(call: Call): Reply {
  const start = parseInstant(call.query.get("start") ?? "") ?? 0;
  const end = parseInstant(call.query.get("end") ?? "") ?? 0;
  const samples = Number(call.query.get("numberOfSamples"));
  const values = Array.from({ length: samples }, (_, i) => {
    return { value: "50", timestamp: formatInstant(start + (i * (end - start)) / samples) };
  });
  const types = (call.query.get("metricType") ?? "").split(",");
  const gpus = (type: string) => (type.endsWith("_PER_GPU") ? ["0", "1"] : [""]);
  const measurements = types.flatMap((type) =>
    gpus(type).map((gpu) => ({ type, labels: gpu ? { gpu } : null, values })),
  );
  return { json: { measurements } };
}

describe("facts", () => {
  it("reads nodes from one list, else from each cluster's", async () => {
    const node = (name: string, clusterUuid: string) => ({ id: name, name, clusterUuid, status: "Ready" });
    const recent = await source(() => ({ json: { nodes: [node("a", "c"), node("b", "d"), node("x", "other")] } }));
    expect((await recent.runai.read.inventory.nodes(["c", "d"])).items.map((n) => n.name)).toEqual(["a", "b"]);
    for (const status of [404, 405]) {
      const older = await source(({ path }) => {
        const uuid = /clusters\/(\w+)\/nodes/.exec(path)?.[1];
        return uuid ? { json: { nodes: [{ name: `${uuid}-1`, status: "Ready" }] } } : { status, json: {} };
      });
      expect((await older.runai.read.inventory.nodes(["c", "d"])).items.map((n) => [n.clusterId, n.name])).toEqual([
        ["c", "c-1"],
        ["d", "d-1"],
      ]);
    }
  });

  it("takes a version without node pools or history as empty, and a missing workload list as a failure", async () => {
    const { runai } = await source(() => ({ status: 404, json: {} }));
    expect(await runai.read.inventory.nodePools()).toEqual([]);
    expect(await runai.read.phases("w")).toEqual([]);
    await expect(runai.read.inventory.workloads("active").next()).rejects.toMatchObject({ code: "source_unavailable" });
  });

  it("asks for deleted ones apart, and for all pods", async () => {
    const { runai, asked } = await source(({ path }) => ({
      json: path.endsWith("/count") ? { count: 0 } : path.endsWith("pods") ? { pods: [] } : { workloads: [] },
    }));
    for (const list of [
      runai.read.inventory.workloads("active"),
      runai.read.inventory.workloads("deleted"),
      runai.read.inventory.pods("active"),
      runai.read.inventory.pods("deleted"),
    ])
      for await (const _ of list) expect.unreachable();
    const lists = asked().filter((c) => !c.path.endsWith("/count"));
    expect(lists.map((c) => [c.path, c.query.get("deleted"), c.query.get("completed")])).toEqual([
      ["/api/v1/workloads", null, null],
      ["/api/v1/workloads", "true", null],
      ["/api/v1/workloads/pods", null, null],
      ["/api/v1/workloads/pods", "true", null],
    ]);
  });

  it("counts its requests", async () => {
    const { runai } = await source(() => ({ json: [CLUSTER] }));
    await runai.read.inventory.clusters();
    await runai.read.inventory.clusters();
    expect(runai.requests()).toBe(3);
  });
});

describe("samples", () => {
  it("asks a workload's 12 metrics in two calls, the slow ones at a coarse step", async () => {
    const { runai, asked } = await source(metrics);
    const answer = await runai.read.samples.workload("c", "w", HOUR, 15);
    const calls = asked().map((c) => [c.query.get("metricType")?.split(",").length, c.query.get("numberOfSamples")]);
    expect(calls.sort()).toEqual([
      [3, "12"],
      [9, "240"],
    ]);
    expect(answer.missing).toEqual([]);
    expect(answer.value).toHaveLength(12);
    const used = answer.value.find((s) => s.metric === "gpu_utilisation_percent");
    expect(used).toMatchObject({ clusterId: "c", subjectKind: "workload", subjectId: "w", gpu: "" });
    expect(used?.at).toHaveLength(240);
    expect(used?.at.at(-1)).toBe(HOUR.end - 15);
  });

  it("returns every instant once however the window is cut", async () => {
    const { runai } = await source(metrics);
    const at = async (start: number, end: number) => {
      const { value } = await runai.read.samples.workload("c", "w", { start, end }, 15);
      return value
        .filter((s) => s.metric === "gpu_allocation" || s.metric === "pod_count")
        .map((s) => [s.metric, s.at]);
    };
    const whole = await at(T0, T0 + 600);
    const parts = await Promise.all([at(T0, T0 + 300), at(T0 + 300, T0 + 600)]);
    const [first = [], second = []] = parts;
    expect(first.map(([metric, a], i) => [metric, [...(a ?? []), ...(second[i]?.[1] ?? [])]])).toEqual(whole);
  });

  it("METRICS restricts a workload's metrics to those and what metering needs", async () => {
    const { runai, asked } = await source(metrics, { metrics: ["GPU_ALLOCATION", "GPU_UTILIZATION"] });
    await runai.read.samples.workload("c", "w", HOUR, 60);
    expect(asked().map((c) => c.query.get("metricType"))).toEqual([
      "GPU_UTILIZATION,GPU_MEMORY_USAGE_BYTES,GPU_ALLOCATION",
    ]);
    await runai.read.samples.pod("c", "w", "p", HOUR, 60);
    expect(asked()[1]?.query.get("metricType")?.split(",")).toHaveLength(7);
  });

  it("distinguishes cards of a pod and of a node by label", async () => {
    const { runai, asked } = await source(metrics, { resourceType: "pod", metrics: ["CPU_USAGE_CORES"] });
    const pod = await runai.read.samples.pod("c", "w", "p", HOUR, 60);
    expect(pod.value.map((s) => [s.subjectKind, s.subjectId, s.gpu, s.metric])).toEqual([
      ["gpu", "p", "0", "gpu_utilisation_percent"],
      ["gpu", "p", "1", "gpu_utilisation_percent"],
      ["gpu", "p", "0", "gpu_memory_used_mib"],
      ["gpu", "p", "1", "gpu_memory_used_mib"],
      ["pod", "p", "", "cpu_cores"],
    ]);
    const node = await runai.read.samples.node("c", "node-id", "gpu-node-1", HOUR, 60);
    expect(node.value[0]).toMatchObject({ subjectKind: "card", subjectId: "gpu-node-1", gpu: "0", node: "gpu-node-1" });
    const cluster = await runai.read.totals("c", HOUR, 60);
    expect(cluster.value).toMatchObject(
      ["total_gpu", "allocated_gpu"].map((metric) => ({ subjectKind: "cluster", subjectId: "c", gpu: "", metric })),
    );
    expect(asked().map((c) => c.path)).toEqual([
      "/api/v1/workloads/w/pods/p/metrics",
      "/api/v1/nodes/node-id/metrics",
      "/api/v1/clusters/c/metrics",
    ]);
  });

  it("says why a node without an id has no series", async () => {
    const { runai, asked } = await source(metrics);
    expect((await runai.read.samples.node("c", "", "n", HOUR, 60)).missing).toHaveLength(1);
    expect(asked()).toEqual([]);
  });
});

describe("test", () => {
  const verdict = async (answer: (call: Call) => Reply, http = quickHttp) => {
    const peer = await startPeer(answer);
    open.push(peer.close);
    const runai = createRunaiSource(runaiSettings(peer.url, { http }));
    open.push(() => runai.close());
    return runai.connection();
  };
  const tokens = (answer: Reply) => (call: Call) =>
    call.path.endsWith("/token") ? { json: { accessToken: "t" } } : answer;

  it("reports the version", async () => {
    const clusters = [CLUSTER, { ...CLUSTER, uuid: "d", name: "lab", status: { state: "Disconnected" } }];
    const report = await verdict(tokens({ json: clusters }));
    expect(report).toMatchObject({ source: "runai", ok: true, version: "2.22.4" });
    expect(report.message).toMatch(
      /^Connected: 2 clusters, engine 2\.22\.4\. Not connected now.*: lab \(Disconnected\)\.$/,
    );
    expect(report.latencyMs).toBeGreaterThanOrEqual(0);
  });

  it.each<[string, (call: Call) => Reply, RegExp]>([
    [
      "wrong credentials",
      () => ({ status: 401, json: { code: 401, message: "no" } }),
      /did not accept the credentials/,
    ],
    ["an HTML answer", () => ({ text: "<html>" }), /HTML page/],
    ["no access rule: 403", tokens({ status: 403, json: {} }), /add an access rule for it/],
    ["no access rule: an empty list", tokens({ json: [] }), /shows no cluster: give .* an access rule/],
    ["another API", tokens({ json: { hello: 1 } }), /unknown shape/],
    ["a server error", tokens({ status: 502, text: "bad gateway" }), /is failing \(502\)/],
  ])("names %s", async (_, answer, sentence) => {
    const report = await verdict(answer);
    expect(report).toMatchObject({ ok: false, version: null, latencyMs: null });
    expect(report.message).toMatch(sentence);
  });

  it("names a timeout", async () => {
    const report = await verdict(() => ({ delayMs: 500 }), { ...quickHttp, timeoutMs: 50, retryCount: 1 });
    expect(report.message).toMatch(/did not answer in time/);
  });

  it.each([
    ["http://127.0.0.1:1", /refused the connection/],
    ["http://localhost:1", /refused the connection/],
    ["http://no-such-host.invalid", /host of .* is unknown/],
  ])("names why %s cannot be reached", async (url, sentence) => {
    const runai = createRunaiSource(runaiSettings(url));
    open.push(() => runai.close());
    expect((await runai.connection()).message).toMatch(sentence);
  });
});
