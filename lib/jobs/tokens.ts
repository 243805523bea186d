import { listClusters } from "@/lib/sync/facts/cluster-store.ts";
import type { Sources } from "@/lib/sync/sources.ts";
import { loadFinder } from "@/lib/sync/windows/finder.ts";
import type { TokenReader } from "@/lib/unit-costs/read-tokens.ts";
import type { Ledger } from "./ledger.ts";

/** Reads the tokens of each cluster from its own source. */
export const tokenReader =
  ({ ctx }: Pick<Ledger, "ctx">, sources: Pick<Sources, "providerOf">): TokenReader =>
  async (cluster, day) => {
    const provider = sources.providerOf("tokens", cluster);
    if (!provider || provider.source.rests) return undefined;
    const clusters = await listClusters(ctx.db);
    const own = clusters.filter((c) => sources.providerOf("tokens", c)?.source === provider.source).map((c) => c.id);
    const finder = await loadFinder(ctx.db, day, { source: provider.source.name, covered: new Set(own) });
    return (pods, window) => provider.read(pods, window, cluster.id, finder);
  };
