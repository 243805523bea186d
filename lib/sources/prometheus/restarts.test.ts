import { afterAll, beforeAll, expect, it } from "vitest";
import type { PodFinder } from "@/lib/sources/find-pods.ts";
import { DAY, HOUR } from "@/lib/time.ts";
import { createPrometheusSource, type PrometheusSource } from "./index.ts";
import { describeWithPrometheus, startPrometheus, type TestPrometheus } from "./testing.ts";
import { matrix, quick, startServer } from "./testing-server.ts";

const T0 = 1_790_000_040; // a multiple of 60
const MINUTE = 60;
const NAME = "kube_pod_container_status_restarts_total";

/** Knows three pods of two clusters; `worker` is followed by `again` under its name. */
const finder: PodFinder = {
  byName: (namespace, pod, at) => {
    if (namespace === "runai-a" && pod === "worker")
      return { podId: at.end > T0 + 30 * MINUTE ? "again" : "first", clusterId: "c1" };
    return namespace === "runai-b" && pod === "one" ? { podId: "one", clusterId: "c2" } : null;
  },
  byId: (id) => (id === "uid-9" ? { podId: "nine", clusterId: "c1" } : null),
  clusterOfNode: () => "c1",
  namespaces: () => ["", "runai-a", "runai-b"],
};

/** A counter scraped every 30 s, from the minutes on at which it has each value. */
function counter(
  labels: string,
  from: number,
  until: number,
  values: readonly (readonly [minute: number, n: number])[],
) {
  const out: string[] = [];
  for (let at = T0 + from * MINUTE + 11; at < T0 + until * MINUTE; at += 30) {
    const now = values.findLast(([minute]) => at >= T0 + minute * MINUTE)?.[1] ?? 0;
    out.push(`${NAME}{${labels}} ${now} ${at}`);
  }
  return out;
}

const worker = (container: string) => `namespace="runai-a",pod="worker",container="${container}"`;
const text = [
  `# TYPE ${NAME.replace("_total", "")} counter`,
  // Had restarted four times before anybody looked, restarts twice, and is followed by a pod that begins at 0.
  ...counter(worker("main"), 0, 29, [
    [0, 4],
    [10, 5],
    [12, 8],
  ]),
  ...counter(worker("main"), 31, 60, [
    [31, 0],
    [40, 1],
  ]),
  ...counter(worker("sidecar"), 0, 29, [
    [0, 0],
    [20, 1],
  ]),
  ...counter('namespace="runai-b",pod="one",container="main"', 0, 60, [
    [0, 0],
    [50, 1],
  ]),
  ...counter('namespace="runai-b",pod="renamed",container="main",uid="uid-9"', 0, 60, [
    [0, 0],
    [5, 1],
  ]),
  ...counter('namespace="runai-a",pod="unknown",container="main"', 0, 60, [
    [0, 0],
    [5, 1],
  ]),
  ...counter('namespace="kube-system",pod="one",container="main"', 0, 60, [
    [0, 0],
    [5, 1],
  ]),
].join("\n");

describeWithPrometheus("restarts of containers, from a real Prometheus", () => {
  let peer: TestPrometheus;
  let source: PrometheusSource;
  beforeAll(async () => {
    peer = await startPrometheus({ openmetrics: [`${text}\n`] });
    source = createPrometheusSource({ url: peer.url, ...quick });
  });
  afterAll(async () => {
    await source?.close();
    await peer?.close();
  });
  const read = async (from: number, until: number) => {
    const answer = await source.read.restarts({ start: T0 + from * MINUTE, end: T0 + until * MINUTE }, finder);
    expect(answer.missing).toEqual([]);
    return answer.value.map((r) => [r.podId, (r.at - T0) / MINUTE]);
  };

  it("are counts that a look sees higher than the look before, of known pods alone", async () => {
    expect(await read(2, 58)).toEqual([
      ["nine", 6],
      ["first", 11],
      ["first", 13],
      ["first", 21],
      ["again", 41],
      ["one", 51],
    ]);
  });

  it("are the same in any parts", async () => {
    const parts = [];
    for (const [from, until] of [
      [2, 11],
      [11, 12],
      [12, 40],
      [40, 41],
      [41, 58],
    ] as const)
      parts.push(...(await read(from, until)));
    expect(parts).toEqual(await read(2, 58));
  });

  it("are of one cluster where the settings name one", async () => {
    const own = createPrometheusSource({ url: peer.url, ...quick, clusters: ["c2"] });
    const { value } = await own.read.restarts({ start: T0 + 120, end: T0 + 3480 }, finder);
    await own.close();
    expect(value.map((r) => r.podId)).toEqual(["one"]);
  });
});

it("are asked for by a few hours, and seen across the seams of a day", async () => {
  const day = { start: T0, end: T0 + DAY };
  // A restart in each 7th minute; nobody counts between minutes 300 and 500, in which the pod restarts, too.
  const server = await startServer(({ form }) => {
    if (!form.has("step")) return null;
    const [from, to] = [Number(form.get("start")), Number(form.get("end"))];
    const looks = Array.from({ length: (to - from) / MINUTE + 1 }, (_, i) => from + i * MINUTE);
    const values = looks.flatMap((at) => {
      const minute = (at - T0) / MINUTE;
      return minute > 300 && minute < 500 ? [] : [[at, String(Math.floor(minute / 7))]];
    });
    return matrix([{ metric: { namespace: "runai-a", pod: "worker", container: "main" }, values }]);
  });
  const source = createPrometheusSource({ url: server.url, ...quick });
  try {
    const { value } = await source.read.restarts(day, finder);
    const expected = [];
    for (let minute = 0; minute < 1440; minute++)
      if (minute === 500 || (minute % 7 === 0 && (minute <= 300 || minute > 500))) expected.push(minute);
    expect(value.map((r) => (r.at - T0) / MINUTE)).toEqual(expected);
    const spans = server.asked
      .filter((a) => a.form.has("step"))
      .map(({ form }) => +(form.get("end") ?? 0) - +(form.get("start") ?? 0));
    expect(Math.max(...spans)).toBeLessThan(2 * HOUR);
  } finally {
    await source.close();
    await server.close();
  }
});
