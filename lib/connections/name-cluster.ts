import { z } from "zod";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { CONNECTION_KINDS } from "@/lib/sources/index.ts";
import { listGivenNames } from "@/lib/sync/facts/cluster-names-store.ts";
import { deleteName, listKnownClusters, listRows, saveName } from "./store.ts";

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
 * those of that cluster; a cluster that was stored under the id before ends when it was last seen.
 * @throws AppError `forbidden`; `invalid` and `conflict` by field.
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
    const before = names.find((n) => n.source === source && n.name === name)?.clusterId ?? null;
    await saveName(tx, { source, name, clusterId: target.id, createdAt: ctx.now(), createdBy: ctx.viewer.id });
    await recordAct(tx, ctx, {
      ...{ action: "connections.manage", subject: `cluster-name/${name}`, reason: "" },
      ...{ before: before === null ? null : { cluster: before }, after: { source, cluster: target.id } },
    });
  });
}

/** Takes back what nameCluster said. @throws AppError `forbidden`, `not_found`. */
export async function forgetName(ctx: Ctx, source: string, name: string): Promise<void> {
  allow(ctx.viewer, "connections.manage");
  await ctx.db.write(async (tx) => {
    const before = (await listGivenNames(tx)).find((n) => n.source === source && n.name === name);
    if (!before || !(await deleteName(tx, source, name)))
      throw new AppError("not_found", `Nothing was said about "${name}".`);
    await recordAct(tx, ctx, {
      ...{ action: "connections.manage", subject: `cluster-name/${name}`, reason: "" },
      ...{ before: { source, cluster: before.clusterId }, after: null },
    });
  });
}
