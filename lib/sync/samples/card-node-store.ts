import { type Reader, sql } from "@/db/client.ts";
import { nodes, series } from "@/db/schema/index.ts";

/** The node of each card by its UUID, as stored series name it. A slice is of its card. */
export async function nodesOfCards(db: Reader): Promise<ReadonlyMap<string, string>> {
  const rows = await db.all<{ gpu: string; node: string }>(sql`select distinct s.gpu, s.node from ${series} s
    join ${nodes} n on n.cluster_id = s.cluster_id and n.name = s.node
    where s.metric = 'gpu_utilisation_percent' and s.subject_kind in ('gpu', 'card') and s.gpu like 'GPU-%'`);
  const out = new Map<string, string | null>();
  for (const { gpu, node } of rows) {
    const uuid = gpu.split("/")[0] as string;
    out.set(uuid, out.has(uuid) && out.get(uuid) !== node ? null : node);
  }
  return new Map([...out].flatMap(([uuid, node]) => (node === null ? [] : [[uuid, node] as const])));
}
