import { z } from "zod";
import type { Tx } from "@/db/client.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { CONNECTION_KINDS } from "@/lib/sources/index.ts";
import { type GivenName, isClusterId, listGivenNames } from "@/lib/sync/facts/cluster-names-store.ts";
import { isLeased } from "@/lib/sync/lease.ts";
import { LIVE } from "@/lib/sync/windows/run-store.ts";
import { formatInstant, type Instant } from "@/lib/time.ts";
import { countedSince, deleteName, type KnownCluster, listKnownClusters, listRows, saveName } from "./store.ts";

export const nameInput = z.object({
  /** The name of a connection; empty: every connection. */
  source: z.string().trim().default(""),
  /** What it calls the cluster: an id or a label. */
  name: z
    .string()
    .trim()
    .min(1, "Enter the id or name that the source uses.")
    .max(200, "It has at most 200 characters."),
  /** The id or name of the cluster that it is. */
  cluster: z.string().trim().min(1, "Choose a cluster."),
});
export type NameInput = z.input<typeof nameInput>;

/**
 * Says that what a source calls by a name or an id is a cluster that the ledger knows. From the next sync on its facts and samples are
 * those of that cluster. An id under which time was counted already stays a cluster of its own: its pods and nodes, with their past, would
 * count a second time.
 * @throws AppError `forbidden`; `busy` during a sync; `invalid` and `conflict` by field.
 */
export async function nameCluster(ctx: Ctx, given: NameInput): Promise<void> {
  allow(ctx.viewer, "connections.manage");
  const { source, name, cluster } = parseInput(nameInput, given);
  await ctx.db.write(async (tx) => {
    const sources = [...CONNECTION_KINDS.map((kind) => kind.name), ...(await listRows(tx)).map((row) => row.name)];
    if (source && !sources.includes(source))
      throw fieldError("source", `There is no connection "${source}". There are ${sources.join(", ")}.`);
    const clusters = await listKnownClusters(tx);
    const named = clusters.filter((c) => c.id === cluster || (c.name === cluster && c.deletedAt === null));
    const [target] = named;
    if (!target || named.length > 1)
      throw fieldError(
        "cluster",
        `${named.length > 1 ? "Several clusters are" : "No cluster is"} called "${cluster}": enter its id.`,
      );
    if (target.id === name) throw fieldError("name", "That is the id of this cluster already.");
    const own = clusters.find((c) => c.id === name && c.deletedAt === null);
    if (own && own.source === target.source && target.deletedAt === null)
      throw fieldError("name", `The source "${own.source}" lists both, so they are two clusters.`, "conflict");
    const names = await listGivenNames(tx);
    if (names.some((n) => n.name === target.id))
      throw fieldError("cluster", `"${target.name}" is said to be another cluster itself: enter that one.`, "conflict");
    if (names.some((n) => n.clusterId === name))
      throw fieldError("name", "Other names stand for this cluster: remove them first.", "conflict");
    const same = names.find((n) => n.source === source && n.name === name);
    if (same?.clusterId === target.id) return;
    await assertUncounted(tx, name);
    const replaced = same ?? names.find((n) => n.source === "" && n.name === name);
    if (replaced && replaced.clusterId !== target.id) await assertUnused(tx, replaced, clusters);
    if (isClusterId(name, clusters)) await assertNoSync(tx, ctx.now());
    const before = same?.clusterId ?? null;
    await saveName(tx, { source, name, clusterId: target.id, createdAt: ctx.now(), createdBy: ctx.viewer.id });
    await recordAct(tx, ctx, {
      ...{ action: "connections.manage", subject: `cluster-name/${name}`, reason: "" },
      ...{ before: before === null ? null : { cluster: before }, after: { source, cluster: target.id } },
    });
  });
}

/** Refuses an id under which the ledger has counted time, or is about to. */
async function assertUncounted(tx: Tx, id: string): Promise<void> {
  const since = await countedSince(tx, id);
  if (since === null) return;
  throw fieldError(
    "name",
    `"${id}" is counted as a cluster of its own since ${formatInstant(since)}: as another cluster, the same time would count twice. ` +
      "Leave it a cluster of its own. If two connections read it, remove one of them. Next time, name it before its connection is added.",
    "conflict",
  );
}

/** Refuses to end a name by which a tenant may have listed a cluster since it was given: under the other id the same time would count again. */
async function assertUnused(
  tx: Tx,
  { source, name, clusterId, createdAt }: GivenName,
  clusters: readonly KnownCluster[],
) {
  const cluster = clusters.find((c) => c.id === clusterId);
  if (!cluster || !isClusterId(name, clusters) || cluster.lastSeenAt < createdAt) return;
  if (source !== "" && !(await isTenant(tx, source))) return;
  if ((await countedSince(tx, clusterId)) === null) return;
  throw fieldError(
    "name",
    `"${name}" stands for the cluster "${cluster.name}" since ${formatInstant(createdAt)}, and the cluster was synced after that: ` +
      "under another id, the same time would count twice. Leave the name. If it is wrong, remove the connection that uses it.",
    "conflict",
  );
}

/** Whether a connection lists clusters. One that was removed lists none. */
async function isTenant(tx: Tx, source: string): Promise<boolean> {
  const kind = (await listRows(tx)).find((row) => row.name === source)?.kind ?? source;
  return CONNECTION_KINDS.some((one) => one.name === kind && one.provides.has("inventory"));
}

/** A sync that runs now may be listing the cluster under the id that it had. */
async function assertNoSync(tx: Tx, now: Instant): Promise<void> {
  if (await isLeased(tx, LIVE, now))
    throw new AppError("busy", "A sync is running and may be reading this cluster: try again when it has ended.");
}

/**
 * Takes back what nameCluster said. An id by which a tenant may have listed the cluster since stays.
 * @throws AppError `forbidden`, `not_found`, `conflict`; `busy` during a sync.
 */
export async function forgetName(ctx: Ctx, source: string, name: string): Promise<void> {
  allow(ctx.viewer, "connections.manage");
  await ctx.db.write(async (tx) => {
    const before = (await listGivenNames(tx)).find((n) => n.source === source && n.name === name);
    if (!before) throw new AppError("not_found", `Nothing was said about "${name}".`);
    const clusters = await listKnownClusters(tx);
    await assertUnused(tx, before, clusters);
    if (isClusterId(name, clusters)) await assertNoSync(tx, ctx.now());
    await deleteName(tx, source, name);
    await recordAct(tx, ctx, {
      ...{ action: "connections.manage", subject: `cluster-name/${name}`, reason: "" },
      ...{ before: { source, cluster: before.clusterId }, after: null },
    });
  });
}
