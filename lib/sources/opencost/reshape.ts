import { parseInstant } from "@/lib/instant.ts";
import type { CostPart, NamespaceCost } from "@/lib/sources/namespace-cost.ts";
import type { Answer, Missing } from "@/lib/sources/source.ts";
import type { Interval } from "@/lib/time.ts";
import { type Allocation, allocationSchema } from "./wire.ts";

/** What of an allocation is a part of cost, and its correction after the bill came. */
const FIELDS = {
  cpu: ["cpuCost", "cpuCostAdjustment"],
  memory: ["ramCost", "ramCostAdjustment"],
  storage: ["pvCost", "pvCostAdjustment"],
  network: ["networkCost", "networkCostAdjustment"],
  "load-balancer": ["loadBalancerCost", "loadBalancerCostAdjustment"],
} as const satisfies Record<CostPart, readonly [keyof Allocation, keyof Allocation]>;
const GPU = ["gpuCost", "gpuCostAdjustment"] as const;

/** Allocated to no namespace: no pod asked for it, or no pod mounts it. */
const NOBODY = new Set(["__unallocated__", "__unmounted__"]);
/** Not cost of a namespace: capacity that idles, and what is taken from elsewhere. */
const LEFT_OUT = /(?:^|\/)__(?:idle|external|shared)__$/;
/** What five decimals of each part may differ by. */
const SLACK_MICROS = 200;
const MOST = 9_000_000_000;

const scaled = (value: number | null | undefined, scale: number): number | null =>
  typeof value === "number" && Number.isFinite(value) && Math.abs(value) < MOST ? Math.round(value * scale) : null;

/** A cost with its correction; unknown where the cost is, or a correction that is there is no number. */
function corrected(read: Allocation, [cost, correction]: readonly [keyof Allocation, keyof Allocation]): number | null {
  const micros = scaled(read[cost] as number | null | undefined, 1e6);
  if (micros === null) return null;
  const more = read[correction] as number | null | undefined;
  if (more === undefined) return micros;
  const added = scaled(more, 1e6);
  return added === null ? null : micros + added;
}

/**
 * Allocations by namespace as cost, one row for each namespace, over all steps of an answer. `missing` has what is unknown, answers for
 * another window than `window`, and rows whose parts do not add up to their total.
 */
export function reshape(
  sets: readonly (Readonly<Record<string, unknown>> | null)[],
  window: Interval,
): Answer<NamespaceCost[]> {
  const missing: Missing[] = [];
  const failed = (subject: string, cause: string) => missing.push({ kind: "failed", subject, metric: "", cause });
  const rows = new Map<string, NamespaceCost[]>();
  for (const set of sets)
    for (const [name, value] of Object.entries(set ?? {})) {
      if (LEFT_OUT.test(name)) continue;
      const parsed = allocationSchema.safeParse(value);
      if (!parsed.success) {
        failed(name, `OpenCost's row of ${name} cannot be read.`);
        continue;
      }
      const outside = windowProblem(parsed.data, window);
      if (outside) failed("", outside);
      if (outside) continue;
      const row = rowOf(NOBODY.has(name) ? "" : name, parsed.data);
      const problem = problemOf(row, parsed.data);
      if (problem) failed(name, `OpenCost's row of ${name}: ${problem}`);
      rows.set(row.namespace, [...(rows.get(row.namespace) ?? []), row]);
    }
  const value = [...rows.values()].map((list) => list.reduce(added));
  if (value.length === 0 && missing.length === 0)
    missing.push({
      ...{ kind: "no-data", subject: "", metric: "" },
      cause: "OpenCost has nothing of this time: its Prometheus may have been down, or no longer have it.",
    });
  return { value, missing };
}

function windowProblem({ window }: Allocation, asked: Interval): string | null {
  if (!window) return null;
  const [start, end] = [parseInstant(window.start), parseInstant(window.end)];
  if (start === null || end === null || (start >= asked.start && end <= asked.end)) return null;
  return `OpenCost answered for ${window.start} to ${window.end}, which is not what was asked for.`;
}

function rowOf(namespace: string, read: Allocation): NamespaceCost {
  const parts = Object.fromEntries(
    Object.entries(FIELDS).map(([part, fields]) => [part, corrected(read, fields)]),
  ) as Record<CostPart, number | null>;
  return { namespace, parts, gpuMicros: corrected(read, GPU), gpuMilliHours: scaled(read.gpuHours, 1000) };
}

/** Why a row cannot be trusted whole, in a sentence; null: it can. */
function problemOf({ parts, gpuMicros }: NamespaceCost, read: Allocation): string | null {
  const all = [...Object.entries(parts), ["gpu", gpuMicros] as const];
  const unknown = all.filter(([, micros]) => micros === null).map(([part]) => part);
  if (unknown.length) return `${unknown.join(", ")} without a number.`;
  const [total, shared, external] = [read.totalCost, read.sharedCost ?? 0, read.externalCost ?? 0].map((v) =>
    scaled(v, 1e6),
  );
  if (typeof total !== "number" || typeof shared !== "number" || typeof external !== "number") return null;
  const sum = all.reduce((micros, [, part]) => micros + (part ?? 0), shared + external);
  return Math.abs(sum - total) <= SLACK_MICROS ? null : "its parts do not add up to its total.";
}

const plus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

function added(a: NamespaceCost, b: NamespaceCost): NamespaceCost {
  const parts = Object.fromEntries(
    Object.entries(a.parts).map(([part, micros]) => [part, plus(micros, b.parts[part as CostPart])]),
  ) as Record<CostPart, number | null>;
  return {
    ...{ namespace: a.namespace, parts, gpuMicros: plus(a.gpuMicros, b.gpuMicros) },
    gpuMilliHours: plus(a.gpuMilliHours, b.gpuMilliHours),
  };
}
