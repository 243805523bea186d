import type { KnownMetric, UnitVerdict } from "@/lib/sources/source.ts";
import type { Instant } from "@/lib/time.ts";
import { type Card, clean, deviceOf, type Holder, type Meter, readCard, readClaim, readHolder } from "./dcgm.ts";
import { Places, placeId, placeKey } from "./places.ts";
import { readPodCard } from "./runai-series.ts";
import { addPoint, holderKey, type Track } from "./share.ts";
import { isInBytes, type KnownUnits, type UnitAt, unitsOf } from "./units.ts";
import type { Labels, Points } from "./wire.ts";

/** The node of the exporter of a series whose labels name none that the inventory knows; null if it cannot be found. */
export type NodeOf = (labels: Labels) => string | null;

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
  /** Of the device, no matter which pod holds it. */
  readonly isOfDevice: boolean;
  readonly cards: Map<string, CardTracks>;
}

export interface Collected {
  readonly boards: readonly Board[];
  /** By device UUID, the instants at which it was divided into MIG slices: then it is not a card itself. */
  readonly sliced: ReadonlyMap<string, ReadonlySet<Instant>>;
  /** The units that values prove, by name and day. */
  readonly verdicts: readonly UnitVerdict[];
  /** Metrics of which some values were left out, because their unit is not proven, with the names of the nodes. */
  readonly undecided: ReadonlyMap<KnownMetric, ReadonlySet<string>>;
}

/**
 * Sorts the points of all queries by metric, card and holder. Sentinels and impossible values are left out.
 * @param nodeOf the node of an exporter that does not name it (exporters.ts).
 */
export function collect(
  dcgm: readonly Gathered[],
  runai: readonly Gathered[],
  known: KnownUnits,
  nodeOf: NodeOf = () => null,
): Collected {
  const boards = new Map<KnownMetric, Board>();
  const sliced = new Map<string, Set<Instant>>();
  const places = new Places();
  const byUuid = new Map<string, { id: string; card: Card }>();
  const fallbacks = new Map<KnownMetric, Board>();
  const verdicts: UnitVerdict[] = [];
  const undecided = new Map<KnownMetric, Set<string>>();
  for (const { meter, series } of dcgm) {
    const proven = meter.reads === "share" ? unitsOf(meter, series, known) : null;
    verdicts.push(...(proven?.verdicts ?? []));
    for (const [s, points] of series.entries()) {
      const read = readCard(points.labels);
      const node = nodeOf(points.labels);
      const found = read && node ? { ...read, nodes: [node, ...read.nodes] } : read;
      const card = found && meter.isOfDevice ? deviceOf(found) : found;
      if (!card || (meter.on !== "both" && card.isSlice !== (meter.on === "slice"))) continue;
      const id = card.uuid ? card.gpu : `${placeId(card)}/${card.gpu}`;
      // A device that is divided is no card that a pod could hold.
      if (!card.isSlice && card.index && !meter.isOfDevice)
        for (const node of card.nodes) places.add(placeKey(node, card.index), { id, card }, points.at);
      if (!card.isSlice && card.uuid && !meter.isOfDevice) byUuid.set(card.uuid, { id, card });
      const tracks = tracksOf(meter.isFallback && !card.isSlice ? fallbacks : boards, meter, id, card);
      if (!fill(tracks.dcgm, readHolder(points.labels), meter, points, proven?.units[s] ?? bytesOf(meter, points)))
        undecided.set(meter.metric, (undecided.get(meter.metric) ?? new Set()).add(card.nodes[0] as string));
      if (card.isSlice && card.uuid) markSliced(sliced, card.uuid, points.at);
      if (!meter.isOfDevice) fillClaim(boards, id, card, points);
    }
  }
  for (const fallback of fallbacks.values()) fillIn(boards, fallback);
  for (const { meter, series } of runai)
    for (const points of series) {
      const found = readPodCard(points.labels);
      if (!found) continue;
      const { holder, nodes, index, uuid, clusterLabel } = found;
      const gpu = uuid ?? index;
      const card: Card = { gpu, uuid, isSlice: false, index, nodes, gpuModel: undefined, clusterLabel };
      const own = { id: uuid ?? `${placeId(card)}/${index}`, card, points };
      const same = uuid ? byUuid.get(uuid) : undefined;
      const keys = nodes.map((node) => placeKey(node, index));
      const parts = same ? [{ ...same, points }] : places.split(keys, clusterLabel, points);
      for (const part of parts ?? [own])
        fill(tracksOf(boards, meter, part.id, part.card).runai, holder, meter, part.points, undefined);
    }
  return { boards: [...boards.values()], sliced, verdicts, undecided };
}

/** Undefined where each value of memory proves its own unit. */
const bytesOf = (meter: Meter, points: Points): UnitAt | undefined =>
  meter.reads === "memory" && isInBytes(meter, points) ? () => "bytes" : undefined;

/** Adds the points of a fallback at the instants at which its card has no other of that metric. */
function fillIn(boards: Map<KnownMetric, Board>, { cards, ...board }: Board): void {
  for (const [id, { card, dcgm }] of cards) {
    const main = tracksOf(boards, board, id, card).dcgm;
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

function tracksOf(
  boards: Map<KnownMetric, Board>,
  meter: Pick<Meter, "metric" | "isAdditive" | "isOfDevice">,
  id: string,
  card: Card,
): CardTracks {
  let board = boards.get(meter.metric);
  if (!board) {
    const { metric, isAdditive, isOfDevice = false } = meter;
    board = { metric, isAdditive, isOfDevice, cards: new Map() };
    boards.set(meter.metric, board);
  }
  let tracks = board.cards.get(id);
  if (!tracks) {
    tracks = { card, dcgm: new Map(), runai: new Map() };
    board.cards.set(id, tracks);
  }
  return tracks;
}

/**
 * @returns false if the unit is not proven and a value other than 0 was seen: then nothing of the series counts, because
 *   its zeros would hold over what may have been a whole card.
 */
function fill(
  tracks: Map<string, Track>,
  holder: Holder,
  meter: Meter,
  points: Points,
  unitAt: UnitAt | undefined,
): boolean {
  const unitOf = (i: number) => unitAt?.(i) ?? null;
  if (unitAt && points.value.some((value, i) => unitOf(i) === null && value > 0 && value <= 1)) return false;
  const key = holderKey(holder);
  let track = tracks.get(key);
  if (!track) {
    track = { holder, points: new Map() };
    tracks.set(key, track);
  }
  for (let i = 0; i < points.at.length; i++) {
    const value = clean(meter, points.value[i] as number, unitOf(i));
    if (value !== null) addPoint(track, points.at[i] as Instant, value);
  }
  return true;
}

const CLAIMED = { metric: "claimed_gpu", isAdditive: true } as const;

/** Adds what a claim gave the pod of a series, at the instants at which it has samples. */
function fillClaim(boards: Map<KnownMetric, Board>, id: string, card: Card, { labels, at }: Points): void {
  const holder = readHolder(labels);
  const claimed = holder.kind === "pod" ? readClaim(labels) : null;
  if (claimed === null) return;
  const { dcgm } = tracksOf(boards, CLAIMED, id, card);
  const track = dcgm.get(holderKey(holder)) ?? { holder, points: new Map<Instant, number>() };
  dcgm.set(holderKey(holder), track);
  for (const instant of at) addPoint(track, instant, claimed);
}

function markSliced(sliced: Map<string, Set<Instant>>, uuid: string, at: readonly Instant[]): void {
  let instants = sliced.get(uuid);
  if (!instants) {
    instants = new Set();
    sliced.set(uuid, instants);
  }
  for (const t of at) instants.add(t);
}
