import { sql } from "@/db/client.ts";
import { allow } from "@/lib/auth/allow.ts";
import { isClass, type UsageClass, zeroClasses } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { findCostScope } from "@/lib/reports/read/cost-scope.ts";
import { type Filters, findScope } from "@/lib/reports/read/scope.ts";
import { readFreeRates, readHourRates } from "@/lib/reports/read/workload-charges.ts";
import type { FleetNode, FleetNow, FleetSlot } from "./types.ts";

interface SlotRow {
  readonly clusterId: string;
  readonly cluster: string;
  readonly node: string;
  readonly position: number;
  readonly hardwareKey: number;
  readonly pool: string;
  readonly gpuModel: string;
  readonly gpu: string;
  readonly milli: number;
  readonly class: UsageClass;
  readonly workloadKey: number;
  readonly workload: string | null;
  readonly projectKey: number;
  readonly project: string | null;
  readonly user: string | null;
  readonly utilisationCenti: number | null;
  readonly gpuMemoryMib: number | null;
  readonly sinceAt: number;
  readonly asOfAt: number;
}

export interface Fleet extends FleetNow {
  readonly nodes: readonly FleetNode[];
  /** Every card is there, and not only those that the viewer's workloads hold. */
  readonly whole: boolean;
  readonly currency: string;
}

/**
 * The slots at the newest metered instant, by cluster, pool and node: every one for people who see every workload, else those
 * that their workloads hold and no other (docs/decisions/0060).
 */
export async function loadFleet(ctx: Ctx, { cluster, project }: Omit<Filters, "user">): Promise<Fleet> {
  allow(ctx.viewer, "workloads.read");
  const scope = await findScope(ctx, { cluster });
  const holders = scope.everyWorkload
    ? sql`left join workloads w on w.key = f.workload_key and w.key <> 0`
    : sql`join workloads w on w.key = f.workload_key and w.key <> 0${scope.workloads("w")}`;
  const rows = await ctx.db.all<SlotRow>(sql`
    select f.cluster_id as "clusterId", coalesce(c.name, f.cluster_id) as "cluster", f.node as "node", f.position as "position",
      f.hardware_key as "hardwareKey", h.node_pool as "pool", h.gpu_model as "gpuModel", f.gpu as "gpu", f.milli as "milli", f.class as "class",
      f.workload_key as "workloadKey", w.name as "workload", coalesce(w.project_key, 0) as "projectKey", p.name as "project",
      w.submitted_by as "user", f.utilisation_centi as "utilisationCenti", f.gpu_memory_mib as "gpuMemoryMib",
      f.since_at as "sinceAt", f.as_of_at as "asOfAt"
    from fleet f left join hardware h on h.key = f.hardware_key left join clusters c on c.id = f.cluster_id
    ${holders}
    left join projects p on p.key = w.project_key and p.key <> 0
    where true ${scope.clusters("f.cluster_id")}
    order by 2, h.node_pool, f.node, f.position`);
  const shown = project === undefined ? rows : rows.filter((r) => r.projectKey === project);
  const hourOf = await readHours(ctx, cluster, shown);
  const classes = zeroClasses();
  for (const row of shown) if (isClass(row.class)) classes[row.class] += row.milli;
  const nodes = [...Map.groupBy(shown, (r) => `${r.clusterId}\u0000${r.node}`).values()].flatMap(
    (slots): FleetNode[] => {
      const [first] = slots;
      if (!first) return [];
      const { cluster, pool, node, gpuModel } = first;
      return [
        { cluster, pool: pool ?? "", node, gpuModel: gpuModel ?? "", slots: slots.map((s) => slotOf(s, hourOf(s))) },
      ];
    },
  );
  return {
    nodes: nodes.sort(
      (a, b) =>
        a.cluster.localeCompare(b.cluster) ||
        a.pool.localeCompare(b.pool) ||
        a.node.localeCompare(b.node, "en", { numeric: true }),
    ),
    whole: scope.everyWorkload,
    currency: ctx.ledger.currency,
    classes,
    totalMilli: shown.reduce((sum, r) => sum + r.milli, 0),
    asOfAt: rows.length ? Math.max(...rows.map((r) => r.asOfAt)) : null,
  };
}

/** What an hour of a slot costs: a workload's by its own newest charged day, what nobody holds by that of its hardware. */
async function readHours(ctx: Ctx, cluster: string | undefined, slots: readonly SlotRow[]) {
  const keys = [...new Set(slots.flatMap((s) => (s.workloadKey ? [s.workloadKey] : [])))];
  const free = [...new Set(slots.flatMap((s) => (s.workloadKey ? [] : [s.hardwareKey])))];
  const cost = await findCostScope(ctx, { cluster }, "usage");
  const [held, unheld] = await Promise.all([
    keys.length ? readHourRates(ctx, cost, keys) : new Map<number, number>(),
    free.length ? readFreeRates(ctx, cost, free) : new Map<number, number>(),
  ]);
  return ({ workloadKey, hardwareKey, milli }: SlotRow): number | null => {
    const rate = workloadKey ? held.get(workloadKey) : unheld.get(hardwareKey);
    return rate === undefined ? null : Math.round(rate * milli);
  };
}

function slotOf(row: SlotRow, hourMicros: number | null): FleetSlot {
  return {
    position: row.position,
    gpu: row.gpu,
    milli: row.milli,
    class: row.class,
    workloadKey: row.workload === null ? 0 : row.workloadKey,
    workload: row.workload ?? "",
    project: row.project ?? "",
    user: row.user ?? "",
    utilisationPercent: row.utilisationCenti === null ? null : row.utilisationCenti / 100,
    gpuMemoryMib: row.gpuMemoryMib,
    sinceAt: row.sinceAt,
    hourMicros,
  };
}
