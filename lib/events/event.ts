import { createHash } from "node:crypto";
import { formatInstant, type Interval } from "@/lib/time.ts";
import { type Amounts, fieldWords, inUnit, QUANTITY_NAMES } from "./quantities.ts";
import type { CloudEvent, Mapping, Naming, Subject } from "./types.ts";

/** What an event says of the workload besides amounts. */
export interface EventFacts {
  readonly clusterId: string;
  readonly cluster: string;
  readonly nodePool: string;
  readonly gpuModel: string;
  readonly workloadId: string;
  readonly workload: string;
  readonly workloadType: string;
  readonly project: string;
  readonly department: string;
  readonly namespace: string;
  readonly user: string;
}

export interface Change {
  readonly interval: Interval;
  /** 0: the first of this usage; else the n-th correction of it. */
  readonly revision: number;
  /** What it adds to what the receiver has. */
  readonly amounts: Amounts;
  readonly subject: string;
}

/**
 * The same for the same usage, on every machine and after every restart: a hash of source, cluster, workload, hardware, interval,
 * set of quantities and revision. 32 hexadecimal digits.
 */
export function eventId(source: string, facts: EventFacts, { interval, revision }: Change): string {
  const { clusterId, workloadId, nodePool, gpuModel } = facts;
  const identity = [
    source,
    clusterId,
    workloadId,
    nodePool,
    gpuModel,
    interval.start,
    interval.end,
    "usage.v1",
    revision,
  ];
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 32);
}

/** Who the usage is of. Where that is not known, the workload: receivers refuse an empty subject. */
export function subjectOf(subject: Subject, facts: EventFacts): string {
  const found = {
    workload: facts.workload,
    "workload-id": facts.workloadId,
    project: facts.project,
    department: facts.department,
    namespace: facts.namespace,
    user: facts.user,
    cluster: facts.cluster || facts.clusterId,
  }[subject];
  return found || facts.workload || facts.workloadId;
}

/** `gpu allocation minutes` is `gpuAllocationMinutes` or `gpu_allocation_minutes`. */
export const named = (words: string, naming: Naming): string =>
  naming === "snake"
    ? words.replaceAll(" ", "_")
    : words.replaceAll(/ (.)/g, (_, letter: string) => letter.toUpperCase());

/** The words of every field that is not an amount. */
const FACT_FIELDS: Readonly<Record<keyof EventFacts, string>> = {
  clusterId: "cluster id",
  cluster: "cluster",
  nodePool: "node pool",
  gpuModel: "gpu model",
  workloadId: "workload id",
  workload: "workload name",
  workloadType: "workload type",
  project: "project",
  department: "department",
  namespace: "namespace",
  user: "user",
};

/** The event of a change. `time` is the end of the usage, also of a correction: it counts in the same window. */
export function buildEvent(mapping: Mapping, facts: EventFacts, change: Change): CloudEvent {
  const { interval, revision, amounts, subject } = change;
  const data: Record<string, unknown> = {};
  const put = (words: string, value: unknown) => {
    const name = named(words, mapping.naming);
    const field = mapping.renames[name] ?? name;
    if (field !== "") data[field] = value;
  };
  for (const key of Object.keys(FACT_FIELDS) as (keyof EventFacts)[]) if (facts[key]) put(FACT_FIELDS[key], facts[key]);
  put("interval start", formatInstant(interval.start));
  put("interval end", formatInstant(interval.end));
  put("duration seconds", interval.end - interval.start);
  put("revision", revision);
  for (const name of QUANTITY_NAMES) {
    const amount = amounts[name];
    if (amount !== undefined) put(fieldWords(name, mapping.unit), inUnit(name, amount, mapping.unit));
  }
  return {
    specversion: "1.0",
    id: eventId(mapping.source, facts, change),
    ...{ source: mapping.source, type: mapping.type, subject },
    time: formatInstant(interval.end),
    datacontenttype: "application/json",
    data,
  };
}
