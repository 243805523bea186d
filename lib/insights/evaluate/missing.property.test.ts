import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MeasuredCase, rulesThatFind } from "@/lib/insights/measured/case.ts";
import type { Verdict } from "@/lib/insights/rules/rule.ts";
import { runs } from "@/lib/testing-runs.ts";
import { HOUR } from "@/lib/time.ts";
import { type Tracked, track } from "./track.ts";

const START = 1_793_606_400;
const SECONDS = 8 * HOUR;
const METRICS = {
  gpu_utilisation_percent: [85, 97],
  gpu_memory_used_mib: [60_000, 61_000],
  sm_active_percent: [55, 70],
  dram_active_percent: [20, 30],
  tensor_active_percent: [25, 35],
  power_watts: [480, 560],
} as const;

/** A card that works all the time, of which only some samples came: each metric has holes of its own. */
function working(keeps: (metric: string, at: number) => boolean): MeasuredCase {
  const series = Object.fromEntries(
    Object.entries(METRICS).map(([metric, [low, high]]) => {
      const at: number[] = [];
      for (let t = START; t < START + SECONDS; t += 60) if (keeps(metric, t)) at.push(t);
      return [metric, { at, value: at.map((t) => low + ((t / 60) % (high - low))) }];
    }),
  );
  return {
    ...{ category: "Train", start: START, end: START + SECONDS, step: 60, model: "NVIDIA-H100-80GB-HBM3" },
    ...{ cards: [{ gpu: "GPU-1", node: "n1", series }], host: {}, nodeGpus: { n1: 8 } },
    ...{ cpuRequestMilli: null, cpuMemoryRequestMib: 200 * 1024 },
  };
}

const holes = fc.array(
  fc.record({
    metric: fc.constantFrom("", ...Object.keys(METRICS)),
    from: fc.integer({ min: 0, max: SECONDS }),
    length: fc.integer({ min: 60, max: SECONDS }),
  }),
  { maxLength: 6 },
);

describe("missing data", () => {
  it("of a workload's beginning leaves open whether it was ever used", () => {
    const idle = working(() => true);
    const at = idle.cards[0]?.series.gpu_utilisation_percent?.at ?? [];
    const series = Object.fromEntries(
      Object.keys(METRICS).map((metric) => [metric, { at, value: at.map(() => (metric === "power_watts" ? 70 : 0)) }]),
    );
    const unused = { ...idle, cards: [{ ...idle.cards[0], series }] } as unknown as MeasuredCase;
    expect(rulesThatFind(unused)).toContain("allocated-unused");
    const earlier = rulesThatFind({ ...unused, startedAt: START - 24 * HOUR });
    expect([...earlier]).not.toContain("allocated-unused");
    expect([...earlier]).toContain("dead-idle");
  });

  it("opens no finding, whatever is missing of a card that works", () => {
    fc.assert(
      fc.property(holes, fc.integer({ min: 0, max: 95 }), (list, percent) => {
        const given = working((metric, at) => {
          const inHole = list.some(
            (h) => (h.metric === "" || h.metric === metric) && at - START >= h.from && at - START < h.from + h.length,
          );
          // The same sample is missing in every run: it follows from its instant.
          return !inHole && (at * 2_654_435_761) % 100 >= percent;
        });
        expect([...rulesThatFind(given)]).toEqual([]);
      }),
      runs(60),
    );
  });

  it("opens no finding where nothing came at all", () => {
    expect([...rulesThatFind(working(() => false))]).toEqual([]);
  });
});

const fires: Verdict = { kind: "fires", evidence: [], since: 0, milli: 1000 };
const verdicts = fc.array(fc.constantFrom<Verdict["kind"]>("fires", "clear", "unknown", "gone"), { maxLength: 40 });

describe("following a finding", () => {
  const follow = (kinds: readonly Verdict["kind"][], cuts: readonly number[]) => {
    let state: Tracked | null = null;
    let lost = 0;
    let from = 0;
    for (const end of [...cuts, kinds.length].sort((a, b) => a - b)) {
      const next = track(state, {
        from,
        end,
        instant: (i) => i * 900,
        index: (at) => at / 900,
        judge: (to) => {
          const kind = kinds[to - 1] ?? "unknown";
          return kind === "fires" ? { ...fires, since: Math.max(0, to - 3) } : { kind };
        },
        lost: () => [{ pool: "p", model: "m", milliSeconds: 1 }],
        severity: "warning",
        closeAfter: 2,
      });
      state = next.state;
      lost += next.losses.length;
      from = end;
    }
    return { state, lost };
  };

  it("gives the same in any parts, and counts no cell twice", () => {
    fc.assert(
      fc.property(verdicts, fc.array(fc.nat(40), { maxLength: 8 }), (kinds, given) => {
        const cuts = given.filter((c) => c <= kinds.length);
        const whole = follow(kinds, []);
        expect(follow(kinds, cuts)).toEqual(whole);
        expect(whole.lost).toBeLessThanOrEqual(kinds.length);
      }),
      runs(300),
    );
  });

  it("is not opened, ended or changed by cells that are unknown", () => {
    fc.assert(
      fc.property(verdicts, (kinds) => {
        const { state } = follow(kinds, []);
        const after = follow([...kinds, "unknown", "unknown", "unknown"], []).state;
        expect(after && { ...after, countedAt: 0 }).toEqual(state && { ...state, countedAt: 0 });
      }),
      runs(200),
    );
  });
});
