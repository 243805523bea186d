import type { SlotView } from "@/lib/insights/cells/view.ts";
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

const MOST_NAMED = 4;

/** Says which ranks do nothing: context, and no point. Nothing where a rank is not known. */
export function rankEvidence(
  idle: readonly SlotView[],
  held: readonly SlotView[],
  podNames: Readonly<Record<string, string>>,
): Evidence[] {
  const known = idle.flatMap((slot) => standingOf(slot, held, podNames) ?? []).sort((a, b) => a.rank - b.rank);
  const [first] = known;
  if (!first || known.length < idle.length) return [];
  const named = known.slice(0, MOST_NAMED).map((k) => k.rank);
  const more = known.length > named.length ? ` and ${known.length - named.length} more` : "";
  const [one, does] = known.length === 1 ? ["Rank", "does"] : ["Ranks", "do"];
  return [point("rank", `${one} ${named.join(", ")}${more} of ${first.of} ${does} nothing.`, first.rank, first.of, 0)];
}
