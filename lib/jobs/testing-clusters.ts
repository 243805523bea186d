import { sql } from "@/db/client.ts";
import { CLASSES, classColumn } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { HOUR } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { type Simulator, startSimulator } from "@/simulator/index.ts";
import { uuidOf } from "@/simulator/random.ts";
import type { Scenario } from "@/simulator/scenario.ts";
import { withSecondCluster } from "@/simulator/scenarios/second-cluster.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { exactUsage } from "@/simulator/truth.ts";

/**
 * Two tenants of three clusters. East and west have nodes, projects and namespaces of the same names; each tenant has one of them, and
 * both list the third, which is shared. Each tenant has a Prometheus of its own, with the series of its clusters.
 */
export interface TwoTenants {
  readonly east: Simulator;
  readonly west: Simulator;
  readonly ids: { readonly east: string; readonly west: string; readonly shared: string };
  /** What is true of the three, each once: milli-GPU-seconds by `cluster|bucket|workload|model|class`. */
  readonly truth: ReadonlyMap<string, number>;
  readonly scenario: Scenario;
}

const HOURS = 3;

export async function twoTenants(seed: number, onEnd: (close: () => Promise<void>) => void): Promise<TwoTenants> {
  const of = (n: number) => smallScenario({ seed: 100 * seed + n, faults: false, hours: HOURS, workloads: 8 });
  const ids = { east: of(1).clusters[0]?.id as string, west: uuidOf("west-cluster"), shared: "" };
  const east = withSecondCluster(renamed(of(1), ids.east, "east"), of(3));
  // What workloads do is drawn from the seed of the scenario, so that both say the same of the shared cluster.
  const west = withSecondCluster({ ...renamed(of(2), ids.west, "west"), seed: of(1).seed }, of(3));
  ids.shared = east.clusterId;
  const start = async (scenario: Scenario) => {
    const clock = fixedClock(scenario.range.end + 2 * HOUR);
    const simulator = await startSimulator({ scenario, clock });
    onEnd(() => simulator.close());
    return simulator;
  };
  const truth = new Map([...truthOf(east.scenario), ...truthOf(west.scenario)]);
  return {
    ...{ ids, truth, scenario: east.scenario },
    ...{ east: await start(east.scenario), west: await start(west.scenario) },
  };
}

/** The one cluster of a scenario under another id and name. */
function renamed(scenario: Scenario, clusterId: string, name: string): Scenario {
  const moved = <T extends { readonly clusterId: string }>(list: readonly T[]) =>
    list.map((one) => ({ ...one, clusterId }));
  return {
    ...scenario,
    clusters: scenario.clusters.map((cluster) => ({ ...cluster, id: clusterId, name })),
    nodePools: moved(scenario.nodePools),
    nodes: moved(scenario.nodes),
    departments: moved(scenario.departments),
    projects: moved(scenario.projects),
    outages: moved(scenario.outages),
  };
}

/** What is true of a scenario, under the same keys. */
export function truthOf(scenario: Scenario): Map<string, number> {
  const out = new Map<string, number>();
  for (const row of exactUsage(scenario)) {
    const key = `${row.clusterId}|${row.bucket}|${row.workloadId ?? ""}|${row.gpuModel}|${row.class}`;
    if (row.milliGpuSeconds) out.set(key, (out.get(key) ?? 0) + row.milliGpuSeconds);
  }
  return out;
}

/** What the ledger has, under the keys of `truth`. */
export async function meteredOf(ctx: Ctx): Promise<Map<string, number>> {
  const columns = sql.raw(CLASSES.map((c) => `u.${classColumn(c, "milli")} as "${c}"`).join(", "));
  type Row = { bucketAt: number; clusterId: string; workload: string | null; gpuModel: string } & Record<
    string,
    number
  >;
  const rows =
    await ctx.db.all<Row>(sql`select u.bucket_at as "bucketAt", h.cluster_id as "clusterId", w.id as workload,
    h.gpu_model as "gpuModel", ${columns}
    from usage u join hardware h on h.key = u.hardware_key left join workloads w on w.key = u.workload_key`);
  const out = new Map<string, number>();
  for (const row of rows)
    for (const c of CLASSES) {
      const key = `${row.clusterId}|${row.bucketAt}|${row.workload ?? ""}|${row.gpuModel}|${c}`;
      if (row[c]) out.set(key, (out.get(key) ?? 0) + row[c]);
    }
  return out;
}

/** Where the two differ. */
export function apart(got: ReadonlyMap<string, number>, truth: ReadonlyMap<string, number>): string[] {
  const keys = [...new Set([...got.keys(), ...truth.keys()])].sort();
  return keys.flatMap((key) =>
    got.get(key) === truth.get(key) ? [] : [`${key}: metered ${got.get(key) ?? 0}, truth ${truth.get(key) ?? 0}`],
  );
}
