import type { Book } from "@/lib/metering/book.ts";
import { ADVICE } from "@/lib/metering/held/advice.ts";
import type { Held } from "@/lib/metering/held/workload-input.ts";
import type { MeterInput } from "@/lib/metering/records.ts";
import { isOfParts, partsByNode } from "@/lib/metering/shared/replicas.ts";
import { floorTo, type Instant, type Interval, union, windows } from "@/lib/time.ts";

/** A difference up to this, in milli-GPU, or this share of what is reported, is rounding of parts of cards. */
const LEAST_MILLI = 50;
const LEAST_SHARE = 0.02;

/** Time in which the cluster reports other GPUs as allocated than its listed workloads hold. */
interface Difference extends Interval {
  /** Above 0: it reports more. */
  readonly milli: number;
}

/**
 * Where the allocation that the cluster reports as a whole differs from what its workloads held, or from what is open of
 * them, for two samples in a row or more; half-open, disjoint, ascending.
 */
export function allocationDifferences(
  { allocatedGpu, nodes, loaded }: Pick<MeterInput, "allocatedGpu" | "nodes" | "loaded">,
  held: Iterable<Held>,
): Difference[] {
  if (!allocatedGpu) return [];
  // While parts of cards are counted, the sum is of parts and of cards.
  const mixed = union([...partsByNode(nodes, loaded).values()].flatMap((list) => list.filter(isOfParts)));
  const [sure, open, claimed] = [new Level(), new Level(), new Level()];
  for (const { holdings, open: items } of held) {
    for (const h of holdings) sure.add(h, h.milli);
    // A cluster need not count what claims gave.
    for (const h of holdings) if (h.basis === "claim") claimed.add(h, h.milli);
    for (const o of items) if (o.kind !== "runs-under" && o.kind !== "sensors-contradict") open.add(o, o.milli);
  }
  const out: Difference[] = [];
  let run: Difference[] = [];
  const close = () => {
    if (run.length > 1) out.push(...run);
    run = [];
  };
  allocatedGpu.at.forEach((start, i) => {
    const said = Math.round((allocatedGpu.value[i] as number) * 1000);
    const [ours, more, less] = [sure.at(start), open.at(start), claimed.at(start)];
    const milli = said > ours ? Math.max(0, said - ours - more) : Math.min(0, said - ours + less);
    const isMixed = mixed.some((m) => m.start <= start && start < m.end);
    const isOdd = !isMixed && Math.abs(milli) > Math.max(LEAST_MILLI, LEAST_SHARE * said);
    const last = run.at(-1);
    if (!isOdd || (last && (last.end !== start || last.milli > 0 !== milli > 0))) close();
    if (isOdd) run.push({ start, end: allocatedGpu.until[i] as Instant, milli });
  });
  close();
  return out;
}

/** A sum of intervals, read at ascending instants. */
class Level {
  readonly #edges: { readonly at: Instant; readonly change: number }[] = [];
  #i = -1;
  #value = 0;

  add({ start, end }: Interval, milli: number): void {
    this.#edges.push({ at: start, change: milli }, { at: end, change: -milli });
  }

  at(instant: Instant): number {
    if (this.#i < 0) {
      this.#edges.sort((a, b) => a.at - b.at);
      this.#i = 0;
    }
    for (let edge = this.#edges[this.#i]; edge && edge.at <= instant; edge = this.#edges[++this.#i])
      this.#value += edge.change;
    return this.#value;
  }
}

/** Adds a finding for each bucket in which the cluster reports other GPUs as allocated than its workloads held. */
export function findUnlistedHolders(input: MeterInput, book: Book, held: Iterable<Held>): void {
  const { bucketSeconds } = input.rules;
  for (const { start, end, milli } of allocationDifferences(input, held)) {
    const within = { start: Math.max(start, input.range.start), end: Math.min(end, input.range.end) };
    for (const part of within.end > within.start ? windows(within, bucketSeconds) : []) {
      const kind = milli > 0 ? "unlisted-holders" : "sources-disagree";
      const detail = milli > 0 ? ADVICE["unlisted-holders"][0] : ADVICE["sources-disagree"][1];
      const quantity = Math.abs(milli) * (part.end - part.start);
      book.finding(floorTo(part.start, bucketSeconds), kind, input.clusterId, quantity, detail);
    }
  }
}
