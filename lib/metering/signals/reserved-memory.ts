import { cardOf } from "@/lib/metering/card-of.ts";
import { type Signals, StepReader, type Steps } from "@/lib/metering/timeline.ts";
import type { Instant, Interval } from "@/lib/time.ts";

/** Less than this, in MiB, decides nothing: a free card shows a few on any driver. */
const LEAST_MIB = 64;
/** More than this, in MiB, is no reserve of a driver: a process that was left over holds it. */
const MOST_MIB = 2048;
/** By the name of an exporter; by an index, a source may show cards as nobody's whether or not they are held. */
const UUID = /^GPU-/;

/**
 * The memory of a held card without what its driver reserves, where the exporter counts it as used (old drivers, and
 * tools that read the old figure): the least that the free cards of its node show at the same instant, because what a
 * card shows while nobody holds it is not held by a workload. Where no card of the node is free then, or where they show
 * next to nothing, the reading stays.
 * @param unnamed the readings of the cards of the node, by card, while no pod was named on them.
 * @param freeSeen when each of those cards was read while no pod held any part of it.
 */
export function withoutReserved(
  memory: Steps,
  unnamed: ReadonlyMap<string, Signals> | undefined,
  freeSeen: ReadonlyMap<string, readonly Interval[]> | undefined,
): Steps {
  const free = [...(unnamed ?? [])].flatMap(([card, signals]) => {
    const spans = UUID.test(card) ? (freeSeen?.get(cardOf(card)) ?? []) : [];
    return spans.length ? [freeCard(signals, spans)] : [];
  });
  if (!free.length) return memory;
  const value = memory.at.map((at, i) => {
    const shown = free.flatMap((card) => {
      const mib = card.memory.valueAt(at);
      // A card that works has a holder, whom its exporter lost.
      return mib === undefined || card.utilisation.valueAt(at) !== 0 || !card.isFree(at) ? [] : [mib];
    });
    const reserved = Math.min(...shown);
    const used = memory.value[i] as number;
    return reserved >= LEAST_MIB && reserved <= MOST_MIB ? Math.max(0, used - reserved) : used;
  });
  return { ...memory, value };
}

function freeCard(signals: Signals, spans: readonly Interval[]) {
  return {
    memory: new StepReader(signals.get("gpu_memory_used_mib")),
    utilisation: new StepReader(signals.get("gpu_utilisation_percent")),
    isFree: (at: Instant) => spans.some((s) => s.start <= at && at < s.end),
  };
}
