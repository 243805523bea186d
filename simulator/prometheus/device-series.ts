import type { Interval } from "@/lib/time.ts";
import { usesClaims } from "@/simulator/claims.ts";
import { profileOf } from "@/simulator/curves.ts";
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
import { bySortedKey, type Family, type PromSeries, relabelled, type SeriesPiece, series } from "./family.ts";
import { upgraded } from "./upgrade.ts";

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
  /** Two servers read everything, and a query is answered by both: each series is there twice. */
  readonly replicas?: boolean;
  /** What exporters say as the name of their host instead of that of the node; they are scraped by its address then. */
  readonly hostNames?: "localhost" | "pod" | "address";
  /** Exporters name the devices that claims gave pods, as with KUBERNETES_ENABLE_DRA. */
  readonly claims?: boolean;
  /** Labels are lost, scrapes doubled and hosts named otherwise in this time alone; absent: always. */
  readonly during?: Interval;
}

/** An address of the node, as an exporter in its network is scraped. */
function addressOf(node: string): string {
  const hash = hashText(node);
  return `10.${hash & 127}.${(hash >>> 7) & 255}.${(hash >>> 15) & 255}`;
}

function hostOf(
  { hostNames }: LabelSwitches,
  card: Card,
  isOdd: boolean,
): Readonly<Record<"host" | "instance", string>> {
  const [{ name }, address] = [card.node, addressOf(card.node.name)];
  if (!hostNames || !isOdd) return { host: name, instance: `${name}:9400` };
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

interface Holding {
  readonly labels: { readonly pod: string; readonly namespace: string; readonly container: string };
  /** The claim that gave it the card, by name. */
  readonly claim?: string;
}
type Holder = Holding | null;

function claimLabels(card: Card, holder: Holder): Record<string, string> {
  if (!holder?.claim) return {};
  return {
    ...{ dra_claim_name: holder.claim, dra_claim_namespace: holder.labels.namespace },
    ...{ dra_driver_name: "gpu.nvidia.com", dra_pool_name: card.node.name, dra_device_name: `gpu-${card.index}` },
  };
}

function deviceLabels(switches: LabelSwitches, card: Card, holder: Holder, isOdd: boolean) {
  const exporter = exporterOf(card);
  const own = switches.honorLabels ? (holder?.labels ?? exporter) : exporter;
  const { host, instance } = hostOf(switches, card, isOdd);
  const exported: Record<string, string> =
    switches.honorLabels || !holder
      ? {}
      : {
          exported_pod: holder.labels.pod,
          exported_namespace: holder.labels.namespace,
          exported_container: holder.labels.container,
        };
  return {
    gpu: String(card.index),
    UUID: card.uuid,
    device: `nvidia${card.index}`,
    modelName: profileOf(card.node.gpuModel).name,
    [switches.lowercaseHostname ? "hostname" : "Hostname"]: host,
    DCGM_FI_DRIVER_VERSION: "570.158.01",
    job: "nvidia-dcgm-exporter",
    instance,
    ...claimLabels(card, holder),
    ...own,
    ...exported,
  };
}

const ALL: Span = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** Where labels are odd, and where they are not. */
function oddSpans({ during }: LabelSwitches, step: number): readonly (readonly [Span, isOdd: boolean])[] {
  if (!during) return [[ALL, true]];
  const odd = spanOf(during, step);
  return [
    [{ from: ALL.from, to: odd.from }, false],
    [odd, true],
    [{ from: odd.to, to: ALL.to }, false],
  ];
}

/** Series under way, by what makes their labels differ. */
class Groups {
  readonly #groups = new Map<string, { holder: Holder; isOdd: boolean; pieces: SeriesPiece[] }>();
  readonly #card: Card;
  readonly #switches: LabelSwitches;
  readonly #odd: ReturnType<typeof oddSpans>;
  constructor(switches: LabelSwitches, card: Card) {
    this.#card = card;
    this.#switches = switches;
    this.#odd = switches.hostNames ? oddSpans(switches, card.step) : [[ALL, true]];
  }

  add(id: string, holder: Holder, span: Span, items: readonly Slot[]): void {
    for (const [{ from, to }, isOdd] of this.#odd) {
      const key = `${isOdd}/${id}`;
      const group = this.#groups.get(key) ?? { holder, isOdd, pieces: [] };
      for (const part of clipSpans([span], from, to))
        for (const s of clipSpans(this.#card.spans, part.from, part.to))
          group.pieces.push({ ...s, items, constant: 0 });
      this.#groups.set(key, group);
    }
  }

  series(more: Record<string, string>): PromSeries[] {
    return [...this.#groups.values()].map((g) =>
      series({ ...deviceLabels(this.#switches, this.#card, g.holder, g.isOdd), ...more }, this.#card, g.pieces),
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

function podHolder(timeline: Timeline, { claims }: LabelSwitches, { pod, workload }: Slot): Holding {
  const namespace = timeline.project.get(workload.projectId)?.namespace ?? "";
  const labels = { pod: pod.name, namespace, container: "main" };
  return { labels, ...(claims && usesClaims(workload) ? { claim: `${pod.name}-gpus` } : {}) };
}

const LOST = { every: 2400, seconds: 300 };

/** When the exporter of a card does not know who holds it, within a stretch that one pod holds. */
function lostSpans({ during }: LabelSwitches, card: Card, { from, to }: Span): Span[] {
  const { step } = card;
  const [every, length] = [Math.ceil(LOST.every / step), Math.floor(LOST.seconds / step)];
  const offset = hashText(card.node.name) % every;
  const out: Span[] = [];
  for (let at = Math.ceil((from + 1 - offset) / every) * every + offset; at + length < to; at += every)
    if (!during || (during.start <= at * step && (at + length) * step <= during.end))
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
  const groups = new Groups(switches, card);
  const byTurns = sharing?.kind === "time-slicing";
  let reservedFrom: number | null = null;
  const held = (piece: Piece<Slot>) => {
    const [first] = piece.items as [Slot];
    if (byTurns) {
      // Each metric is repeated for every pod that shares the card, with the value of the whole card.
      for (const slot of piece.items) groups.add(slot.pod.id, podHolder(timeline, switches, slot), piece, piece.items);
    } else if (first.milli === 1000) {
      const lost = switches.labelsLost ? lostSpans(switches, card, piece) : [];
      for (const span of without(piece, lost))
        groups.add(first.pod.id, podHolder(timeline, switches, first), span, piece.items);
      for (const span of lost) groups.add("", null, span, piece.items);
      reservedFrom = null;
    } else {
      reservedFrom ??= piece.from;
      const pod = reservationPod(card, reservedFrom);
      const labels = { pod, namespace: "runai-reservation", container: "container-1" };
      groups.add(pod, { labels }, piece, piece.items);
    }
  };
  eachPiece(cardPieces(card, timeline.step), timeline, held, (span) => {
    groups.add("", null, span, []);
    reservedFrom = null;
  });
  return groups.series({});
}

/** One MIG slice's time: one series per pod that holds it, one for nobody. */
function sliceSeries(timeline: Timeline, switches: LabelSwitches, card: Card, slice: MigSlice): PromSeries[] {
  const groups = new Groups(switches, card);
  const own = card.slots.filter((s) => s.slice === slice.id);
  eachPiece(
    sweep(own.map((s) => [spanOf({ start: s.runsFrom, end: s.end }, timeline.step), s] as const)),
    timeline,
    (piece) => {
      const [slot] = piece.items as [Slot];
      groups.add(slot.pod.id, podHolder(timeline, switches, slot), piece, piece.items);
    },
    (span) => groups.add("", null, span, []),
  );
  const labels = { GPU_I_ID: String(slice.id), GPU_I_PROFILE: slice.profile };
  return groups.series(labels).map((s) => ({ ...s, isSlice: true }));
}

/** What dcgm-exporters show of every card, whole or divided. */
export function deviceFamilies(timeline: Timeline, switches: LabelSwitches): Family[] {
  const once = timeline.cards.flatMap((card) => cardSeries(timeline, switches, card));
  const [[twice]] = oddSpans(switches, timeline.step).filter(([, isOdd]) => isOdd) as [[Span, boolean]];
  const inTwice = (s: PromSeries) => ({
    ...s,
    pieces: s.pieces.flatMap((p) => clipSpans([p], twice.from, twice.to).map((part) => ({ ...p, ...part }))),
  });
  const again = switches.scrapedTwice ? once.map((s) => relabelled(inTwice(s), "job", "gpu-metrics")) : [];
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
