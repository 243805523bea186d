import { memoryAt, profileOf, utilisationAt } from "@/simulator/curves.ts";
import { cardPieces, DEVICE_METRICS, holdersAt } from "@/simulator/device.ts";
import { hashText } from "@/simulator/random.ts";
import type { MigSlice } from "@/simulator/scenario.ts";
import {
  type Card,
  clipSpans,
  type Piece,
  reservationPod,
  type Slot,
  type Span,
  spanOf,
  sweep,
  type Timeline,
} from "@/simulator/timeline.ts";
import { containerFamilies, labelFamily } from "./containers.ts";
import { bySortedKey, type Family, type PromSeries, relabelled, type SeriesPiece, series } from "./family.ts";
import { RENAMED, upgraded } from "./upgrade.ts";

/** How the scraped labels look. */
export interface LabelSwitches {
  /** True: the workload's labels keep their names, and a card nobody holds carries the exporter's own pod. */
  readonly honorLabels: boolean;
  /** `hostname` instead of `Hostname`, as newer exporters have it. */
  readonly lowercaseHostname: boolean;
  /** Without these the PROF metrics are absent. */
  readonly profiling: boolean;
  /**
   * From when on exporters are upgraded to dcgm-exporter 4.9, one node after the other within an hour: other names, and
   * ratios and bytes instead of percent and MiB. Absent: never.
   */
  readonly upgradedAt?: number;
  /** Exporters lose who holds their cards for some minutes now and then, and show them as nobody's. */
  readonly labelsLost?: boolean;
  /** Two scrape jobs read every exporter. */
  readonly scrapedTwice?: boolean;
  /** What exporters say as the name of their host instead of that of the node; they are scraped by its address then. */
  readonly hostNames?: "localhost" | "pod" | "address";
}

/** An address of the node, as an exporter in its network is scraped. */
function addressOf(node: string): string {
  const hash = hashText(node);
  return `10.${hash & 127}.${(hash >>> 7) & 255}.${(hash >>> 15) & 255}`;
}

function hostOf({ hostNames }: LabelSwitches, card: Card): { readonly host: string; readonly instance: string } {
  const [{ name }, address] = [card.node, addressOf(card.node.name)];
  if (!hostNames) return { host: name, instance: `${name}:9400` };
  const host = hostNames === "pod" ? exporterOf(card).pod : hostNames === "address" ? address : hostNames;
  return { host, instance: `${address}:9400` };
}

function exporterOf(card: Card): { readonly pod: string; readonly namespace: string; readonly container: string } {
  return {
    pod: `nvidia-dcgm-exporter-${hashText(card.node.name).toString(36).slice(0, 5)}`,
    namespace: "gpu-operator",
    container: "nvidia-dcgm-exporter",
  };
}

function deviceLabels(
  switches: LabelSwitches,
  card: Card,
  holder: { pod: string; namespace: string; container: string } | null,
) {
  const exporter = exporterOf(card);
  const own = switches.honorLabels ? (holder ?? exporter) : exporter;
  const { host, instance } = hostOf(switches, card);
  const exported: Record<string, string> =
    switches.honorLabels || !holder
      ? {}
      : { exported_pod: holder.pod, exported_namespace: holder.namespace, exported_container: holder.container };
  return {
    gpu: String(card.index),
    UUID: card.uuid,
    device: `nvidia${card.index}`,
    modelName: profileOf(card.node.gpuModel).name,
    [switches.lowercaseHostname ? "hostname" : "Hostname"]: host,
    DCGM_FI_DRIVER_VERSION: "570.158.01",
    job: "nvidia-dcgm-exporter",
    instance,
    ...own,
    ...exported,
  };
}

type Holder = Parameters<typeof deviceLabels>[2];

/** Series under way, by what makes their labels differ. */
class Groups {
  readonly #groups = new Map<string, { holder: Holder; pieces: SeriesPiece[] }>();
  readonly #card: Card;
  constructor(card: Card) {
    this.#card = card;
  }

  add(id: string, holder: Holder, span: Span, items: readonly Slot[]): void {
    const group = this.#groups.get(id) ?? { holder, pieces: [] };
    for (const s of clipSpans(this.#card.spans, span.from, span.to)) group.pieces.push({ ...s, items, constant: 0 });
    this.#groups.set(id, group);
  }

  series(switches: LabelSwitches, more: Record<string, string>): PromSeries[] {
    return [...this.#groups.values()].map((g) =>
      series({ ...deviceLabels(switches, this.#card, g.holder), ...more }, this.#card, g.pieces),
    );
  }
}

/** Calls `held` for each stretch that somebody holds, and `free` for those between. */
function eachPiece(
  pieces: readonly Piece<Slot>[],
  timeline: Timeline,
  held: (piece: Piece<Slot>) => void,
  free: (span: Span) => void,
): void {
  let at = spanOf(timeline.scenario.range, timeline.step).from;
  for (const piece of pieces) {
    if (piece.from > at) free({ from: at, to: piece.from });
    held(piece);
    at = piece.to;
  }
  free({ from: at, to: Number.MAX_SAFE_INTEGER });
}

function podHolder(timeline: Timeline, { pod, workload }: Slot) {
  return { pod: pod.name, namespace: timeline.project.get(workload.projectId)?.namespace ?? "", container: "main" };
}

const LOST = { every: 2400, seconds: 300 };

/** When the exporter of a card does not know who holds it, within a stretch that one pod holds. */
function lostSpans(card: Card, { from, to }: Span, step: number): Span[] {
  const [every, length] = [Math.ceil(LOST.every / step), Math.floor(LOST.seconds / step)];
  const offset = hashText(card.node.name) % every;
  const out: Span[] = [];
  for (let at = Math.ceil((from + 1 - offset) / every) * every + offset; at + length < to; at += every)
    out.push({ from: at, to: at + length });
  return out;
}

/** The parts of a span outside of others, which lie in it in ascending order. */
function without({ from, to }: Span, holes: readonly Span[]): Span[] {
  const edges = [from, ...holes.flatMap((h) => [h.from, h.to]), to];
  return edges.flatMap((at, i) => (i % 2 === 0 ? [{ from: at, to: edges[i + 1] as number }] : []));
}

/** Cuts one card's time into series: one per pod that holds it whole, one per reservation of parts, one for nobody. */
function cardSeries(timeline: Timeline, switches: LabelSwitches, card: Card): PromSeries[] {
  const { sharing } = card.node;
  if (sharing?.kind === "mig") return sharing.slices.flatMap((slice) => sliceSeries(timeline, switches, card, slice));
  const groups = new Groups(card);
  const byTurns = sharing?.kind === "time-slicing";
  let reservedFrom: number | null = null;
  const held = (piece: Piece<Slot>) => {
    const [first] = piece.items as [Slot];
    if (byTurns) {
      // Each metric is repeated for every pod that shares the card, with the value of the whole card.
      for (const slot of piece.items) groups.add(slot.pod.id, podHolder(timeline, slot), piece, piece.items);
    } else if (first.milli === 1000) {
      const lost = switches.labelsLost ? lostSpans(card, piece, timeline.step) : [];
      for (const span of without(piece, lost)) groups.add(first.pod.id, podHolder(timeline, first), span, piece.items);
      for (const span of lost) groups.add("", null, span, piece.items);
      reservedFrom = null;
    } else {
      reservedFrom ??= piece.from;
      const pod = reservationPod(card, reservedFrom);
      groups.add(pod, { pod, namespace: "runai-reservation", container: "container-1" }, piece, piece.items);
    }
  };
  eachPiece(cardPieces(card, timeline.step), timeline, held, (span) => {
    groups.add("", null, span, []);
    reservedFrom = null;
  });
  return groups.series(switches, {});
}

/** One MIG slice's time: one series per pod that holds it, one for nobody. */
function sliceSeries(timeline: Timeline, switches: LabelSwitches, card: Card, slice: MigSlice): PromSeries[] {
  const groups = new Groups(card);
  const own = card.slots.filter((s) => s.slice === slice.id);
  eachPiece(
    sweep(own.map((s) => [spanOf({ start: s.runsFrom, end: s.end }, timeline.step), s] as const)),
    timeline,
    (piece) => {
      const [slot] = piece.items as [Slot];
      groups.add(slot.pod.id, podHolder(timeline, slot), piece, piece.items);
    },
    (span) => groups.add("", null, span, []),
  );
  const labels = { GPU_I_ID: String(slice.id), GPU_I_PROFILE: slice.profile };
  return groups.series(switches, labels).map((s) => ({ ...s, isSlice: true }));
}

function deviceFamilies(timeline: Timeline, switches: LabelSwitches): Family[] {
  const once = timeline.cards.flatMap((card) => cardSeries(timeline, switches, card));
  const again = switches.scrapedTwice ? once.map((s) => relabelled(s, "job", "gpu-metrics")) : [];
  const all = bySortedKey([...once, ...again]);
  return DEVICE_METRICS.filter((m) => switches.profiling || !m.name.includes("_PROF_")).flatMap((m) =>
    upgraded(
      {
        name: m.name,
        help: m.help,
        decimals: m.decimals,
        series: m.onSlice === "nothing" ? all.filter((s) => !s.isSlice) : all,
        at: (s, piece, i) => {
          const card = s.card as Card;
          if (!s.isSlice) return m.at(card, piece.items, i);
          const slot = piece.items[0];
          if (typeof m.onSlice === "function") return slot ? m.onSlice(slot.curve, i) : 0;
          return m.at(card, holdersAt(card, timeline.step, i), i);
        },
      },
      timeline,
      switches.upgradedAt,
    ),
  );
}

function clusterOf(timeline: Timeline, slotOrWorkload: { readonly projectId: string }): string {
  return timeline.project.get(slotOrWorkload.projectId)?.clusterId ?? "";
}

function podGpuFamilies(timeline: Timeline): Family[] {
  // Of cards that the device plugin shares, Run:ai shows none.
  const own = timeline.slots.filter((slot) => !slot.card.node.sharing);
  const list = bySortedKey(
    own.map((slot) =>
      series(
        {
          clusterId: clusterOf(timeline, slot.workload),
          pod_name: slot.pod.name,
          pod_uuid: slot.pod.id,
          pod_namespace: timeline.project.get(slot.workload.projectId)?.namespace ?? "",
          node: slot.card.node.name,
          gpu: String(slot.card.index),
        },
        slot.card,
        slot.spans.map((s) => ({ ...s, items: [slot], constant: 0 })),
      ),
    ),
  );
  const first = (piece: SeriesPiece) => piece.items[0] as Slot;
  return [
    {
      name: "runai_gpu_utilization_per_pod_per_gpu",
      help: "GPU utilization per pod per GPU, percent.",
      decimals: 0,
      series: list,
      at: (_s, p, i) => utilisationAt(first(p).curve, i),
    },
    {
      name: "runai_gpu_memory_used_mebibytes_per_pod_per_gpu",
      help: "GPU memory used per pod per GPU, MiB.",
      decimals: 0,
      series: list,
      at: (_s, p, i) => memoryAt(first(p).curve, i),
    },
  ];
}

function podFamily(timeline: Timeline): Family {
  const list: PromSeries[] = [];
  for (const run of timeline.runOfPod.values()) {
    if (run.slots.length === 0) continue;
    const clusterId = clusterOf(timeline, run.workload);
    const span = spanOf(run, timeline.step);
    const milli = run.slots.reduce((sum, s) => sum + s.milli, 0);
    const pieces = clipSpans(timeline.seenOfCluster.get(clusterId) ?? [], span.from, span.to).map((s) => ({
      ...s,
      items: [],
      constant: milli,
    }));
    const namespace = timeline.project.get(run.workload.projectId)?.namespace ?? "";
    list.push(
      series(
        { clusterId, pod_name: run.pod.name, pod_uuid: run.pod.id, pod_namespace: namespace, node: run.pod.node ?? "" },
        null,
        pieces,
      ),
    );
  }
  const help = "GPUs allocated to the pod.";
  return {
    name: "runai_allocated_gpu_count_per_pod",
    help,
    decimals: 3,
    series: bySortedKey(list),
    at: (_s, p) => p.constant,
  };
}

/** Cards of each node by readiness. A lost card is not counted; a node that is down counts as not ready. */
function nodeFamily(timeline: Timeline): Family {
  const list: PromSeries[] = [];
  for (const [name, cards] of timeline.cardsOfNode) {
    const node = cards[0]?.node;
    if (!node) continue;
    const seen = timeline.seenOfCluster.get(node.clusterId) ?? [];
    const from = Math.ceil(Math.max(node.createdAt, timeline.scenario.range.start) / timeline.step);
    const marks: (readonly [Span, string])[] = [[{ from, to: Number.MAX_SAFE_INTEGER }, "known"]];
    for (const d of node.down) marks.push([spanOf(d, timeline.step), "down"]);
    for (const l of node.lostCards) marks.push([spanOf(l, timeline.step), `lost${l.index}`]);
    const pieces = { true: [] as SeriesPiece[], false: [] as SeriesPiece[] };
    for (const p of sweep(marks) as Piece<string>[]) {
      const constant = node.gpuCount - p.items.filter((m) => m.startsWith("lost")).length;
      const target = p.items.includes("down") ? pieces.false : pieces.true;
      for (const s of clipSpans(seen, p.from, p.to)) target.push({ ...s, items: [], constant });
    }
    for (const ready of ["true", "false"] as const)
      list.push(
        series(
          { clusterId: node.clusterId, node: name, modelName: node.gpuModel, ready, schedulable: "true" },
          null,
          pieces[ready],
        ),
      );
  }
  const help = "GPUs of the node.";
  return {
    name: "runai_gpu_count_per_node",
    help,
    decimals: 0,
    series: bySortedKey(list),
    at: (_s, p) => p.constant,
  };
}

function workloadFamily(timeline: Timeline): Family {
  const list: PromSeries[] = [];
  for (const workload of timeline.scenario.workloads) {
    const runs = timeline.runsOfWorkload.get(workload.id) ?? [];
    const pieces = sweep(runs.flatMap((r) => r.slots.flatMap((slot) => slot.spans.map((s) => [s, slot] as const))));
    if (pieces.length === 0) continue;
    const labels = {
      clusterId: clusterOf(timeline, workload),
      workload_id: workload.id,
      workload_name: workload.name,
      workload_type: workload.type,
      user: workload.user,
    };
    list.push(
      series(
        labels,
        null,
        pieces.map((p) => ({ ...p, constant: 0 })),
      ),
    );
  }
  return {
    name: "runai_gpu_utilization_per_workload",
    help: "Mean GPU utilization of the workload, percent.",
    decimals: 2,
    series: bySortedKey(list),
    at: (_s, piece, i) => {
      let sum = 0;
      for (const slot of piece.items) sum += utilisationAt(slot.curve, i);
      return Math.round((100 * sum) / piece.items.length);
    },
  };
}

/** Every metric that the stand-in Prometheus holds, by name. Families are built when first asked for. */
export function families(timeline: Timeline, switches: LabelSwitches): Map<string, () => Family> {
  const once = <T>(build: () => T): (() => T) => {
    let built: T | null = null;
    return () => (built ??= build());
  };
  const device = once(() => new Map(deviceFamilies(timeline, switches).map((f) => [f.name, f])));
  const podGpu = once(() => new Map(podGpuFamilies(timeline).map((f) => [f.name, f])));
  const out = new Map<string, () => Family>();
  for (const m of DEVICE_METRICS) {
    if (!switches.profiling && m.name.includes("_PROF_")) continue;
    const renamed = switches.upgradedAt === undefined ? undefined : RENAMED[m.name]?.name;
    for (const name of [m.name, ...(renamed ? [renamed] : [])]) out.set(name, () => device().get(name) as Family);
  }
  for (const name of ["runai_gpu_utilization_per_pod_per_gpu", "runai_gpu_memory_used_mebibytes_per_pod_per_gpu"])
    out.set(name, () => podGpu().get(name) as Family);
  out.set(
    "runai_allocated_gpu_count_per_pod",
    once(() => podFamily(timeline)),
  );
  out.set(
    "runai_gpu_count_per_node",
    once(() => nodeFamily(timeline)),
  );
  out.set(
    "runai_gpu_utilization_per_workload",
    once(() => workloadFamily(timeline)),
  );
  out.set(
    "kube_pod_labels",
    once(() => labelFamily(timeline)),
  );
  const containers = once(() => new Map(containerFamilies(timeline).map((f) => [f.name, f])));
  for (const name of ["container_cpu_usage_seconds_total", "container_memory_working_set_bytes"])
    out.set(name, () => containers().get(name) as Family);
  return out;
}
