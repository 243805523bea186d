import { cardPieces, DEVICE_METRICS, type DeviceMetric, holdersAt } from "@/simulator/device.ts";
import { hashText } from "@/simulator/random.ts";
import type { MigSlice } from "@/simulator/scenario.ts";
import {
  type Card,
  clipSpans,
  type Piece,
  type Slot,
  type Span,
  spanOf,
  sweep,
  type Timeline,
} from "@/simulator/timeline.ts";
import {
  deviceLabels,
  type Holder,
  isGpuExporter,
  type LabelSwitches,
  type Look,
  looksOf,
  oddSpans,
  podHolder,
  reservationHolder,
} from "./exporter-labels.ts";
import { bySortedKey, type Family, type PromSeries, relabelled, type SeriesPiece, series } from "./family.ts";
import { upgraded } from "./upgrade.ts";

/** Series under way, by what makes their labels differ. */
class Groups {
  readonly #groups = new Map<string, { holder: Holder; look: Look; pieces: SeriesPiece[] }>();
  readonly #card: Card;
  readonly #switches: LabelSwitches;
  readonly #looks: readonly Look[];
  constructor(switches: LabelSwitches, card: Card) {
    this.#card = card;
    this.#switches = switches;
    this.#looks = looksOf(switches, card);
  }

  add(id: string, holder: Holder, span: Span, items: readonly Slot[]): void {
    for (const look of this.#looks) {
      const { from, to } = look.span;
      const key = `${look.isOdd}/${look.uuid}/${isGpuExporter(this.#switches, this.#card) ? "" : id}`;
      const group = this.#groups.get(key) ?? { holder, look, pieces: [] };
      for (const part of clipSpans([span], from, to))
        for (const s of clipSpans(this.#card.spans, part.from, part.to))
          group.pieces.push({ ...s, items, constant: 0 });
      this.#groups.set(key, group);
    }
  }

  series(more: Record<string, string>): PromSeries[] {
    return [...this.#groups.values()].map(({ holder, look, pieces }) =>
      series({ ...deviceLabels(this.#switches, this.#card, holder, look), ...more }, this.#card, pieces),
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

const STRAYS_APART = 3900;

/** Samples of a free card that name a pod which holds another card of the node whole, before, then and after. */
function straysIn(
  { cardsOfNode, scenario, step }: Timeline,
  { during }: LabelSwitches,
  card: Card,
  { from, to }: Span,
): { at: number; slot: Slot }[] {
  const every = Math.ceil(STRAYS_APART / step);
  const last = Math.min(to, spanOf(scenario.range, step).to);
  const out: { at: number; slot: Slot }[] = [];
  const offset = hashText(card.node.name) % every;
  for (let at = Math.ceil((from - offset) / every) * every + offset; at < last; at += every) {
    // One card of the node at a time.
    if (hashText(`${card.node.name}/${at}`) % card.node.gpuCount !== card.index) continue;
    if (during && (at * step < during.start || at * step >= during.end)) continue;
    const slots = (cardsOfNode.get(card.node.name) ?? []).flatMap((other) => {
      const [slot, ...more] = other === card ? [] : holdersAt(other, step, at);
      const isInside = slot && [at - 3, at + 3].every((i) => holdersAt(other, step, i)[0] === slot);
      return slot && more.length === 0 && slot.milli === 1000 && isInside ? [slot] : [];
    });
    const [slot] = slots;
    if (slot) out.push({ at, slot });
  }
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
      const holder = reservationHolder(switches, card, reservedFrom);
      groups.add(holder.labels.pod, holder, piece, piece.items);
    }
  };
  eachPiece(cardPieces(card, timeline.step), timeline, held, (span) => {
    const strays = switches.strays ? straysIn(timeline, switches, card, span) : [];
    for (const { at, slot } of strays)
      groups.add(slot.pod.id, podHolder(timeline, switches, slot), { from: at, to: at + 1 }, []);
    const holes = strays.map(({ at }) => ({ from: at, to: at + 1 }));
    for (const part of without(span, holes)) groups.add("", null, part, []);
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
  const byDcgm = all.filter((s) => !isGpuExporter(switches, s.card as Card));
  const others = all.filter((s) => isGpuExporter(switches, s.card as Card));
  return DEVICE_METRICS.filter((m) => switches.profiling || !m.name.includes("_PROF_")).flatMap((m) => [
    ...upgraded(
      {
        name: m.name,
        help: m.help,
        decimals: m.decimals,
        series: m.onSlice === "nothing" ? byDcgm.filter((s) => !s.isSlice) : byDcgm,
        at: (s, piece, i) => {
          const card = s.card as Card;
          if (!s.isSlice) return m.at(card, piece.items, i) + reservedOn(timeline, switches, card, m.name);
          const slot = piece.items[0];
          if (typeof m.onSlice === "function") return slot ? m.onSlice(slot.curve, i) : 0;
          return m.at(card, holdersAt(card, timeline.step, i), i);
        },
      },
      timeline,
      switches.upgradedAt,
    ),
    ...ofGpuExporter(m, others),
  ]);
}

/** MiB that the driver of a card counts as used. */
function reservedOn(
  { cardsOfNode }: Timeline,
  { driverReserves }: LabelSwitches,
  { node }: Card,
  name: string,
): number {
  if (!driverReserves || name !== "DCGM_FI_DEV_FB_USED" || node.sharing) return 0;
  return cardsOfNode.get(node.name)?.some((c) => c.slots.length === 0) ? driverReserves : 0;
}

/** The names that nvidia_gpu_exporter has for the metrics of cards, and by how much the same number is larger there. */
export const GPU_EXPORTER: Readonly<Record<string, { name: string; decimals?: number; times?: number }>> = {
  DCGM_FI_DEV_GPU_UTIL: { name: "nvidia_smi_utilization_gpu_ratio", decimals: 2 },
  DCGM_FI_DEV_FB_USED: { name: "nvidia_smi_memory_used_bytes", times: 1024 * 1024 },
  DCGM_FI_DEV_POWER_USAGE: { name: "nvidia_smi_power_draw_watts" },
  DCGM_FI_DEV_GPU_TEMP: { name: "nvidia_smi_temperature_gpu" },
};

function ofGpuExporter(m: DeviceMetric, all: readonly PromSeries[]): Family[] {
  const other = GPU_EXPORTER[m.name];
  if (!other || all.length === 0) return [];
  const { name, decimals = 0, times = 1 } = other;
  const at: Family["at"] = (s, piece, i) => m.at(s.card as Card, piece.items, i) * times;
  return [{ name, help: m.help, decimals: m.decimals + decimals, series: [...all], at }];
}
