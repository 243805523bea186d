import { type Db, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { nodeStates } from "@/db/schema/index.ts";
import { loadInventory } from "@/lib/metering/load.ts";
import { saveProvenCards } from "@/lib/sync/facts/node-store.ts";
import { everCountsParts } from "./replicas.ts";

/**
 * Keeps how many cards samples show of nodes whose inventory counts replicas of cards: once the samples are removed, an
 * exporter that is silent for longer would make each replica a card. Run before samples are removed.
 */
export async function rememberCards(db: Db): Promise<void> {
  const rows = await db.all(sql`select ${columnsOf(nodeStates, ["clusterId", "node", "fromAt", "gpuModel", "cards"])}
    from ${nodeStates} where gpu_model like '%-%'`);
  const ofParts = rows.filter((r) => everCountsParts(r));
  for (const [clusterId, states] of Map.groupBy(ofParts, (r) => r.clusterId)) {
    const kept = new Map(states.map((s) => [`${s.node} ${s.fromAt}`, s.cards]));
    const found = (await loadInventory(db, clusterId)).flatMap(({ name: node, states }) =>
      states.flatMap(({ start: fromAt, cards }) =>
        cards && kept.has(`${node} ${fromAt}`) && kept.get(`${node} ${fromAt}`) !== cards
          ? [{ node, fromAt, cards }]
          : [],
      ),
    );
    if (found.length) await db.write((tx) => saveProvenCards(tx, clusterId, found));
  }
}
