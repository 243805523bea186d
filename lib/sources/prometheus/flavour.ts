import type { BuildInfo } from "./wire.ts";

export type Flavour = "prometheus" | "thanos" | "mimir" | "cortex" | "victoriametrics" | "unknown";

/** Who answers. `leftOpen`: a range `[60s]` leaves out a sample exactly 60 s old; null when not known. */
export interface Peer {
  readonly flavour: Flavour;
  readonly version: string | null;
  readonly leftOpen: boolean | null;
}

const NAMES: Record<Flavour, string> = {
  prometheus: "Prometheus",
  thanos: "Thanos",
  mimir: "Grafana Mimir",
  cortex: "Cortex",
  victoriametrics: "VictoriaMetrics",
  unknown: "A Prometheus-compatible server",
};

/** `Prometheus 2.42.0`; without a version where the peer hides it. */
export function peerName(peer: Peer): string {
  return peer.version ? `${NAMES[peer.flavour]} ${peer.version}` : NAMES[peer.flavour];
}

/**
 * The peer by its build information (null when it has none) and answer headers. Thanos counts 0.x, Cortex 1.x and Prometheus from 2;
 * Mimir names itself; VictoriaMetrics sends `X-Server-Hostname` and poses as Prometheus without a revision.
 */
export function readPeer(build: BuildInfo | null, headers: Readonly<Record<string, string>>): Peer {
  const version = build?.version || null;
  const application = build?.application ?? "";
  if (headers["x-server-hostname"] !== undefined) return { flavour: "victoriametrics", version: null, leftOpen: true };
  if (/mimir/i.test(application)) return { flavour: "mimir", version, leftOpen: null };
  if (/cortex/i.test(application)) return { flavour: "cortex", version, leftOpen: null };
  const major = /^v?(\d+)\./.exec(version ?? "")?.[1];
  if (major === undefined || application) return { flavour: "unknown", version, leftOpen: null };
  if (major === "0") return { flavour: "thanos", version, leftOpen: null };
  if (major === "1") return { flavour: "cortex", version, leftOpen: null };
  if (!build?.revision && !build?.goVersion) return { flavour: "unknown", version, leftOpen: null };
  return { flavour: "prometheus", version, leftOpen: Number(major) >= 3 };
}

/**
 * What a query says besides itself. Thanos must fail rather than answer without a lost store, and give raw samples;
 * a peer behind a gateway may be Thanos, and others ignore what they do not know. VictoriaMetrics must not answer from its cache.
 */
export function parametersFor(peer: Peer): Readonly<Record<string, string>> {
  if (peer.flavour === "thanos" || peer.flavour === "unknown")
    return { dedup: "true", partial_response: "false", max_source_resolution: "0s" };
  if (peer.flavour === "victoriametrics") return { nocache: "1", latency_offset: `${LATENCY_SECONDS}s` };
  return {};
}

/** VictoriaMetrics repeats the point before for instants younger than this. */
export const LATENCY_SECONDS = 30;

/**
 * The range whose newest sample stands for an instant: that of `(t − step, t]`, whether or not the peer includes the left edge.
 * One millisecond is the resolution of sample times; where the edge is not known, a sample may be missed, never repeated.
 */
export function rangeMsFor(peer: Peer, stepSeconds: number): number {
  return peer.leftOpen ? stepSeconds * 1000 : stepSeconds * 1000 - 1;
}
