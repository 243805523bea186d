import type { SlotView, WorkloadFacts } from "@/lib/insights/cells/view.ts";
import { point } from "@/lib/insights/rules/measure.ts";
import type { Evidence } from "@/lib/insights/rules/rule.ts";

/** Where a card stands in its job: ranks count from 0. */
export interface Standing {
  readonly rank: number;
  readonly of: number;
}

/** Replicas that training operators count before the workers. */
const FIRST = /(?:^|-)(?:master|chief)-\d+$/;
/** `name-worker-3`, and of an indexed job `name-3-x7k2p`. */
const ORDINAL = /^(.*)-(\d+)(?:-[a-z0-9]{5})?$/;

/**
 * Ranks by the names of pods as training operators count them: masters first, then the others by their ordinal. Empty
 * where names have no ordinal, or several groups of workers that nobody knows the order of.
 */
export function ranksOf(names: readonly string[]): ReadonlyMap<string, number> {
  const read = names.map((name) => ({ name, isFirst: FIRST.test(name), match: ORDINAL.exec(name) }));
  const groups = new Set(read.flatMap(({ isFirst, match }) => (isFirst ? [] : [match?.[1]])));
  if (groups.size > 1 || read.some(({ match }) => !match)) return new Map();
  const masters = read.filter((r) => r.isFirst).length;
  const out = new Map(
    read.map(({ name, isFirst, match }) => [name, Number(match?.[2]) + (isFirst ? 0 : masters)] as const),
  );
  return new Set(out.values()).size === names.length ? out : new Map();
}

/**
 * The rank of a card among those that its job holds: of pods with one card each by their names, of one pod by the
 * indices of its cards. Null where neither says it: an exporter that names cards by their UUID does not say in which order a pod sees them.
 * @param podNames by the id of the pod.
 */
export function standingOf(
  slot: SlotView,
  held: readonly SlotView[],
  podNames: Readonly<Record<string, string>>,
): Standing | null {
  const ids = [...new Set(held.map((s) => s.facts.pod))];
  if (ids.length === held.length && ids.length > 1) {
    const ranks = ranksOf(ids.map((id) => podNames[id] ?? ""));
    const rank = ranks.get(podNames[slot.facts.pod] ?? "");
    return rank === undefined ? null : { rank, of: Math.max(held.length, ...[...ranks.values()].map((r) => r + 1)) };
  }
  if (ids.length !== 1 || held.some((s) => !/^\d+$/.test(s.facts.gpu))) return null;
  const order = held.map((s) => Number(s.facts.gpu)).sort((a, b) => a - b);
  return { rank: order.indexOf(Number(slot.facts.gpu)), of: held.length };
}

/** What is known of the pods of a job, by their ids. */
type PodFacts = Pick<WorkloadFacts, "podNames" | "podsCreated">;

/**
 * The place of each card in an order that stays the same while the pods of its job do: by node, creation of the pod, its name, and
 * the card. It starts at 1 and is no rank: it only says which cards are meant.
 */
export function placesOf(
  held: readonly SlotView[],
  { podNames, podsCreated }: PodFacts,
): ReadonlyMap<SlotView, number> {
  const read = held.map((slot) => {
    const { node, pod, gpu } = slot.facts;
    return { slot, at: podsCreated[pod] ?? 0, texts: [podNames[pod] ?? "", pod, gpu.padStart(8, "0")], node };
  });
  const order = read.sort(
    (a, b) => compare(a.node, b.node) || a.at - b.at || compare(a.texts.join("\n"), b.texts.join("\n")),
  );
  return new Map(order.map(({ slot }, i) => [slot, i + 1]));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const MOST_NAMED = 4;

/** Says which ranks do nothing, or where those are not known which cards in a stable order: context, and no point. */
export function rankEvidence(idle: readonly SlotView[], held: readonly SlotView[], pods: PodFacts): Evidence[] {
  const known = idle.flatMap((slot) => standingOf(slot, held, pods.podNames) ?? []);
  const [first] = known;
  if (first && known.length === idle.length) {
    const ranks = known.map((k) => k.rank);
    return [said(["Rank", "Ranks"], ranks, first.of, "")];
  }
  const places = placesOf(held, pods);
  const own = idle.map((slot) => places.get(slot) ?? 0);
  return idle.length ? [said(["Card", "Cards"], own, held.length, " (by node and age)")] : [];
}

function said([one, many]: readonly [string, string], numbers: readonly number[], of: number, order: string): Evidence {
  const sorted = [...numbers].sort((a, b) => a - b);
  const named = sorted.slice(0, MOST_NAMED);
  const more = sorted.length > named.length ? ` and ${sorted.length - named.length} more` : "";
  const [word, does] = sorted.length === 1 ? [one, "does"] : [many, "do"];
  return point("rank", `${word} ${named.join(", ")}${more} of ${of}${order} ${does} nothing.`, sorted[0] ?? 0, of, 0);
}
