import { type Signals, StepReader, type Steps } from "@/lib/metering/timeline.ts";

/** Less than this, in MiB, decides nothing: a free card shows a few on any driver. */
const LEAST_MIB = 64;
/** More than this, in MiB, is no reserve of a driver: a process that was left over holds it. */
const MOST_MIB = 2048;

/**
 * The memory of a held card without what its driver reserves, where the exporter counts it as used (old drivers, and
 * tools that read the old figure): the least that the free cards of its node show at the same instant, because what a
 * card shows while nobody holds it is not held by a workload. Where no card of the node is free then, or where they show
 * next to nothing, the reading stays.
 * @param unnamed the readings of the cards of the node while no pod was named on them.
 */
export function withoutReserved(memory: Steps, unnamed: ReadonlyMap<string, Signals> | undefined): Steps {
  const free = [...(unnamed?.values() ?? [])].map((signals) => ({
    memory: new StepReader(signals.get("gpu_memory_used_mib")),
    utilisation: new StepReader(signals.get("gpu_utilisation_percent")),
  }));
  if (!free.length) return memory;
  const value = memory.at.map((at, i) => {
    const shown = free.flatMap((card) => {
      const mib = card.memory.valueAt(at);
      // A card that works has a holder, whom its exporter lost.
      return mib === undefined || card.utilisation.valueAt(at) !== 0 ? [] : [mib];
    });
    const reserved = Math.min(...shown);
    const used = memory.value[i] as number;
    return reserved >= LEAST_MIB && reserved <= MOST_MIB ? Math.max(0, used - reserved) : used;
  });
  return { ...memory, value };
}
