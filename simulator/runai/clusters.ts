import { HOUR } from "@/lib/time.ts";
import { type Call, json, type Reply } from "@/simulator/http.ts";
import { isListed, iso, type RunaiContext } from "./context.ts";
import { TENANT_ID } from "./workloads.ts";

/** `GET /api/v1/clusters`: a bare array. A cluster that is not connected has an old `lastLiveness`. */
export function listClusters(context: RunaiContext, call: Call): Reply {
  const now = context.clock.now();
  const { clusterState } = context.switches;
  const alive = clusterState === "Connected" ? now - 12 : now - HOUR;
  const full = call.query.get("verbosity") !== "metadata";
  return json(
    context.timeline.scenario.clusters
      .filter((c) => isListed(context, c.id))
      .map((c) => ({
        uuid: c.id,
        tenantId: TENANT_ID,
        name: c.name,
        createdAt: iso(c.createdAt),
        domain: `https://${c.name}.example.com`,
        version: c.version,
        updatedAt: iso(alive),
        deletedAt: null,
        lastLiveness: iso(alive),
        deleteRequestedAt: null,
        ...(full
          ? {
              status: {
                state: clusterState,
                conditions: [],
                operands: {},
                platform: { type: "vanilla", kubeVersion: "v1.33.4" },
                config: { "prometheus.config.advancedMetricsEnabled": context.switches.advancedMetrics },
                dependencies: { required: {}, optional: {} },
              },
            }
          : {}),
      })),
  );
}
