import { z } from "zod";
import { defineGet } from "@/lib/api/endpoint.ts";
import { listClusterNames, listConnections } from "@/lib/connections/index.ts";
import { env } from "@/lib/env.ts";
import { formatInstant } from "@/lib/time.ts";

const instant = z.string().nullable();

export const connections = defineGet({
  path: "/api/v1/sync/connections",
  action: "connections.read",
  tag: "ledger",
  summary: "Sources of the ledger, without their secrets",
  description: "With how each is read, and what was said about names of clusters.",
  json: z.object({
    connections: z.array(
      z.object({
        name: z.string(),
        kind: z.string(),
        title: z.string(),
        from: z.enum(["environment", "ledger"]),
        fields: z.record(z.string(), z.string()).meta({ description: "What is not secret." }),
        secrets: z.array(z.string()).meta({ description: "Names of stored secrets; a value is never answered." }),
        paused: z.boolean(),
        clusters: z.int().meta({ description: "Clusters that it owns." }),
        unread_spans: z.int().meta({ description: "Spans that are to be read, or read again." }),
        read_through: instant,
        problem: z
          .string()
          .meta({ description: "Why the newest span that failed could not be read; empty: none did." }),
      }),
    ),
    cluster_names: z.array(
      z.object({
        connection: z.string().meta({ description: "Empty: all of them." }),
        name: z.string(),
        cluster_id: z.string(),
      }),
    ),
  }),
  async answer(ctx) {
    const [list, names] = await Promise.all([listConnections(ctx, env()), listClusterNames(ctx)]);
    return {
      body: {
        connections: list.map((one) => ({
          ...{ name: one.name, kind: one.kind, title: one.title, fields: { ...one.fields }, secrets: [...one.stored] },
          from: one.key === null ? ("environment" as const) : ("ledger" as const),
          ...{ paused: one.pausedAt !== null, clusters: one.clusters, unread_spans: one.unread, problem: one.problem },
          read_through: one.readThrough === null ? null : formatInstant(one.readThrough),
        })),
        cluster_names: names.map(({ source, name, clusterId }) => ({
          connection: source,
          name,
          cluster_id: clusterId,
        })),
      },
    };
  },
});
