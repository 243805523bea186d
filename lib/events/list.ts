import { allow } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { HOUR, type Instant } from "@/lib/time.ts";
import { type DestinationRow, listDestinations, type Progress, readProgress } from "./destination-store.ts";
import { buildEvent, type EventFacts, subjectOf } from "./event.ts";
import { findSample, listRefused, type WaitingRow } from "./outbox-store.ts";
import { type Amounts, amountsOf } from "./quantities.ts";
import type { CloudEvent, Mapping } from "./types.ts";

export type ListedDestination = DestinationRow & Progress;

/** Destinations with how far each is. @throws AppError `forbidden`. */
export async function listVisibleDestinations(ctx: Ctx): Promise<ListedDestination[]> {
  allow(ctx.viewer, "events.manage");
  const rows = await listDestinations(ctx.db);
  return Promise.all(rows.map(async (row) => ({ ...row, ...(await readProgress(ctx.db, row.key)) })));
}

/** Refused events of a destination, the newest first. @throws AppError `forbidden`. */
export async function listVisibleRefused(ctx: Ctx, key: number, limit: number): Promise<WaitingRow[]> {
  allow(ctx.viewer, "events.manage");
  return listRefused(ctx.db, key, limit);
}

/** Shown where the ledger has no usage yet. */
const EXAMPLE: { readonly bucketAt: Instant; readonly facts: EventFacts; readonly amounts: Amounts } = {
  bucketAt: 1_795_186_800,
  facts: {
    ...{ clusterId: "c-1", cluster: "cluster-a", nodePool: "default", gpuModel: "NVIDIA H100 80GB HBM3" },
    ...{ workloadId: "w-1", workload: "train-llm", workloadType: "Training", project: "research" },
    ...{ department: "default", namespace: "runai-research", user: "ada@example.com" },
  },
  amounts: { gpuAllocation: 7_200_000, gpuActive: 5_400_000, gpuIdle: 1_800_000, workload: 3600 },
};

/** What an event looks like: of the newest usage of the ledger, else an example. @throws AppError `forbidden`. */
export async function previewEvent(ctx: Ctx, mapping: Mapping, bucketSeconds = HOUR): Promise<CloudEvent> {
  allow(ctx.viewer, "events.manage");
  const found = await findSample(ctx.db);
  const { bucketAt, facts, amounts } = found
    ? { bucketAt: found.bucketAt, facts: found, amounts: amountsOf(found) }
    : EXAMPLE;
  const interval = { start: bucketAt, end: bucketAt + bucketSeconds };
  return buildEvent(mapping, facts, { interval, revision: 0, amounts, subject: subjectOf(mapping.subject, facts) });
}
