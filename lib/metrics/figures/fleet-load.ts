import { type Reader, sql } from "@/db/client.ts";
import { charges, clusters, fleet, hardware, teams } from "@/db/schema/index.ts";
import type { UsageClass } from "@/lib/classes.ts";
import { HOUR, type Instant } from "@/lib/time.ts";

/** Milli-GPUs of one model that one workload (key 0: nobody) holds in one class at the newest metered instant. */
export interface FleetRow {
  readonly clusterId: string;
  readonly gpuModel: string;
  readonly class: UsageClass;
  readonly workloadKey: number;
  readonly milli: number;
  readonly asOfAt: Instant;
}

export const loadFleetRows = (db: Reader): Promise<FleetRow[]> =>
  db.all(sql`select f.cluster_id as "clusterId", coalesce(h.gpu_model, '') as "gpuModel", f.class as "class",
      f.workload_key as "workloadKey", cast(sum(f.milli) as bigint) as "milli", max(f.as_of_at) as "asOfAt"
    from ${fleet} f left join ${hardware} h on h.key = f.hardware_key
    group by f.cluster_id, coalesce(h.gpu_model, ''), f.class, f.workload_key`);

export interface Holder {
  readonly team: string;
  /** Micro-units for an hour of a milli-GPU. */
  readonly hourRate: number;
}

/** The team and the rate of the newest charge of every workload that holds a card now; none: it was never charged. */
export async function loadHolders(db: Reader): Promise<ReadonlyMap<number, Holder>> {
  const rows = await db.all<{ key: number; team: string; micros: number; quantity: number }>(sql`
    select c.workload_key as "key", max(t.name) as "team", cast(sum(c.amount_micros) as bigint) as "micros",
      cast(sum(c.quantity) as bigint) as "quantity"
    from ${charges} c join ${teams} t on t.key = c.team_key
    join (select workload_key, max(day) as day from ${charges}
      where sku = 'gpu' and workload_key <> 0 and workload_key in (select workload_key from ${fleet}) group by workload_key) n
      on n.workload_key = c.workload_key and n.day = c.day
    where c.sku = 'gpu' group by c.workload_key`);
  const charged = rows.filter((r) => r.quantity > 0);
  return new Map(charged.map((r) => [r.key, { team: r.team, hourRate: (r.micros * HOUR) / r.quantity }]));
}

/** Names of clusters by id, for labels: where two have the same name, the id stands behind it. */
export async function loadClusterNames(db: Reader): Promise<(id: string) => string> {
  const rows = await db.all<{ id: string; name: string }>(sql`select id as "id", name as "name" from ${clusters}`);
  const names = Map.groupBy(rows, (r) => r.name);
  const byId = new Map(rows.map((r) => [r.id, (names.get(r.name)?.length ?? 0) > 1 ? `${r.name} (${r.id})` : r.name]));
  return (id) => byId.get(id) || id;
}
