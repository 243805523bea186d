import { z } from "zod";
import { parseInstant } from "@/lib/time.ts";

/**
 * What Run:ai 2.18 to 3.0 sends, read tolerantly: unknown keys are accepted, enums are free text, ids may be numbers,
 * and whatever any version leaves out or sends as null is optional. Keys that can contain secrets
 * (environmentVariables, command, arguments) are not named here and so never leave this folder.
 */

const id = z.union([z.string(), z.number()]).transform(String);
/** A text that decides nothing alone: another type is null, and does not cost its item. */
const text = z.string().nullish().catch(null);
const texts = z.array(z.string()).nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
/** Numbers, also as text; anything else is null. */
const number = z
  .union([z.number(), z.string()])
  .nullish()
  .transform((value) => {
    const read = typeof value === "string" ? (value.trim() === "" ? Number.NaN : Number(value)) : value;
    return read === null || read === undefined || !Number.isFinite(read) ? null : read;
  });
/** As `number`; NaN for a text that is a number to no reader (`1,5`): GPUs are requested, and it is not known how many. */
const gpus = z
  .union([z.number(), z.string()])
  .nullish()
  .transform((value) => (typeof value === "string" && value.trim() === "" ? null : value))
  .transform((value) => (value === null || value === undefined ? null : Number(value)));
const quantity = z.union([z.string(), z.number()]).nullish();
const extended = z
  .array(z.looseObject({ resource: text, quantity: quantity, exclude: z.boolean().nullish() }))
  .nullish();
/** Numbers from here on are milliseconds: as seconds they would be of the year 5138. */
const LEAST_MS = 1e11;

/** RFC 3339, or `2023-06-06 12:09:18.211` meaning UTC, or seconds or milliseconds since 1970; unreadable text and Go's zero time are null. */
const time = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => {
    const read = typeof value === "number" ? Math.floor(value < LEAST_MS ? value : value / 1000) : null;
    const instant = typeof value === "string" ? parseInstant(value) : read;
    return instant !== null && instant > 0 ? instant : null;
  });
const requiredTime = time.refine((instant): instant is number => instant !== null, "expected a date and time");

const bound = <T extends z.ZodType>(amount: T) => z.looseObject({ request: amount, limit: amount }).nullish();
const requested = z
  .looseObject({
    gpuRequestType: text,
    gpu: bound(gpus),
    gpuMemory: bound(quantity),
    cpu: bound(quantity),
    cpuMemory: bound(quantity),
    extendedResources: extended,
    migProfile: text,
    /** Claims of dynamic resource allocation. */
    resourceClaims: z.array(z.unknown()).nullish(),
  })
  .nullish();
const allocated = z
  .looseObject({
    gpu: number,
    gpuMemory: quantity,
    cpu: quantity,
    cpuMemory: quantity,
    extendedResources: extended,
    migProfile: text,
  })
  .nullish();

export const cluster = z.looseObject({
  uuid: id,
  name: z.string(),
  version: text,
  createdAt: time,
  deletedAt: time,
  lastLiveness: time,
  status: z.looseObject({ state: text }).nullish(),
});

export const nodePool = z.looseObject({ id, name: z.string(), clusterId: id });

export const node = z.looseObject({
  id: id.nullish(),
  name: z.string(),
  clusterUuid: id.nullish(),
  status: text,
  nodePool: text,
  createdAt: time,
  gpuInfo: z.looseObject({ gpuType: text, gpuCount: number }).nullish(),
});

export const department = z.looseObject({ id, name: z.string(), clusterId: id.nullish() });

export const project = z.looseObject({
  id,
  name: z.string(),
  clusterId: id.nullish(),
  parentId: id.nullish(),
  parent: z.looseObject({ id: id.nullish() }).nullish(),
  requestedNamespace: text,
  resources: z
    .array(
      z.looseObject({
        nodePool: z.looseObject({ name: text }).nullish(),
        gpu: z.looseObject({ deserved: number }).nullish(),
      }),
    )
    .nullish(),
  status: z.looseObject({ namespace: text }).nullish(),
});

export const workload = z.looseObject({
  id,
  name: z.string(),
  type: text,
  category: text,
  namespace: text,
  clusterId: id,
  projectId: id.nullish(),
  projectName: text,
  departmentId: id.nullish(),
  departmentName: text,
  submittedBy: text,
  priorityClassName: text,
  preemptible: flag,
  /** 3.0. */
  preemptibility: text,
  background: flag,
  phase: text,
  phaseUpdatedAt: time,
  createdAt: requiredTime,
  completedAt: time,
  deletedAt: time,
  workloadRequestedResources: requested,
  podsRequestedResources: requested,
  requestedNodePools: texts,
  currentNodePools: texts,
  totalPendingTimeSeconds: number,
  totalRunningTimeSeconds: number,
  images: texts,
});

export const pod = z.looseObject({
  id,
  name: z.string(),
  workloadId: id.nullish(),
  clusterId: id,
  k8sPhase: text,
  nodeName: text,
  currentNodePool: text,
  requestedNodePools: texts,
  createdAt: requiredTime,
  k8sPhaseUpdatedAt: time,
  updatedAt: time,
  completedAt: time,
  deletedAt: time,
  containers: z.array(z.looseObject({ startedAt: time })).nullish(),
  requestedResources: requested,
  allocatedResources: allocated,
});

export const historyRecord = z.looseObject({
  meta: z.looseObject({ creationTimestamp: time, type: text }).nullish(),
  spec: z.looseObject({ phaseUpdate: z.looseObject({ phase: text }).nullish() }).nullish(),
});

export const measurement = z.looseObject({
  type: z.string(),
  labels: z.record(z.string(), z.unknown()).nullish(),
  values: z.array(z.looseObject({ value: z.union([z.string(), z.number()]).nullish(), timestamp: text })).nullish(),
});
export const metrics = z.looseObject({ measurements: z.array(measurement) });

/** A token answer of either version. */
export const token = z.looseObject({
  accessToken: text,
  access_token: text,
  expiresIn: number,
  expires_in: number,
});

export type WireCluster = z.output<typeof cluster>;
export type WireNodePool = z.output<typeof nodePool>;
export type WireNode = z.output<typeof node>;
export type WireDepartment = z.output<typeof department>;
export type WireProject = z.output<typeof project>;
export type WireWorkload = z.output<typeof workload>;
export type WirePod = z.output<typeof pod>;
export type WireHistoryRecord = z.output<typeof historyRecord>;
export type WireMeasurement = z.output<typeof measurement>;
