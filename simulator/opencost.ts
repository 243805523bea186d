import { type Call, json, type Listener, listen, type Reply, text } from "./http.ts";

/** A pod of the stand-in: what it requests, from one instant to another, in seconds. */
export interface OpencostPod {
  readonly namespace: string;
  readonly start: number;
  readonly end: number;
  readonly cpuCores: number;
  readonly ramGib: number;
  /** Whole GPUs that it requests by name. */
  readonly gpus: number;
}

/** Prices of an hour. */
export interface OpencostRates {
  readonly cpu: number;
  readonly ramGib: number;
  readonly gpu: number;
}

export interface OpencostOptions {
  readonly pods: readonly OpencostPod[];
  readonly rates: OpencostRates;
  /** Of volumes that no pod mounts, in a day. */
  readonly unmounted?: number;
  /** What to spoil: an answer as an outage of its Prometheus gives it, an older or newer form, or null for a number. */
  readonly fault?: () =>
    | "empty"
    | "null-map"
    | "error"
    | "old"
    | "nan"
    | "wrong-total"
    | "other-window"
    | "warning"
    | null;
}

const five = (value: number): number => Math.round(value * 1e5) / 1e5;

/** OpenCost's allocation API on port 0: answers for the pair of instants that it is asked for, so totals add up over any steps. */
export function startOpencost(options: OpencostOptions): Promise<Listener> {
  return listen(
    (call) => answer(call, options),
    async (_, reply) => reply,
  );
}

function answer(call: Call, options: OpencostOptions): Reply {
  if (call.path === "/healthz") return text("ok");
  if (call.path !== "/allocation" && call.path !== "/allocation/compute") return text("404 page not found\n", 404);
  if (call.method !== "GET") return text("Method Not Allowed\n", 405);
  const window = windowOf(call.query.get("window") ?? "");
  if (!window) return text(`Invalid 'window' parameter: illegal window: ${call.query.get("window") ?? ""}\n`, 400);
  if (call.query.get("aggregate") !== "namespace") return text("Invalid 'aggregate' parameter\n", 400);
  const fault = options.fault?.() ?? null;
  if (fault === "error") return json({ code: 500, status: "error", message: "error querying Prometheus" }, 500);
  if (fault === "empty") return json({ code: 200, status: "success", data: [{}] });
  if (fault === "null-map") return json({ code: 200, data: [null] });
  const set = allocations(window, options, fault);
  if (call.query.get("includeIdle") === "true")
    set.__idle__ = row("__idle__", window, { cpu: 1, ram: 1, gpu: 3, hours: 1, pv: 0 });
  const head = fault === "old" ? { code: 200, status: "success" } : { code: 200 };
  return json({ ...head, data: [set], ...(fault === "warning" ? { warning: "some data is missing" } : {}) });
}

interface Window {
  readonly start: number;
  readonly end: number;
}

function windowOf(text: string): Window | null {
  const [from, until] = text.split(",").map((part) => Date.parse(part) / 1000);
  if (from === undefined || until === undefined || Number.isNaN(from) || Number.isNaN(until) || until <= from)
    return null;
  return { start: from, end: until };
}

function allocations(window: Window, { pods, rates, unmounted }: OpencostOptions, fault: string | null) {
  const set: Record<string, object> = {};
  for (const namespace of new Set(pods.map((pod) => pod.namespace))) {
    const sum = { cpu: 0, ram: 0, gpu: 0, hours: 0, pv: 0 };
    for (const pod of pods.filter((p) => p.namespace === namespace)) {
      const hours = Math.max(0, Math.min(pod.end, window.end) - Math.max(pod.start, window.start)) / 3600;
      sum.cpu += hours * pod.cpuCores * rates.cpu;
      sum.ram += hours * pod.ramGib * rates.ramGib;
      sum.gpu += hours * pod.gpus * rates.gpu;
      sum.hours += hours * pod.gpus;
    }
    if (sum.cpu + sum.ram + sum.hours > 0) set[namespace] = row(namespace, window, sum, fault);
  }
  if (unmounted) {
    const pv = (unmounted * (window.end - window.start)) / 86_400;
    set.__unmounted__ = row("__unmounted__", window, { cpu: 0, ram: 0, gpu: 0, hours: 0, pv });
  }
  return set;
}

function row(
  name: string,
  { start, end }: Window,
  { cpu, ram, gpu, hours, pv }: Record<"cpu" | "ram" | "gpu" | "hours" | "pv", number>,
  fault: string | null = null,
): object {
  const iso = (at: number) => new Date(at * 1000).toISOString().replace(".000Z", "Z");
  const until = fault === "other-window" ? end + 86_400 : end;
  const total = cpu + ram + gpu + pv + (fault === "wrong-total" ? 7 : 0);
  return {
    ...{
      name,
      properties: { cluster: "cluster-one", namespace: name },
      window: { start: iso(start), end: iso(until) },
    },
    ...{ start: iso(start), end: iso(until), minutes: (end - start) / 60 },
    ...{ cpuCost: fault === "nan" ? null : five(cpu), cpuCostAdjustment: 0, ramCost: five(ram), ramCostAdjustment: 0 },
    // As it is published: a mean of 0 to 1 for each GPU, divided by their number.
    ...{
      gpuCount: hours,
      gpuHours: five(hours),
      gpuCost: five(gpu),
      gpuCostAdjustment: 0,
      gpuEfficiency: hours ? 0.1125 : 0,
    },
    ...(fault === "old"
      ? {}
      : { gpuAllocation: { isGPUShared: null, gpuUsageAverage: null, gpuRequestAverage: hours } }),
    ...{ pvCost: five(pv), pvCostAdjustment: 0, networkCost: 0, networkCostAdjustment: 0, loadBalancerCost: 0 },
    ...{
      loadBalancerCostAdjustment: 0,
      sharedCost: 0,
      externalCost: 0,
      totalCost: five(total),
      rawAllocationOnly: null,
    },
  };
}
