import type { KnownMetric } from "@/lib/sources/source.ts";
import type { Instant } from "@/lib/time.ts";
import { type Card, clean, type Holder, type Meter, readCard, readHolder } from "./dcgm.ts";
import { readPodCard } from "./runai-series.ts";
import { addPoint, holderKey, type Track } from "./share.ts";
import { shortName } from "./subjects.ts";
import type { Points } from "./wire.ts";

/** The result of one query. */
export interface Gathered {
  readonly meter: Meter;
  readonly series: readonly Points[];
}

/** The pods that hold one card, for one metric: by the labels of DCGM, and by those of the series of Run:ai. */
export interface CardTracks {
  readonly card: Card;
  readonly dcgm: Map<string, Track>;
  readonly runai: Map<string, Track>;
}

/** All cards for one metric, by an id that is unique among them. */
export interface Board {
  readonly metric: KnownMetric;
  readonly isAdditive: boolean;
  readonly cards: Map<string, CardTracks>;
}

export interface Collected {
  readonly boards: readonly Board[];
  /** By device UUID, the instants at which it was divided into MIG slices: then it is not a card itself. */
  readonly sliced: ReadonlyMap<string, ReadonlySet<Instant>>;
}

/** Sorts the points of all queries by metric, card and holder. Sentinels and impossible values are left out. */
export function collect(dcgm: readonly Gathered[], runai: readonly Gathered[]): Collected {
  const boards = new Map<KnownMetric, Board>();
  const sliced = new Map<string, Set<Instant>>();
  const cardAt = new Map<string, { id: string; card: Card }>();
  const fallbacks = new Map<KnownMetric, Board>();
  for (const { meter, series } of dcgm)
    for (const points of series) {
      const card = readCard(points.labels);
      if (!card || (meter.on !== "both" && card.isSlice !== (meter.on === "slice"))) continue;
      const id = card.uuid ? card.gpu : `${placeKey(card.nodes[0] as string, card.index)}/${card.gpu}`;
      if (!card.isSlice) for (const node of card.nodes) cardAt.set(placeKey(node, card.index), { id, card });
      const tracks = tracksOf(meter.isFallback && !card.isSlice ? fallbacks : boards, meter, id, card);
      fill(tracks.dcgm, readHolder(points.labels), meter, points);
      if (card.isSlice && card.uuid) markSliced(sliced, card.uuid, points.at);
    }
  for (const fallback of fallbacks.values()) fillIn(boards, fallback);
  for (const { meter, series } of runai)
    for (const points of series) {
      const found = readPodCard(points.labels);
      if (!found) continue;
      const { holder, nodes, index, clusterLabel } = found;
      const known = nodes.map((node) => cardAt.get(placeKey(node, index))).find(Boolean);
      const alone: Card = { gpu: index, uuid: null, isSlice: false, index, nodes, gpuModel: undefined, clusterLabel };
      const id = known?.id ?? `${placeKey(nodes[0] as string, index)}/${index}`;
      fill(tracksOf(boards, meter, id, known?.card ?? alone).runai, holder, meter, points);
    }
  return { boards: [...boards.values()], sliced };
}

/** Adds the points of a fallback at the instants at which its card has no other of that metric. */
function fillIn(boards: Map<KnownMetric, Board>, { metric, isAdditive, cards }: Board): void {
  for (const [id, { card, dcgm }] of cards) {
    const main = tracksOf(boards, { metric, isAdditive }, id, card).dcgm;
    const known = new Set([...main.values()].flatMap((track) => [...track.points.keys()]));
    for (const [key, track] of dcgm) {
      const points = [...track.points].filter(([at]) => !known.has(at));
      if (!points.length) continue;
      const own = main.get(key) ?? { holder: track.holder, points: new Map<Instant, number>() };
      main.set(key, own);
      for (const [at, value] of points) addPoint(own, at, value);
    }
  }
}

/** The place of a card: its node, by short name because not all exporters report the domain, and its index there. */
function placeKey(node: string, index: string): string {
  return `${shortName(node).toLowerCase()}#${index}`;
}

function tracksOf(
  boards: Map<KnownMetric, Board>,
  meter: Pick<Meter, "metric" | "isAdditive">,
  id: string,
  card: Card,
): CardTracks {
  let board = boards.get(meter.metric);
  if (!board) {
    board = { metric: meter.metric, isAdditive: meter.isAdditive, cards: new Map() };
    boards.set(meter.metric, board);
  }
  let tracks = board.cards.get(id);
  if (!tracks) {
    tracks = { card, dcgm: new Map(), runai: new Map() };
    board.cards.set(id, tracks);
  }
  return tracks;
}

function fill(tracks: Map<string, Track>, holder: Holder, meter: Meter, points: Points): void {
  const key = holderKey(holder);
  let track = tracks.get(key);
  if (!track) {
    track = { holder, points: new Map() };
    tracks.set(key, track);
  }
  for (let i = 0; i < points.at.length; i++) {
    const value = clean(meter, points.value[i] as number);
    if (value !== null) addPoint(track, points.at[i] as Instant, value);
  }
}

function markSliced(sliced: Map<string, Set<Instant>>, uuid: string, at: readonly Instant[]): void {
  let instants = sliced.get(uuid);
  if (!instants) {
    instants = new Set();
    sliced.set(uuid, instants);
  }
  for (const t of at) instants.add(t);
}
