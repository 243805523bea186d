import { HELD, IDLE, sumOf, type UsageClass, WORKING } from "@/lib/classes.ts";
import type { Quantities } from "@/lib/metering/quantities.ts";
import type { EventUnit } from "./types.ts";

/** What is counted: GPUs and cores in thousandths, or × hundredths of a percent; memory in MiB; workloads and pods by one. Each × seconds. */
const KINDS = {
  milli: { words: "", perUnit: 1000 },
  weighted: { words: "", perUnit: 10_000_000 },
  mib: { words: "gib", perUnit: 1024 },
  one: { words: "", perUnit: 1 },
} as const;

interface QuantityDefinition {
  /** The words of its field before the unit. */
  readonly words: string;
  readonly kind: keyof typeof KINDS;
  /** In the ledger's unit × seconds; null: nobody observed it, so it is not known. */
  readonly of: (q: Quantities) => number | null;
}

const classes = (list: readonly UsageClass[]) => (q: Quantities) => sumOf(q as never, list as never, "milli");
const seen = (observed: number, amount: number) => (observed > 0 ? amount : null);

/** Every quantity of an event, in the order of its fields. All of them add up over events. */
export const QUANTITIES = {
  gpuAllocation: { words: "gpu allocation", kind: "milli", of: classes(HELD) },
  gpuActive: { words: "gpu active", kind: "milli", of: classes(WORKING) },
  gpuIdle: { words: "gpu idle", kind: "milli", of: classes(IDLE) },
  gpuObserved: { words: "gpu observed", kind: "milli", of: (q) => q.observedMilli },
  gpuUtilized: {
    words: "gpu utilized",
    kind: "weighted",
    of: (q) => seen(q.observedMilli, q.utilisationWeighted),
  },
  gpuMemoryUsage: {
    words: "gpu memory usage",
    kind: "mib",
    of: (q) => seen(q.gpuMemoryObservedSeconds, q.gpuMemoryUsedMibSeconds),
  },
  gpuMemoryRequest: { words: "gpu memory request", kind: "mib", of: (q) => q.gpuMemoryRequestedMibSeconds },
  cpuUsage: { words: "cpu usage core", kind: "milli", of: (q) => seen(q.cpuObservedSeconds, q.cpuUsedMilliSeconds) },
  cpuRequest: { words: "cpu request core", kind: "milli", of: (q) => q.cpuRequestedMilliSeconds },
  cpuLimit: { words: "cpu limit core", kind: "milli", of: (q) => q.cpuLimitMilliSeconds },
  memoryUsage: {
    words: "cpu memory usage",
    kind: "mib",
    of: (q) => seen(q.memoryObservedSeconds, q.memoryUsedMibSeconds),
  },
  memoryRequest: { words: "cpu memory request", kind: "mib", of: (q) => q.memoryRequestedMibSeconds },
  memoryLimit: { words: "cpu memory limit", kind: "mib", of: (q) => q.memoryLimitMibSeconds },
  workload: { words: "workload", kind: "one", of: (q) => q.heldSeconds },
  pod: { words: "pod", kind: "one", of: (q) => q.podSeconds },
  runningPod: { words: "running pod", kind: "one", of: (q) => q.runningPodSeconds },
} as const satisfies Readonly<Record<string, QuantityDefinition>>;

export type QuantityName = keyof typeof QUANTITIES;
export const QUANTITY_NAMES = Object.keys(QUANTITIES) as QuantityName[];
/** In the ledger's unit × seconds. A quantity that is not known is absent. */
export type Amounts = Readonly<Partial<Record<QuantityName, number>>>;

/** The amounts of a usage row. */
export function amountsOf(quantities: Quantities): Amounts {
  const out: Partial<Record<QuantityName, number>> = {};
  for (const name of QUANTITY_NAMES) {
    const amount = QUANTITIES[name].of(quantities);
    if (amount !== null) out[name] = amount;
  }
  return out;
}

/** What an event has to add to `sent` so that it becomes `target`; null: nothing. A quantity that is no longer known adds up to 0. */
export function difference(sent: Amounts, target: Amounts): Amounts | null {
  const out: Partial<Record<QuantityName, number>> = {};
  for (const name of QUANTITY_NAMES) {
    const change = (target[name] ?? 0) - (sent[name] ?? 0);
    if (change !== 0) out[name] = change;
  }
  return Object.keys(out).length ? out : null;
}

/** Whether any amount is other than 0: rows without one are no event. */
export const isSome = (amounts: Amounts): boolean => Object.values(amounts).some((amount) => amount !== 0);

const SECONDS = { second: 1, minute: 60, hour: 3600 } as const;

/** An amount in GPUs, cores, GiB, workloads or pods × the unit: the nearest double. Seconds of GPUs and cores are exact. */
export const inUnit = (name: QuantityName, amount: number, unit: EventUnit): number =>
  amount / (KINDS[QUANTITIES[name].kind].perUnit * SECONDS[unit]);

/** The words of a field: `gpu allocation minutes`, `cpu memory usage gib minutes`. */
export const fieldWords = (name: QuantityName, unit: EventUnit): string =>
  [QUANTITIES[name].words, KINDS[QUANTITIES[name].kind].words, `${unit}s`].filter(Boolean).join(" ");
