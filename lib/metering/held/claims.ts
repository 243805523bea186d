import type { Signals, Steps } from "@/lib/metering/timeline.ts";
import { type Instant, type Interval, intersect } from "@/lib/time.ts";
import { PARTS_OF_MILLI, partsOfCard, type Share, shareOf } from "./gpu-share.ts";

/** What a device of a claim gave a pod: a card or a part of one, or slices of a divided card, by the name of the device. */
export type Claims = ReadonlyMap<string, Steps>;

/**
 * A device that samples never named for longer than this at a stretch, in seconds, beside others is an echo of what held it before, or
 * named by mistake now and then.
 */
const ECHO_SECONDS = 150;

/** The claims of a pod among its signals by device; undefined if samples name none. */
export function claimsOf(cards: ReadonlyMap<string, Signals> | undefined): Claims | undefined {
  const out = new Map<string, Steps>();
  for (const [gpu, signals] of cards ?? []) {
    const steps = signals.get("claimed_gpu");
    if (steps?.at.length) out.set(gpu, steps);
  }
  return out.size > 0 ? out : undefined;
}

/** A slice by the name of its card and its own, or by its own UUID. */
const IS_SLICE = /\/|^MIG-/;

interface Device {
  readonly gpu: string;
  readonly steps: Steps;
  readonly first: Instant;
  readonly last: Instant;
}

/**
 * What claims gave a pod during its life, as half-open intervals in which it is the same, ascending. A claim is bound for the
 * whole life of a pod: before the first sample of a device, after the last and in between it is as samples next to it say – but
 * one device that follows another takes its place.
 */
export function claimedParts(claims: Claims, life: Interval, gpuModel: string): (Interval & Required<Share>)[] {
  const devices = lastingDevices(claims);
  const spans = devices.map((device) => {
    const next = devices.filter((d) => d.first > device.last).map((d) => d.first);
    const follows = devices.some((d) => d.last < device.first);
    const start = follows ? device.first : life.start;
    return { device, span: intersect({ start, end: Math.min(life.end, ...next) }, life) };
  });
  const changes = spans.flatMap(({ device: { steps }, span }) =>
    span ? [span.start, span.end, ...changesOf(steps).filter((t) => span.start < t && t < span.end)] : [],
  );
  const edges = [...new Set([life.start, ...changes, life.end])].sort((a, b) => a - b);
  return edges.slice(0, -1).map((start, i) => {
    let parts = 0;
    for (const { device, span } of spans) {
      if (!span || start < span.start || start >= span.end) continue;
      const of = IS_SLICE.test(device.gpu) ? partsOfCard(gpuModel) : 1;
      const { milli, rest } = shareOf(valueAt(device.steps, start), of);
      parts += milli * PARTS_OF_MILLI + rest;
    }
    const milli = Math.floor(parts / PARTS_OF_MILLI);
    return { start, end: edges[i + 1] as number, milli, rest: parts % PARTS_OF_MILLI };
  });
}

/** Without devices that are named for a moment only, unless there is no other. */
function lastingDevices(claims: Claims): Device[] {
  const devices = [...claims].map(([gpu, steps]): Device => {
    return { gpu, steps, first: steps.at[0] as number, last: steps.at.at(-1) as number };
  });
  const lasting = devices.filter((d) => longestStretch(d.steps) > ECHO_SECONDS);
  return lasting.length > 0 ? lasting : devices;
}

/** Seconds from the first to the last of the samples that follow each other without a hole, of the longest such stretch. */
function longestStretch({ at, until }: Steps): number {
  let [longest, from] = [0, at[0] ?? 0];
  at.forEach((instant, i) => {
    if (i > 0 && instant > (until[i - 1] as Instant)) from = instant;
    longest = Math.max(longest, instant - from);
  });
  return longest;
}

function changesOf({ at, value }: Steps): Instant[] {
  return [...at].filter((_, i) => i > 0 && value[i] !== value[i - 1]);
}

function valueAt({ at, value }: Steps, instant: Instant): number {
  let found = value[0] as number;
  for (let i = 0; i < at.length && (at[i] as number) <= instant; i++) found = value[i] as number;
  return found;
}
