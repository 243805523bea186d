import type { PodFinder } from "@/lib/sources/find-pods.ts";
import type { Answer, Missing, Series, SubjectKind } from "@/lib/sources/source.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import { type Board, type CardTracks, collect, type Gathered, type NodeOf } from "./collect.ts";
import type { Holder } from "./dcgm.ts";
import { type Builder, Emitter, push } from "./emit.ts";
import { holdersAt, partOf, type Track } from "./share.ts";
import { type Segment, Subjects } from "./subjects.ts";
import type { KnownUnits } from "./units.ts";

export interface ReshapeInput {
  readonly dcgm: readonly Gathered[];
  readonly runai: readonly Gathered[];
  /** Points outside of it show which pods come and go at the edges; they are not returned. */
  readonly window: Interval;
  readonly step: number;
  readonly finder: PodFinder;
  readonly cluster: string | undefined;
  /** Nodes of exporters that do not name theirs. */
  readonly nodeOf?: NodeOf;
  /** Units that were proven before. */
  readonly units?: KnownUnits;
}

interface Context extends ReshapeInput {
  readonly subjects: Subjects;
  readonly emitter: Emitter;
  readonly sliced: ReadonlyMap<string, ReadonlySet<Instant>>;
}

/**
 * Series of exporters as series of the product. At each instant a card is
 * - held by the pods that DCGM names: each has the value of the card, and an equal part of memory and power (`shared`
 *   if several);
 * - else used by the pods that the series of Run:ai name on it: each has its own value;
 * - else a `card` of its node. What is of the device – temperature, XID code – always is. The values of unknown pods go to the card too, and the pods are listed as missing.
 *
 * For a pod that DCGM names within a step, the series of Run:ai are ignored. Cutting the window anywhere changes no
 * point.
 */
export function reshape(input: ReshapeInput): Answer<Series[]> {
  const subjects = new Subjects(input.finder, input.cluster);
  const { boards, sliced, verdicts, undecided } = collect(
    input.dcgm,
    input.runai,
    input.units ?? (() => null),
    input.nodeOf,
  );
  const context: Context = { ...input, subjects, emitter: new Emitter(), sliced };
  for (const board of boards) {
    const named = namedPods(board);
    for (const tracks of board.cards.values()) new CardWriter(context, board, tracks, named).write();
  }
  const unproven = [...undecided].map(([metric, nodes]): Missing => {
    const where = [...nodes].sort();
    const some = `${where.slice(0, 3).join(", ")}${where.length > 3 ? ` and ${where.length - 3} more` : ""}`;
    return { kind: "failed", subject: "", metric, cause: `${UNPROVEN} (${some})` };
  });
  return { value: context.emitter.series(), missing: [...subjects.missing, ...unproven], units: verdicts };
}

const UNPROVEN =
  "Values are only 0 and 1, which may be percent or ratios; cards with a 1 count as not observed until a value proves the unit";

type Named = ReadonlyMap<string, ReadonlySet<Instant>>;

const podName = (holder: Holder) => (holder.kind === "pod" ? `${holder.namespace}/${holder.pod}` : "");

/** The instants at which DCGM names each pod, on any card; only needed beside the series of Run:ai. */
function namedPods(board: Board): Named {
  const named = new Map<string, Set<Instant>>();
  const cards = [...board.cards.values()];
  if (cards.every((tracks) => tracks.runai.size === 0)) return named;
  for (const tracks of cards)
    for (const { holder, points } of tracks.dcgm.values()) {
      if (holder.kind !== "pod") continue;
      const instants = named.get(podName(holder)) ?? new Set();
      for (const t of points.keys()) instants.add(t);
      named.set(podName(holder), instants);
    }
  return named;
}

/** Where the points of a pod go, segment by segment; a null builder stands for an unknown pod. */
interface Target {
  readonly from: Instant;
  readonly builder: Builder | null;
}

class CardWriter {
  readonly #context: Context;
  readonly #board: Board;
  readonly #tracks: CardTracks;
  readonly #named: Named;
  readonly #dcgm: readonly Track[];
  readonly #runai: readonly Track[];
  readonly #targets = new Map<Track, Target[]>();
  readonly #node: string;
  #card: Builder | null | undefined;

  constructor(context: Context, board: Board, tracks: CardTracks, named: Named) {
    this.#context = context;
    this.#board = board;
    this.#tracks = tracks;
    this.#named = named;
    this.#dcgm = [...tracks.dcgm.values()];
    this.#runai = [...tracks.runai.values()];
    this.#node = context.subjects.node(tracks.card.nodes, tracks.card.clusterLabel);
  }

  write(): void {
    const { card } = this.#tracks;
    const { step, sliced } = this.#context;
    const divided = card.isSlice ? undefined : sliced.get(card.uuid ?? "");
    for (const at of this.#instants()) {
      if (this.#board.isOfDevice) {
        this.#giveCard(
          at,
          largest(
            this.#dcgm.filter((track) => track.points.has(at)),
            at,
          ),
          false,
        );
        continue;
      }
      if (divided?.has(at)) continue;
      const here = holdersAt(this.#dcgm, at, step);
      const pods = here.filter((track) => track.holder.kind === "pod");
      if (pods.length > 0) this.#held(pods, here, at);
      else this.#unheld(here, at);
    }
  }

  #instants(): Float64Array {
    const { start, end } = this.#context.window;
    const all = new Set<Instant>();
    for (const track of [...this.#dcgm, ...this.#runai])
      for (const t of track.points.keys()) if (t >= start && t < end) all.add(t);
    return Float64Array.from(all).sort();
  }

  #held(pods: readonly Track[], here: readonly Track[], at: Instant): void {
    const device = largest(here, at);
    const value = this.#board.isAdditive ? partOf(device, pods.length) : device;
    for (const pod of pods) this.#give(pod, at, value, pods.length > 1);
  }

  #unheld(here: readonly Track[], at: Instant): void {
    const users = this.#runai.filter((track) => track.points.has(at) && !this.#isNamed(track.holder, at));
    const known = users.filter((track) => this.#target(track, at) !== null);
    if (known.length === 0 && here.length > 0) {
      this.#giveCard(at, largest(here, at), false);
      for (const track of users) this.#reportUnknown(track);
      return;
    }
    for (const track of users) this.#give(track, at, track.points.get(at) as number, false);
  }

  #isNamed(holder: Holder, at: Instant): boolean {
    const { step } = this.#context;
    const instants = this.#named.get(podName(holder));
    return instants !== undefined && (instants.has(at) || instants.has(at - step) || instants.has(at + step));
  }

  #give(track: Track, at: Instant, value: number, isShared: boolean): void {
    const builder = this.#target(track, at);
    if (!builder) {
      this.#reportUnknown(track);
      this.#giveCard(at, value, isShared);
      return;
    }
    push(builder, at, value, this.#board.isAdditive);
    if (isShared) builder.isShared = true;
  }

  #giveCard(at: Instant, value: number, isShared: boolean): void {
    if (this.#card === undefined) {
      const clusterId = this.#context.subjects.clusterOf(this.#node, this.#tracks.card.clusterLabel);
      this.#card = clusterId === null ? null : this.#builder(clusterId, "card", this.#node);
    }
    if (!this.#card) return;
    push(this.#card, at, value, this.#board.isAdditive);
    if (isShared) this.#card.isShared = true;
  }

  #reportUnknown(track: Track): void {
    if (track.holder.kind === "pod") this.#context.subjects.reportUnknown(track.holder);
  }

  #target(track: Track, at: Instant): Builder | null {
    let targets = this.#targets.get(track);
    if (!targets) {
      targets = this.#segments(track).map(({ from, subject }) => ({
        from,
        builder: subject && this.#builder(subject.clusterId, "gpu", subject.podId),
      }));
      this.#targets.set(track, targets);
    }
    for (let i = targets.length - 1; i > 0; i--)
      if (at >= (targets[i] as Target).from) return (targets[i] as Target).builder;
    return targets[0]?.builder ?? null;
  }

  #segments({ holder, points }: Track): Segment[] {
    if (holder.kind !== "pod") return [];
    const { window, step, subjects } = this.#context;
    const inside = [...points.keys()].filter((t) => t >= window.start && t < window.end).sort((a, b) => a - b);
    return inside.length > 0 ? subjects.segments(holder, inside, step, this.#tracks.card.clusterLabel) : [];
  }

  #builder(clusterId: string, subjectKind: SubjectKind, subjectId: string): Builder {
    const { gpu, gpuModel } = this.#tracks.card;
    const key = { clusterId, subjectKind, subjectId, gpu, metric: this.#board.metric };
    return this.#context.emitter.builder(key, this.#node, gpuModel);
  }
}

function largest(tracks: readonly Track[], at: Instant): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const track of tracks) most = Math.max(most, track.points.get(at) as number);
  return most;
}
