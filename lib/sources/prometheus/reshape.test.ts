import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PodFinder } from "@/lib/sources/find-pods.ts";
import { runs } from "@/lib/testing-runs.ts";
import type { Gathered } from "./collect.ts";
import { DCGM_METERS, type Meter } from "./dcgm.ts";
import { reshape } from "./reshape.ts";
import { RUNAI_METERS } from "./runai-series.ts";

const STEP = 60;
const meter = (source: string) => [...DCGM_METERS, ...RUNAI_METERS].find((m) => m.source === source) as Meter;

/** `{ "0": 5, "60": 7 }` or a list from instant 0 on; null is a gap. */
type Values = Record<number, number> | readonly (number | null)[];

function points(labels: Record<string, string>, values: Values) {
  const pairs = Array.isArray(values)
    ? values.flatMap((v: number | null, i) => (v === null ? [] : [[i * STEP, v] as const]))
    : Object.entries(values).map(([t, v]) => [Number(t), v as number] as const);
  return { labels, at: pairs.map(([t]) => t), value: pairs.map(([, v]) => v) };
}

const UTIL = "DCGM_FI_DEV_GPU_UTIL";
const MEMORY = "DCGM_FI_DEV_FB_USED";
const RUNAI_UTIL = "runai_gpu_utilization_per_pod_per_gpu";
const RUNAI_MEMORY = "runai_gpu_memory_used_mebibytes_per_pod_per_gpu";
const gpu0 = { UUID: "GPU-0", gpu: "0", Hostname: "n1", modelName: "H100" };
const held = (pod: string, more: Record<string, string> = gpu0) => ({ ...more, namespace: "runai-a", pod });
const runai = (pod: string, gpu = "0", node = "n1") => ({
  pod_name: pod,
  pod_namespace: "runai-a",
  pod_uuid: `id-${pod}`,
  node,
  gpu,
});

/** Knows pods `a`…`h` of runai-a as `id-a`… in cluster c1, and nodes n1…n9. */
const finder: PodFinder = {
  byName: (namespace, pod) =>
    namespace === "runai-a" && /^[a-h]$/.test(pod) ? { podId: `id-${pod}`, clusterId: "c1" } : null,
  byId: (id) => (/^id-[a-h]$/.test(id) ? { podId: id, clusterId: "c1" } : null),
  clusterOfNode: (node) => (/^n\d$/.test(node) ? "c1" : null),
  namespaces: () => ["runai-a"],
};

type Input = Record<string, ReturnType<typeof points>[]>;
interface Options {
  readonly window?: { start: number; end: number };
  readonly finder?: PodFinder;
  readonly cluster?: string;
}

function answer(input: Input, options: Options = {}) {
  const all: Gathered[] = Object.entries(input).map(([source, series]) => ({ meter: meter(source), series }));
  const window = options.window ?? { start: 0, end: 600 };
  return reshape({
    dcgm: all.filter((g) => g.meter.source.startsWith("DCGM")),
    runai: all.filter((g) => g.meter.source.startsWith("runai")),
    window,
    step: STEP,
    finder: options.finder ?? finder,
    cluster: options.cluster,
  });
}

/** Each series on one line: kind, subject, gpu, metric, minute=value…, shared. */
function lines(input: Input, options: Options = {}): string[] {
  return answer(input, options).value.map((s) => {
    const samples = s.at.map((t, i) => `${t / STEP}=${s.value[i]}`).join(" ");
    return `${s.subjectKind} ${s.subjectId} ${s.gpu} ${s.metric}: ${samples}${s.shared ? " shared" : ""}`;
  });
}

it("a pod of a namespace whose pods are never listed leaves no gap: it is an exporter's", () => {
  const labels = { ...gpu0, namespace: "kube-system", pod: "gpu-metrics-exporter-4x2kd" };
  const input = { [UTIL]: [points(labels, [5, 7])] };
  expect(answer(input).missing).toHaveLength(1);
  const listed = { ...finder, isListed: (namespace: string) => namespace === "runai-a" };
  const { value, missing } = answer(input, { finder: listed });
  expect([value.map((s) => s.subjectKind), missing]).toEqual([["card"], []]);
});

it("a node that no inventory lists is of the only cluster that there is", () => {
  const input = { [UTIL]: [points({ ...gpu0, Hostname: "localhost" }, [5, 7])] };
  expect(answer(input).missing).toHaveLength(1);
  const { value, missing } = answer(input, { finder: { ...finder, onlyCluster: () => "c1" } });
  expect([value.map((s) => s.clusterId), missing]).toEqual([["c1"], []]);
});

describe("who a point belongs to", () => {
  it("the pod by name, with cluster, node and model", () => {
    expect(answer({ [UTIL]: [points(held("a"), [5, 7])] })).toEqual({
      units: [{ name: UTIL, day: 0, unit: "percent" }],
      value: [
        {
          clusterId: "c1",
          subjectKind: "gpu",
          subjectId: "id-a",
          gpu: "GPU-0",
          metric: "gpu_utilisation_percent",
          at: [0, 60],
          value: [5, 7],
          node: "n1",
          gpuModel: "H100",
        },
      ],
      missing: [],
    });
  });

  it("the card of the node when no pod holds it", () => {
    expect(lines({ [UTIL]: [points(gpu0, [0, 0])] })).toEqual(["card n1 GPU-0 gpu_utilisation_percent: 0=0 1=0"]);
  });

  it("the card, reported once, when the pod is unknown", () => {
    const { value, missing } = answer({ [UTIL]: [points(held("zz"), [5])], [MEMORY]: [points(held("zz"), [900])] });
    expect(value.map((s) => [s.subjectKind, s.subjectId, s.metric, s.value])).toEqual([
      ["card", "n1", "gpu_memory_used_mib", [900]],
      ["card", "n1", "gpu_utilisation_percent", [5]],
    ]);
    expect(missing).toEqual([
      { kind: "failed", subject: "runai-a/zz", metric: "", cause: expect.stringContaining("runai-a/zz") },
    ]);
  });

  it("the pod by uid before its name", () => {
    expect(lines({ [UTIL]: [points({ ...held("zz"), pod_uid: "id-c" }, [5])] })[0]).toContain("gpu id-c");
    expect(lines({ [UTIL]: [points({ ...held("a"), pod_uid: "nobody's" }, [5])] })[0]).toContain("gpu id-a");
  });

  it("each pod in turn when a name is used again", () => {
    const lives = [
      { start: 0, end: 200, podId: "first" },
      { start: 230, end: 400, podId: "second" },
      { start: 400, end: 900, podId: "third" },
    ];
    const again: PodFinder = {
      ...finder,
      byName: (_namespace, _pod, at) => {
        const found = lives.findLast((life) => life.start < at.end && at.start < life.end);
        return found ? { podId: found.podId, clusterId: "c1" } : null;
      },
    };
    expect(lines({ [UTIL]: [points(held("w-0"), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])] }, { finder: again })).toEqual([
      "gpu first GPU-0 gpu_utilisation_percent: 0=0 1=1 2=2 3=3",
      "gpu second GPU-0 gpu_utilisation_percent: 4=4 5=5 6=6",
      "gpu third GPU-0 gpu_utilisation_percent: 7=7 8=8 9=9",
    ]);
  });

  it("the setting's cluster; a pod of that name elsewhere is not it", () => {
    expect(answer({ [UTIL]: [points(gpu0, [0])] }, { cluster: "c9" }).value[0]?.clusterId).toBe("c9");
    const { value, missing } = answer({ [UTIL]: [points(held("a"), [5])] }, { cluster: "c9" });
    expect(value[0]).toMatchObject({ subjectKind: "card", clusterId: "c9" });
    expect(missing.map((m) => m.subject)).toEqual(["runai-a/a"]);
  });

  it("the cluster that labels name when the inventory has no such node, else nothing, reported", () => {
    const far = { UUID: "GPU-7", gpu: "0", Hostname: "far" };
    expect(answer({ [UTIL]: [points({ ...far, cluster: "east" }, [0])] }).value[0]?.clusterId).toBe("east");
    const { value, missing } = answer({ [UTIL]: [points(far, [0])] });
    expect(value).toEqual([]);
    expect(missing).toEqual([
      { kind: "failed", subject: "far", metric: "", cause: expect.stringContaining("PROMETHEUS_CLUSTER") },
    ]);
  });

  it("the node's name as inventory spells it", () => {
    expect(answer({ [UTIL]: [points({ ...gpu0, Hostname: "n1.gpu.example.org" }, [0])] }).value[0]?.subjectId).toBe(
      "n1",
    );
  });
});

describe("shared cards", () => {
  it("give each pod the card's utilisation and an equal part of memory", () => {
    const input = {
      [UTIL]: [points(held("a"), [40, 40]), points(held("b"), [40, 42]), points(gpu0, [40, 41])],
      [MEMORY]: [
        points(held("a"), [1000, 1000, 1000]),
        points(held("b"), [1000, 1000, 1000]),
        points(held("zz"), [null, 1000, 1000]),
      ],
    };
    expect(lines(input, { window: { start: 0, end: 120 } })).toEqual([
      "card n1 GPU-0 gpu_memory_used_mib: 1=333.3330078125 shared",
      "gpu id-a GPU-0 gpu_memory_used_mib: 0=500 1=333.3330078125 shared",
      "gpu id-a GPU-0 gpu_utilisation_percent: 0=40 1=42 shared",
      "gpu id-b GPU-0 gpu_memory_used_mib: 0=500 1=333.3330078125 shared",
      "gpu id-b GPU-0 gpu_utilisation_percent: 0=40 1=42 shared",
    ]);
  });

  it("do not arise from one pod that is reported twice", () => {
    const input = {
      [UTIL]: [points({ ...held("a"), replica: "1" }, [4, 5]), points({ ...held("a"), replica: "2" }, [4, 6, 7])],
    };
    expect(lines(input)).toEqual(["gpu id-a GPU-0 gpu_utilisation_percent: 0=4 1=6 2=7"]);
  });

  it("do not arise from a handover within a step", () => {
    const a = points(held("a"), [90, 90, 91]);
    expect(lines({ [UTIL]: [a, points(held("b"), [null, null, 3, 4])] })).toEqual([
      "gpu id-a GPU-0 gpu_utilisation_percent: 0=90 1=90",
      "gpu id-b GPU-0 gpu_utilisation_percent: 2=3 3=4",
    ]);
    expect(lines({ [UTIL]: [a, points(gpu0, [null, null, 0, 0])] })).toEqual([
      "card n1 GPU-0 gpu_utilisation_percent: 2=0 3=0",
      "gpu id-a GPU-0 gpu_utilisation_percent: 0=90 1=90",
    ]);
    expect(lines({ [UTIL]: [a, points(held("b"), [null, null, 3])] })).toContain(
      "gpu id-b GPU-0 gpu_utilisation_percent: 2=3",
    );
  });

  it("stay shared when all their points stand alone, as with a slow scrape", () => {
    const sparse = { 0: 7, 180: 8, 360: 9 };
    expect(lines({ [UTIL]: [points(held("a"), sparse), points(held("b"), sparse)] })).toEqual([
      "gpu id-a GPU-0 gpu_utilisation_percent: 0=7 3=8 6=9 shared",
      "gpu id-b GPU-0 gpu_utilisation_percent: 0=7 3=8 6=9 shared",
    ]);
  });
});

describe("MIG", () => {
  const slice = (id: string, more: object = {}) => ({ ...gpu0, GPU_I_ID: id, GPU_I_PROFILE: "1g.10gb", ...more });
  it("slices are units of their own, and the divided card is not a unit", () => {
    const input = {
      [UTIL]: [points(slice("1"), [0]), points(gpu0, [3, 3])],
      DCGM_FI_PROF_GR_ENGINE_ACTIVE: [
        points(slice("1", { namespace: "runai-a", pod: "a" }), [0.5]),
        points(slice("2"), [0]),
      ],
      [MEMORY]: [points(slice("1", { namespace: "runai-a", pod: "a" }), [700]), points(gpu0, [900, 900])],
      DCGM_FI_DEV_POWER_USAGE: [points(slice("1"), [300]), points(slice("2"), [300])],
    };
    expect(lines(input)).toEqual([
      "card n1 GPU-0 gpu_memory_used_mib: 1=900",
      "card n1 GPU-0 gpu_utilisation_percent: 1=3",
      "card n1 GPU-0/2 gpu_utilisation_percent: 0=0",
      "gpu id-a GPU-0/1 gpu_memory_used_mib: 0=700",
      "gpu id-a GPU-0/1 gpu_utilisation_percent: 0=50",
    ]);
  });
});

describe("what is of the device", () => {
  it("is stored once for the card, no matter which pod holds it and however it is divided; sentinels are not", () => {
    const slice = (id: string, pod: string) => held(pod, { ...gpu0, UUID: "GPU-1", gpu: "1", GPU_I_ID: id });
    const input = {
      [MEMORY]: [points(slice("1", "a"), [700])],
      DCGM_FI_DEV_GPU_TEMP: [
        points(held("a"), [60, 2 ** 63, 61]),
        points(held("b"), [null, null, 62]),
        points(slice("1", "a"), [70, 71]),
        points(slice("2", "b"), [70, 72]),
      ],
      DCGM_FI_DEV_XID_ERRORS: [points(held("zz"), [0, 79])],
    };
    expect(lines(input)).toEqual([
      "card n1 GPU-0 temperature_celsius: 0=60 2=62",
      "card n1 GPU-0 xid_code: 0=0 1=79",
      "card n1 GPU-1 temperature_celsius: 0=70 1=72",
      "gpu id-a GPU-1/1 gpu_memory_used_mib: 0=700",
    ]);
    expect(answer(input).missing).toEqual([]);
  });
});

describe("Run:ai's own series", () => {
  const reserved = { ...gpu0, namespace: "runai-reservation", pod: "runai-reservation-gpu-x" };

  it("stand for the fractions of a reserved card, by UUID; where they are silent the card speaks", () => {
    const input = {
      [UTIL]: [points(reserved, [50, 51, 52])],
      [MEMORY]: [points(reserved, [3000])],
      DCGM_FI_PROF_SM_ACTIVE: [points(reserved, [0.2])],
      [RUNAI_UTIL]: [points(runai("a"), [30, 31]), points(runai("b"), [null, 20])],
      [RUNAI_MEMORY]: [points(runai("a"), [1000])],
    };
    expect(lines(input)).toEqual([
      "card n1 GPU-0 gpu_utilisation_percent: 2=52",
      "card n1 GPU-0 sm_active_percent: 0=20",
      "gpu id-a GPU-0 gpu_memory_used_mib: 0=1000",
      "gpu id-a GPU-0 gpu_utilisation_percent: 0=30 1=31",
      "gpu id-b GPU-0 gpu_utilisation_percent: 1=20",
    ]);
  });

  it("are not taken for a pod that DCGM names, nor beside one", () => {
    const input = {
      [UTIL]: [points(held("a"), [5, 6, null, null, 7])],
      [RUNAI_UTIL]: [points(runai("a"), [55, 56, 57, 58, 59]), points(runai("b"), [1, 1])],
    };
    expect(lines(input)).toEqual(["gpu id-a GPU-0 gpu_utilisation_percent: 0=5 1=6 4=7"]);
  });

  it("are not taken twice when the exporter spells the node in another way", () => {
    const other = { ...gpu0, Hostname: "elsewhere", cluster: "c1" };
    const input = { [UTIL]: [points(held("a", other), [5])], [RUNAI_UTIL]: [points(runai("a"), [55])] };
    expect(lines(input)).toEqual(["gpu id-a GPU-0 gpu_utilisation_percent: 0=5"]);
    const domain = { ...reserved, Hostname: "n1.example.org" };
    expect(lines({ [UTIL]: [points(domain, [5])], [RUNAI_UTIL]: [points(runai("a"), [55])] })).toEqual([
      "gpu id-a GPU-0 gpu_utilisation_percent: 0=55",
    ]);
  });

  it("stand alone, by index, where there is no exporter", () => {
    const { value, missing } = answer({ [RUNAI_UTIL]: [points(runai("a", "3"), [9]), points(runai("zz", "4"), [8])] });
    expect(value.map((s) => [s.subjectKind, s.subjectId, s.gpu, s.value[0]])).toEqual([
      ["card", "n1", "4", 8],
      ["gpu", "id-a", "3", 9],
    ]);
    expect(missing.map((m) => m.subject)).toEqual(["runai-a/zz"]);
  });

  it("of unknown pods leave a reserved card as it is, reported", () => {
    const { value, missing } = answer({ [UTIL]: [points(reserved, [50])], [RUNAI_UTIL]: [points(runai("zz"), [20])] });
    expect(value.map((s) => [s.subjectKind, s.value[0]])).toEqual([["card", 50]]);
    expect(missing.map((m) => m.subject)).toEqual(["runai-a/zz"]);
  });
});

describe("properties", () => {
  const holder = fc.constantFrom("a", "b", "c", "d", "zz", "", "runai-reservation-gpu-1");
  const value = fc.option(fc.integer({ min: 0, max: 100 }), { freq: 3 });
  const series = fc.record({ holder, gpu: fc.nat(1), values: fc.array(value, { minLength: 1, maxLength: 14 }) });
  const any = fc.record({
    util: fc.array(series, { maxLength: 8 }),
    memory: fc.array(series, { maxLength: 8 }),
    runai: fc.array(series, { maxLength: 5 }),
    cut: fc.integer({ min: 1, max: 11 }),
  });
  type Any = typeof any extends fc.Arbitrary<infer T> ? T : never;
  const labels = (one: Any["util"][number]) => {
    const card = { UUID: `GPU-${one.gpu}`, gpu: String(one.gpu), Hostname: "n1" };
    return one.holder ? held(one.holder, card) : card;
  };
  const input = (scenario: Any): Input => ({
    [UTIL]: scenario.util.map((one) => points(labels(one), one.values)),
    [MEMORY]: scenario.memory.map((one) => points(labels(one), one.values)),
    [RUNAI_UTIL]: scenario.runai.map((one) => points(runai(one.holder || "a", String(one.gpu)), one.values)),
  });
  const flat = (scenario: Any, start: number, end: number) =>
    answer(input(scenario), { window: { start, end } }).value.flatMap((s) =>
      s.at.map((t, i) => `${t} ${s.subjectKind} ${s.subjectId} ${s.gpu} ${s.metric} ${s.value[i]}`),
    );

  it("cutting the window changes no point", () => {
    fc.assert(
      fc.property(any, (scenario) => {
        const middle = scenario.cut * STEP;
        const parts = [...flat(scenario, 0, middle), ...flat(scenario, middle, 720)];
        expect(parts.sort()).toEqual(flat(scenario, 0, 720).sort());
      }),
      runs(100),
    );
  });

  it("the order of series changes nothing; each series is named once, ascending, finite", () => {
    fc.assert(
      fc.property(any, (scenario) => {
        const turned = { ...scenario, util: [...scenario.util].reverse(), memory: [...scenario.memory].reverse() };
        expect(flat(turned, 0, 720).sort()).toEqual(flat(scenario, 0, 720).sort());
        const { value } = answer(input(scenario), { window: { start: 0, end: 720 } });
        const keys = value.map((s) => [s.clusterId, s.subjectKind, s.subjectId, s.gpu, s.metric].join());
        expect(new Set(keys).size).toBe(keys.length);
        for (const s of value) {
          expect(s.at).toEqual([...new Set(s.at)].sort((a, b) => a - b));
          expect(s.value.every(Number.isFinite)).toBe(true);
          expect(s.value.length).toBe(s.at.length);
        }
      }),
      runs(100),
    );
  });

  it("memory of a card never sums above the device, and no instant of a card is lost", () => {
    fc.assert(
      fc.property(any, (scenario) => {
        const device = new Map<string, number>();
        for (const one of scenario.memory)
          one.values.forEach((v, i) => {
            const key = `${i * STEP} GPU-${one.gpu}`;
            if (v !== null && i < 12) device.set(key, Math.max(device.get(key) ?? 0, v));
          });
        const sums = new Map<string, number>();
        for (const s of answer(input(scenario), { window: { start: 0, end: 720 } }).value)
          if (s.metric === "gpu_memory_used_mib")
            s.at.forEach((t, i) => {
              sums.set(`${t} ${s.gpu}`, (sums.get(`${t} ${s.gpu}`) ?? 0) + (s.value[i] as number));
            });
        expect([...sums.keys()].sort()).toEqual([...device.keys()].sort());
        for (const [key, sum] of sums) expect(sum).toBeLessThanOrEqual(device.get(key) as number);
      }),
      runs(100),
    );
  });
});
