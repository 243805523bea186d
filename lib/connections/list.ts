import { allow } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Env } from "@/lib/env.ts";
import { redact } from "@/lib/redact.ts";
import { describeSecrets } from "@/lib/secrets/index.ts";
import { CONNECTION_KINDS, configuredSources } from "@/lib/sources/index.ts";
import { listGivenNames } from "@/lib/sync/facts/cluster-names-store.ts";
import { lastProblem, listKnownClusters, listRows, listSourceWindows, secretOwner } from "./store.ts";
import type { ListedConnection, ListedName } from "./types.ts";

/** Every source of the ledger, of each kind the one of the settings first, without secrets. @throws AppError `forbidden`. */
export async function listConnections(ctx: Ctx, env: Env): Promise<ListedConnection[]> {
  allow(ctx.viewer, "connections.read");
  const [rows, secrets, clusters, windows] = await Promise.all([
    listRows(ctx.db),
    describeSecrets(ctx.db),
    listKnownClusters(ctx.db),
    listSourceWindows(ctx.db),
  ]);
  const stateOf = async (name: string) => {
    const read = windows.find((w) => w.source === name);
    const isFailing = (read?.failedAt ?? 0) > (read?.readThrough ?? 0);
    return {
      clusters: clusters.filter((c) => c.source === name && c.deletedAt === null).length,
      unread: read?.unread ?? 0,
      readThrough: read?.readThrough ?? null,
      problem: isFailing ? redact(await lastProblem(ctx.db, name)) : "",
    };
  };
  const out: ListedConnection[] = [];
  for (const kind of CONNECTION_KINDS) {
    if (configuredSources(env).some(({ name }) => name === kind.name)) {
      const fields = { url: shown(kind.address(env) ?? "") };
      const given = {
        key: null,
        name: kind.name,
        kind: kind.name,
        title: kind.title,
        fields,
        stored: [],
        pausedAt: null,
      };
      out.push({ ...given, ...(await stateOf(kind.name)) });
    }
    for (const { key, name, title, settings, pausedAt } of rows.filter((row) => row.kind === kind.name)) {
      const stored = secrets.flatMap(({ of, field }) => (of === secretOwner(key) ? [field] : []));
      const given = { key, name, kind: kind.name, title, fields: JSON.parse(settings), stored, pausedAt };
      out.push({ ...given, ...(await stateOf(name)) });
    }
  }
  return out;
}

/** An address without anything secret in it. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname === "/" ? "" : pathname}`;
}

/** What administrators said about names of clusters. @throws AppError `forbidden`. */
export async function listClusterNames(ctx: Ctx): Promise<ListedName[]> {
  allow(ctx.viewer, "connections.read");
  const [names, clusters] = await Promise.all([listGivenNames(ctx.db), listKnownClusters(ctx.db)]);
  return names.map(({ source, name, clusterId }) => ({
    ...{ source, name, clusterId },
    clusterName: clusters.find(({ id }) => id === clusterId)?.name ?? clusterId,
  }));
}
