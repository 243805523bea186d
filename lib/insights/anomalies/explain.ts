import { type BridgeCell, type BridgePart, bridge } from "@/lib/charges/bridge.ts";
import { addExactly, type ExactMicros, safeInteger, sumExactly } from "@/lib/money.ts";
import { DAY } from "@/lib/time.ts";
import type { Measure } from "./types.ts";

/** A cell of single days: its amounts are stored figures, or few of them. */
interface DayCell extends BridgeCell {
  readonly amountMicros: number;
  readonly idleMicros: number;
  readonly unheldMicros: number;
}

/** What was charged of one owner and hardware, on the unusual day or on all days before it together. */
export interface ExplainCell extends DayCell {
  readonly projectKey: number;
  readonly user: string;
  readonly gpuModel: string;
  /** Of the amount: time that was active. */
  readonly activeMicros: number;
}

export const CAUSES = ["volume", "price", "mix", "idle", "unheld", "policy"] as const;
export type Cause = (typeof CAUSES)[number];

/** Parts that sum to a change, in micro-units. */
export type Parts = Readonly<Record<Cause, number>>;

/** Who is behind a change: a user's work in a project on a GPU model. */
export interface Contributor {
  readonly projectKey: number;
  readonly user: string;
  readonly gpuModel: string;
  /** Change against the mean of the days before, in the unit of the measure: micro-units, or milli-GPU-seconds. */
  readonly change: number;
  /** Of the whole change, in per cent; above 100 where others went the other way. */
  readonly sharePercent: number;
  readonly parts: Parts;
}

export interface Explanation {
  /** Mean of the days before, and the unusual day: what was charged with what policies moved; micro-units. */
  readonly beforeMicros: number;
  readonly nowMicros: number;
  /** The difference of the two, which its parts sum to. */
  readonly changeMicros: number;
  readonly parts: Parts;
  /** The part that weighs most in the direction of the change; null: it did not change. */
  readonly cause: Cause | null;
  readonly contributors: readonly Contributor[];
}

const MOST_CONTRIBUTORS = 3;
const NO_PARTS: Parts = { volume: 0, price: 0, mix: 0, idle: 0, unheld: 0, policy: 0 };

export interface ExplainInput {
  readonly measure: Measure;
  readonly now: readonly ExplainCell[];
  readonly before: readonly ExplainCell[];
  /** How many days `before` are; 0: there is nothing to compare with. */
  readonly daysBefore: number;
  readonly nowShareMicros: number;
  readonly beforeShareMicros: number;
}

/**
 * Why a day differs from the days before: parts that sum to the difference exactly (the bridge of docs/decisions/0030), and the
 * three owners behind most of it.
 */
export function explain(input: ExplainInput): Explanation | null {
  const { measure, now, before, daysBefore, nowShareMicros, beforeShareMicros } = input;
  if (daysBefore < 1) return null;
  const parts = partsOf(before, now, daysBefore, beforeShareMicros, nowShareMicros);
  const changeMicros = sumExactly(CAUSES.map((c) => parts[c]));
  const nowMicros = addExactly(sumExactly(now.map((c) => c.amountMicros)), nowShareMicros);
  return {
    ...{ nowMicros, beforeMicros: nowMicros - changeMicros, changeMicros, parts },
    // How well GPUs were used is a matter of idle time, whatever the cost did.
    cause: isUse(measure) ? (parts.idle > 0 ? "idle" : null) : mainCause(parts, changeMicros),
    contributors: contributorsOf(input),
  };
}

const isUse = (measure: Measure): boolean => measure === "utilisation" || measure === "efficiency";

/** The part that weighs most in the direction of a change; null: no part goes there. */
export function mainCause(parts: Parts, change: number): Cause | null {
  const sorted = [...CAUSES].sort((a, b) => Math.sign(change) * (parts[b] - parts[a]));
  const [first] = sorted;
  return first !== undefined && parts[first] * change > 0 ? first : null;
}

/** Parts of the difference between a day and the mean of the days before. */
function partsOf(
  before: readonly DayCell[],
  now: readonly DayCell[],
  daysBefore: number,
  beforeShareMicros = 0,
  nowShareMicros = 0,
): Parts {
  const none = { costMicros: 0, correctionMicros: 0 };
  const change = bridge(
    { seconds: daysBefore * DAY, cells: before, shareMicros: beforeShareMicros, ...none },
    { seconds: DAY, cells: now, shareMicros: nowShareMicros, ...none },
  );
  if (change) return pick(change.parts);
  // Nothing was charged before: all of it is new.
  return {
    ...NO_PARTS,
    volume: sumExactly(now.map((c) => c.amountMicros - addExactly(c.idleMicros, c.unheldMicros))),
    idle: sumExactly(now.map((c) => c.idleMicros)),
    unheld: sumExactly(now.map((c) => c.unheldMicros)),
    policy: nowShareMicros,
  };
}

const pick = (parts: Readonly<Record<BridgePart, ExactMicros>>): Parts =>
  ({ ...NO_PARTS, ...Object.fromEntries(CAUSES.map((c) => [c, safeInteger(BigInt(parts[c]))])) }) as Parts;

/** What a contributor's cells count for. */
const WEIGHTS: Readonly<Record<Measure, (c: ExplainCell) => number>> = {
  spend: (c) => c.amountMicros,
  "gpu-hours": (c) => (c.sku === "gpu" ? c.quantity - c.unheld : 0),
  // Less use: the cost of time that was not active.
  utilisation: (c) => c.amountMicros - c.activeMicros,
  efficiency: (c) => c.amountMicros - c.activeMicros,
};

function contributorsOf({ measure, now, before, daysBefore }: ExplainInput): Contributor[] {
  const keyOf = (c: ExplainCell) => JSON.stringify([c.projectKey, c.user, c.gpuModel]);
  const [mine, theirs] = [Map.groupBy(now, keyOf), Map.groupBy(before, keyOf)];
  const weigh = (cells: readonly ExplainCell[] = []) => cells.reduce((sum, c) => sum + WEIGHTS[measure](c), 0);
  const all = [...new Set([...mine.keys(), ...theirs.keys()])].map((key) => {
    const [a, b] = [mine.get(key) ?? [], theirs.get(key) ?? []];
    return { key, a, b, change: weigh(a) - weigh(b) / daysBefore };
  });
  const total = all.reduce((sum, x) => sum + x.change, 0);
  if (total === 0) return [];
  return all
    .filter((x) => x.change * total > 0)
    .sort((x, y) => Math.abs(y.change) - Math.abs(x.change) || (x.key < y.key ? -1 : 1))
    .slice(0, MOST_CONTRIBUTORS)
    .map(({ a, b, change }) => {
      const { projectKey, user, gpuModel } = (a[0] ?? b[0]) as ExplainCell;
      return {
        ...{ projectKey, user, gpuModel },
        change: Math.round(change),
        sharePercent: (100 * change) / total,
        parts: partsOf(b, a, daysBefore),
      };
    });
}

/** Whether prices alone account for at least half of a change of spend. */
export const isPriceChange = ({ parts, changeMicros }: Pick<Explanation, "parts" | "changeMicros">): boolean =>
  changeMicros !== 0 && (parts.price + parts.policy) / changeMicros >= 0.5;
