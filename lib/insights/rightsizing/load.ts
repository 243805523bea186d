import type { SQL } from "drizzle-orm";
import { type Db, type Reader, sql } from "@/db/client.ts";
import { inKeys } from "@/db/keys.ts";
import { charges, hardware, usageDays, workloads } from "@/db/schema/index.ts";
import { IDLE, sumSql } from "@/lib/classes.ts";
import { loadCells } from "@/lib/insights/evaluate/cells-store.ts";
import { DayPrices, isPriced } from "@/lib/pricing/price-book.ts";
import { loadPriceBook } from "@/lib/pricing/price-store.ts";
import type { Interval } from "@/lib/time.ts";
import { busiestOf } from "./busiest.ts";
import type { Offer, Use } from "./types.ts";

/** Workloads whose cells are read together. */
const LOT = 100;

/** Least wall-clock seconds that a workload has to have held GPUs for. */
const LEAST_SECONDS = 86_400;

/** Names of a workload, for rows. */
export interface NamedUse extends Use {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly teamKey: number;
}

type Row = Omit<NamedUse, "preemptible" | "running" | "busiestMilli" | keyof Hours> & {
  readonly preemptible: number | null;
  readonly ended: number;
};

/** What hours alone say: how long, and the largest values of any of them. */
type Hours = Pick<Use, "heldSeconds" | "allocatedPeakMilli" | "memoryPeakMib">;

/**
 * What workloads held, did and cost over some days, by GPU model: those that held GPUs for at least a day.
 * @param visible `and …` over charges as `x` with their cluster and workload `w`: what the viewer may see of money.
 */
export async function loadUses(
  db: Db,
  { from, until }: { readonly from: number; readonly until: number },
  range: Interval,
  visible: SQL,
): Promise<NamedUse[]> {
  const sum = (column: string, name: string) => `cast(sum(${column}) as bigint) as "${name}"`;
  const rows = await db.all<Row>(sql`select x."workloadKey", h.cluster_id as "clusterId", h.gpu_model as "gpuModel",
      w.category as "category", x.project_key as "projectKey", x.team_key as "teamKey", w.preemptible as "preemptible",
      case when coalesce(w.completed_at, w.deleted_at) is null then 0 else 1 end as "ended",
      w.id as "id", w.name as "name", w.submitted_by as "user",
      ${sql.raw(
        ["heldMilli", "observedMilli", "expectedMilli", "idleMilli", "warmMilli", "inefficientMilli"]
          .concat("activeMilli", "spentMicros", "standardMicros")
          .map((n) => sum(`x."${n}"`, n))
          .join(", "),
      )}
    from (
      select c.workload_key as "workloadKey", c.hardware_key, c.project_key, c.team_key, c.quantity as "heldMilli",
        c.observed_milli as "observedMilli", c.expected_milli as "expectedMilli",
        ${sql.raw(sumSql(IDLE, "milli", "c"))} as "idleMilli", c.warm_serving_milli as "warmMilli",
        c.inefficient_milli as "inefficientMilli", c.active_milli as "activeMilli", c.amount_micros as "spentMicros",
        case when c.price_class = 'standard' then c.amount_micros else 0 end as "standardMicros"
      from ${charges} c
      where c.day >= ${from} and c.day < ${until} and c.sku = 'gpu' and c.workload_key <> 0) x
    join ${hardware} h on h.key = x.hardware_key join ${workloads} w on w.key = x."workloadKey"
    where h.gpu_model <> '' ${visible}
    group by x."workloadKey", h.cluster_id, h.gpu_model, w.category, x.project_key, x.team_key, w.preemptible,
      w.completed_at, w.deleted_at, w.id, w.name, w.submitted_by`);
  const keys = [...new Set(rows.map((r) => r.workloadKey))];
  const hours = await loadHours(db, keys, { from, until });
  const uses = rows.flatMap(({ preemptible, ended, ...row }) => {
    const hour = hours.get(`${row.workloadKey}/${row.clusterId}/${row.gpuModel}`);
    if (!hour || hour.heldSeconds < LEAST_SECONDS) return [];
    const known = preemptible === null ? null : preemptible === 1;
    return [{ ...row, ...hour, preemptible: known, running: ended === 0, busiestMilli: null }];
  });
  return withBusiest(db, uses, range);
}

/** Of the time that a workload held GPUs for, the share that cells have to know. */
const KNOWN = 0.95;

/** How many GPUs worked at once, of workloads that held several and left some of their time idle. */
async function withBusiest(db: Db, uses: readonly NamedUse[], range: Interval): Promise<NamedUse[]> {
  const isAsked = (u: NamedUse) => u.allocatedPeakMilli >= 2000 && u.idleMilli > 0;
  const out: NamedUse[] = uses.filter((u) => !isAsked(u));
  const asked = uses.filter(isAsked);
  for (let at = 0; at < asked.length; at += LOT) {
    const lot = asked.slice(at, at + LOT);
    const cells = await loadCells(
      db,
      lot.map((u) => u.workloadKey),
      range.start,
    );
    for (const use of lot) {
      const { heldMilli, busiestMilli } = busiestOf(cells.get(use.workloadKey)?.values() ?? [], use.gpuModel, range);
      out.push(heldMilli >= KNOWN * use.heldMilli ? { ...use, busiestMilli } : use);
    }
  }
  return out;
}

/** How long workloads held GPUs, and what they held and used at most in any of their hours, by model: from the sums of their days. */
async function loadHours(
  db: Db,
  keys: readonly number[],
  { from, until }: { readonly from: number; readonly until: number },
) {
  const rows = await db.all<Hours & { readonly id: string }>(sql`
    select u.workload_key || '/' || h.cluster_id || '/' || h.gpu_model as "id",
      cast(sum(u.held_seconds) as bigint) as "heldSeconds",
      max(u.allocated_peak_milli) as "allocatedPeakMilli", max(u.gpu_memory_peak_mib) as "memoryPeakMib"
    from ${usageDays} u join ${hardware} h on h.key = u.hardware_key
    where u.day >= ${from} and u.day < ${until} and ${inKeys(db.dialect, "u.workload_key", keys)}
    group by u.workload_key || '/' || h.cluster_id || '/' || h.gpu_model`);
  return new Map(rows.map(({ id, ...row }) => [id, row]));
}

/** Prices of a GPU-hour in force on a day, for each model of each cluster; the cheapest where its pools differ. */
export async function loadOffers(db: Reader, currency: string, day: number): Promise<Offer[]> {
  const [book, places] = await Promise.all([
    loadPriceBook(db, currency),
    db.all<{ clusterId: string; nodePool: string; gpuModel: string }>(sql`select cluster_id as "clusterId",
      node_pool as "nodePool", gpu_model as "gpuModel" from ${hardware} where gpu_model <> '' order by key`),
  ]);
  const prices = new DayPrices(book, day);
  const of = (place: (typeof places)[number], priceClass: "standard" | "spot"): number | null => {
    const found = prices.find(place, "gpu", priceClass);
    return isPriced(found) ? found.unitPriceNanos : null;
  };
  const groups = Map.groupBy(places, (p) => `${p.clusterId}\u0000${p.gpuModel}`);
  return [...groups.values()].flatMap(([first, ...rest]) => {
    if (!first) return [];
    const least = (priceClass: "standard" | "spot") => {
      const known = [first, ...rest].flatMap((p) => of(p, priceClass) ?? []);
      return known.length ? Math.min(...known) : null;
    };
    const { clusterId, gpuModel } = first;
    return [{ clusterId, gpuModel, standardNanos: least("standard"), spotNanos: least("spot") }];
  });
}
