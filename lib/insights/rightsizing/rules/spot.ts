import { percent, savingOf } from "../need.ts";
import type { SizeRule } from "../types.ts";

/** Training that may be interrupted, where the price book has a lower price for it. */
export const spot: SizeRule = (u, offers) => {
  const offer = offers.find((o) => o.clusterId === u.clusterId && o.gpuModel === u.gpuModel);
  if (u.category !== "Train" || u.preemptible !== false || !offer?.spotNanos || !offer.standardNanos) return null;
  const share = offer.spotNanos / offer.standardNanos;
  const savingMicros = savingOf(u.standardMicros, offer.spotNanos, offer.standardNanos);
  if (share >= 1 || savingMicros <= 0) return null;
  return {
    kind: "spot",
    title: "Make it preemptible",
    evidence: `A preemptible GPU-hour costs ${percent(1 - share)} less in the price book; work has to resume from a checkpoint.`,
    savingMicros,
  };
};
