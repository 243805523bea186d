import { type Db, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { nodes } from "@/db/schema/index.ts";
import { cardOf } from "@/lib/metering/card-of.ts";
import { nodesOfCards } from "@/lib/sync/samples/card-node-store.ts";

/**
 * Puts the node of the inventory on series of cards whose exporter did not name it when they were read, where the card
 * was seen on one in another window.
 */
export async function nameNodes(
  db: Db,
  clusterId: string,
  rows: { subjectKind: string; subjectId: string; gpu: string; node: string }[],
): Promise<void> {
  const ofCards = rows.filter((r) => r.node && (r.subjectKind === "card" || r.subjectKind === "gpu"));
  if (!ofCards.length) return;
  const known = await db.all(sql`select ${columnsOf(nodes, ["name"])} from ${nodes} where cluster_id = ${clusterId}`);
  const names = new Set(known.map((n) => n.name));
  const unnamed = ofCards.filter((r) => !names.has(r.node));
  if (!unnamed.length) return;
  const nodeOf = await nodesOfCards(db);
  for (const row of unnamed) {
    const node = nodeOf.get(cardOf(row.gpu));
    if (!node || !names.has(node)) continue;
    if (row.subjectKind === "card") row.subjectId = node;
    row.node = node;
  }
}
