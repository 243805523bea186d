import { type Instant, MINUTE } from "@/lib/time.ts";
import { type Call, json, type Reply } from "@/simulator/http.ts";
import { hashText, mix, uuidOf } from "@/simulator/random.ts";
import type { NodeSpec } from "@/simulator/scenario.ts";
import { asSent, atLeast, isListed, isOddAt, iso, notFound, type RunaiContext, replicasOf } from "./context.ts";
import { type Fields, filtered, page } from "./listing.ts";
import { TENANT_ID } from "./workloads.ts";

export function isDown(node: NodeSpec, at: number): boolean {
  return node.down.some((d) => d.start <= at && at < d.end);
}

const FIELDS = (now: number): Fields<NodeSpec> => ({
  name: (n) => n.name,
  status: (n) => (isDown(n, now) ? "NotReady" : "Ready"),
  nodePool: (n) => n.pool,
  gpuType: (n) => n.gpuModel,
  clusterUuid: (n) => n.clusterId,
  nvLinkDomainUid: () => null,
  nvLinkCliqueId: () => null,
});

/** Whether the node was created again by now. */
function isRecreated({ switches: { recreatedAt }, clock }: RunaiContext, node: NodeSpec): boolean {
  return (
    recreatedAt !== null && recreatedAt <= clock.now() && recreatedAt > node.createdAt && hashText(node.name) % 2 === 0
  );
}

const createdOf = (context: RunaiContext, node: NodeSpec): Instant =>
  isRecreated(context, node) ? (context.switches.recreatedAt as Instant) : node.createdAt;

const idOf = (context: RunaiContext, node: NodeSpec): string =>
  isRecreated(context, node) ? uuidOf(`${node.id}/again`) : node.id;

function nodeWire(context: RunaiContext, node: NodeSpec, now: number): Record<string, unknown> {
  const replicas = replicasOf(context, node.sharing);
  const gpuType = replicas > 1 ? `${node.gpuModel}-SHARED` : node.gpuModel;
  const down = isDown(node, now);
  const last = node.down.flatMap((d) => [d.start, d.end]).filter((t) => t <= now);
  const createdAt = createdOf(context, node);
  return {
    id: idOf(context, node),
    name: node.name,
    clusterUuid: node.clusterId,
    status: down ? "NotReady" : "Ready",
    nodePool: node.pool,
    gpuInfo: { gpuType, gpuCount: node.gpuCount * replicas },
    conditions: [
      {
        type: "Ready",
        reason: down ? "NodeStatusUnknown" : "KubeletReady",
        message: down ? "Kubelet stopped posting node status." : "",
      },
    ],
    taints: [],
    nvLinkDomainUid: null,
    nvLinkCliqueId: null,
    createdAt: iso(createdAt),
    updatedAt: iso(Math.max(createdAt, ...last)),
  };
}

function existing(context: RunaiContext, clusterId?: string): NodeSpec[] {
  const now = context.clock.now();
  return context.timeline.scenario.nodes.filter(
    (n) => n.createdAt <= now && (!clusterId || n.clusterId === clusterId) && isListed(context, n.clusterId),
  );
}

type Oddity = "empty" | "half" | "no-cards" | null;

/** How looks at the nodes in this minute are odd, and whether their count lacks the same. */
function oddityOf(context: RunaiContext): { readonly oddity: Oddity; readonly isCountOdd: boolean } {
  const now = context.clock.now();
  if (!context.switches.oddNodeLists || !isOddAt(context, now)) return { oddity: null, isCountOdd: false };
  const drawn = mix(hashText("nodes"), Math.floor(now / MINUTE));
  const share = drawn / 4_294_967_296;
  const oddity = share < 0.11 ? "empty" : share < 0.22 ? "half" : share < 0.33 ? "no-cards" : null;
  return { oddity, isCountOdd: drawn % 2 === 0 };
}

/** The nodes that a look lists. */
function shown(nodes: readonly NodeSpec[], oddity: Oddity): NodeSpec[] {
  return nodes.filter((_, n) => oddity !== "empty" && (oddity !== "half" || n % 2 === 0));
}

/** `GET /api/v1/nodes` (2.23+): pages, but never says `next`. */
export function listNodes(context: RunaiContext, call: Call): Reply {
  if (!atLeast(context.switches, "2.23")) throw notFound(call.path);
  const now = context.clock.now();
  const { oddity } = oddityOf(context);
  const nodes = shown(existing(context), oddity);
  const wire = (n: NodeSpec) => ({ ...nodeWire(context, n, now), ...(oddity === "no-cards" ? { gpuInfo: null } : {}) });
  const sent = (n: NodeSpec) => asSent(context, wire(n), now);
  return page(call, filtered(context, call, nodes, FIELDS(now)), "nodes", sent, false);
}

/** `GET /api/v1/clusters/{uuid}/nodes`: gone in 3.0, unpaged before 2.22. */
export function listClusterNodes(context: RunaiContext, call: Call, clusterId: string): Reply {
  if (atLeast(context.switches, "3.0")) throw notFound(call.path);
  const now = context.clock.now();
  const nodes = existing(context, clusterId);
  if (!atLeast(context.switches, "2.22")) return json({ nodes: nodes.map((n) => nodeWire(context, n, now)) });
  return page(call, filtered(context, call, nodes, FIELDS(now)), "nodes", (n) => nodeWire(context, n, now), false);
}

export function countNodes(context: RunaiContext, call: Call): Reply {
  const { oddity, isCountOdd } = oddityOf(context);
  const nodes = shown(existing(context), isCountOdd ? oddity : null);
  return json({ count: filtered(context, call, nodes, FIELDS(context.clock.now())).length });
}

export function findNode(context: RunaiContext, id: string): NodeSpec {
  const node = existing(context).find((n) => idOf(context, n) === id);
  if (!node) throw notFound(id);
  return node;
}

/** `GET /api/v1/nodes/{id}`: 3.0 and later. */
export function getNode(context: RunaiContext, call: Call, id: string): Reply {
  if (!atLeast(context.switches, "3.0")) throw notFound(call.path);
  return json(nodeWire(context, findNode(context, id), context.clock.now()));
}

/** `GET /api/v1/node-pools`. */
export function listNodePools(context: RunaiContext, call: Call): Reply {
  const { scenario } = context.timeline;
  const cluster = new Map(scenario.clusters.map((c) => [c.id, c]));
  const fields: Fields<(typeof scenario.nodePools)[number]> = {
    name: (p) => p.name,
    clusterId: (p) => p.clusterId,
    phase: () => "Ready",
    createdAt: (p) => iso(cluster.get(p.clusterId)?.createdAt ?? 0),
    updatedAt: (p) => iso(cluster.get(p.clusterId)?.createdAt ?? 0),
  };
  return page(
    call,
    filtered(context, call, scenario.nodePools, fields),
    "nodepools",
    (p) => ({
      id: p.id,
      name: p.name,
      clusterId: p.clusterId,
      clusterName: cluster.get(p.clusterId)?.name,
      labelKey: "runai/node-pool",
      labelValue: p.name,
      tenantId: TENANT_ID,
      isDefault: false,
      phase: "Ready",
      phaseMessage: "",
      status: {
        nodes: scenario.nodes.filter((n) => n.pool === p.name && n.clusterId === p.clusterId).map((n) => n.name),
        conditions: [],
      },
      gpuNetworkAcceleration: null,
      networkTopology: null,
      createdAt: iso(cluster.get(p.clusterId)?.createdAt ?? 0),
      createdBy: "admin@example.com",
      updatedAt: iso(cluster.get(p.clusterId)?.createdAt ?? 0),
      updatedBy: "admin@example.com",
      deletedAt: null,
    }),
    false,
  );
}
