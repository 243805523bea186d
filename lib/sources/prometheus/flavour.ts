import type { BuildInfo } from "./wire.ts";

export type Flavour = "prometheus" | "thanos" | "mimir" | "cortex" | "victoriametrics" | "unknown";

/** Which server answers. `leftOpen`: a range `[60s]` excludes a sample that is exactly 60 s old; null if unknown. */
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

/** `Prometheus 2.42.0`; without a version where the server hides it. */
export function peerName(peer: Peer): string {
  return peer.version ? `${NAMES[peer.flavour]} ${peer.version}` : NAMES[peer.flavour];
}

/**
 * Recognises the server by its build information (null if it has none) and the headers of its answers. Thanos has
 * versions 0.x, Cortex 1.x and Prometheus from 2; Mimir reports its name; VictoriaMetrics sends `X-Server-Hostname` and
 * reports itself as Prometheus without a revision.
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
 * Extra parameters of a query. Thanos must fail instead of answering without a lost store, and must return raw samples;
 * a server behind a gateway may be Thanos, and others ignore parameters that they do not know. VictoriaMetrics must not
 * answer from its cache.
 */
export function parametersFor(peer: Peer): Readonly<Record<string, string>> {
  if (peer.flavour === "thanos" || peer.flavour === "unknown")
    return { dedup: "true", partial_response: "false", max_source_resolution: "0s" };
  if (peer.flavour === "victoriametrics") return { nocache: "1", latency_offset: `${LATENCY_SECONDS}s` };
  return {};
}

/** VictoriaMetrics repeats the previous point for instants younger than this, in seconds. */
export const LATENCY_SECONDS = 30;

/**
 * The range, in milliseconds, whose newest sample stands for an instant: that of `(t − step, t]`, whether or not the
 * server includes the left edge. Sample times have a resolution of one millisecond; where the edge is unknown, a sample
 * may be missed but never repeated.
 */
export function rangeMsFor(peer: Peer, stepSeconds: number): number {
  return peer.leftOpen ? stepSeconds * 1000 : stepSeconds * 1000 - 1;
}
