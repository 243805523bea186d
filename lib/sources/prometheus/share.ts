import type { Instant } from "@/lib/time.ts";
import type { Holder } from "./dcgm.ts";

/** The points of one holder on one card for one metric. Values are in our units. */
export interface Track {
  readonly holder: Holder;
  readonly points: Map<Instant, number>;
}

/** One key per holder: two pods of the same name differ by uid where the labels have it. */
export function holderKey(holder: Holder): string {
  return holder.kind === "pod" ? `pod ${holder.namespace}/${holder.pod} ${holder.uid ?? ""}` : holder.kind;
}

/** Adds a point; where replicas report two values of one holder for one instant, the larger stays. */
export function addPoint(track: Track, at: Instant, value: number): void {
  const known = track.points.get(at);
  if (known === undefined || value > known) track.points.set(at, value);
}

/**
 * The tracks that hold the card at an instant. At a handover within one step, both the pod that leaves and the one that
 * arrives have a newest sample there, which is not sharing: a pod that was there a step before and is gone a step later
 * gives way to one that came.
 */
export function holdersAt(tracks: readonly Track[], at: Instant, step: number): Track[] {
  const here = tracks.filter((track) => track.points.has(at));
  if (here.length < 2) return here;
  const before = (track: Track) => track.points.has(at - step);
  const after = (track: Track) => track.points.has(at + step);
  const arriving = here.some((track) => !before(track) && after(track));
  if (arriving) return here.filter(after);
  const passing = here.some((track) => !before(track) && !after(track));
  return passing ? here.filter((track) => after(track) || !before(track)) : here;
}

/**
 * An equal part of a quantity, in 1/1024 rounded down: the parts are exact in binary, so they never add up to more than
 * the whole.
 */
export function partOf(value: number, parts: number): number {
  return parts === 1 ? value : Math.floor((value / parts) * 1024) / 1024;
}
