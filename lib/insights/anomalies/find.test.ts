import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { addDays, daysBetween } from "@/lib/time.ts";
import { DETECTORS } from "./detectors.ts";
import { daysToRead, findAnomalies, type ScopeDay } from "./find.ts";
import { parseAnomalySettings } from "./settings.ts";

const FIRST = 20260105;
const LENGTH = 300;
const dayAt = (i: number) => addDays(FIRST, i);

/** Spend by day: a level that shifts, a week's rhythm, and some spikes. */
function ledger(seed: number): (ScopeDay | null)[] {
  let state = seed + 1;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  let level = 500;
  return Array.from({ length: LENGTH }, (_, i) => {
    if (next() < 0.03) level *= 0.4 + 1.6 * next();
    const spike = next() < 0.05 ? 3 * level * next() : 0;
    const spendMicros = Math.round((level * (1 + 0.1 * next() + (i % 7 > 4 ? 0 : 0.2)) + spike) * 1e6);
    if (next() < 0.02) return null;
    return {
      ...{ day: dayAt(i), spendMicros, usageMicros: spendMicros, heldMilli: 0, activeMilli: 0, classedMilli: 0 },
      ...{ utilisationWeighted: 0, observedMilli: 0 },
    };
  });
}

describe.each(DETECTORS)("anomalies by $id", ({ id }) => {
  const settings = parseAnomalySettings(`method=${id}`);
  /** What a ledger that is read for some days gives for them. */
  const found = (days: readonly (ScopeDay | null)[], from: number, until: number) => {
    const read = daysToRead({ from, until });
    const first = Math.max(FIRST, read.from);
    const known = days.slice(daysBetween(FIRST, first), daysBetween(FIRST, read.until));
    return findAnomalies("spend", known, first, { from, until }, settings);
  };

  it("are the same for whatever days they are asked for", () => {
    const seed = fc.nat(1_000_000);
    const cut = fc.integer({ min: 20, max: LENGTH });
    let compared = 0;
    fc.assert(
      fc.property(seed, cut, cut, (s, a, b) => {
        const days = ledger(s);
        const [from, until] = [dayAt(Math.min(a, b)), dayAt(Math.max(a, b))];
        const list = found(days, from, until);
        compared += list.length;
        for (const one of list.slice(-3)) {
          expect(found(days, one.fromDay, addDays(one.fromDay, 1))).toEqual([one]);
          expect(found(days, one.throughDay, addDays(one.throughDay, 1))).toEqual([one]);
        }
      }),
      runs(8),
    );
    expect(compared).toBeGreaterThan(9);
  });
});
