import fc from "fast-check";
import { expect, it } from "vitest";
import { CLASSES, classProperty, type UsageClass } from "@/lib/classes.ts";
import { runs } from "@/lib/testing-runs.ts";
import type { Instant } from "@/lib/time.ts";
import { classifySlot } from "./classify.ts";
import { noQuantities, type Quantities } from "./quantities.ts";
import { integrateSlot } from "./slot-bucket.ts";
import { type PlainSlot, type Sampled, secondsOf } from "./testing-seconds.ts";
import { toSteps } from "./timeline.ts";
import { DEFAULT_RULES } from "./types.ts";

/** Thresholds of less time than by default, so that a second-by-second check of many slots stays quick. */
const RULES = { ...DEFAULT_RULES, startingGraceSeconds: 90, idleAfterSeconds: 60, bucketSeconds: 300 };
const RANGE = { start: 0, end: 900 };

/** A series with its own spacing, holes and values: the signals of a card need not be read at the same instants. */
const series = (values: fc.Arbitrary<number | null>): fc.Arbitrary<Sampled> =>
  fc
    .record({
      step: fc.constantFrom(5, 7, 10, 15),
      offset: fc.integer({ min: -20, max: 20 }),
      stretches: fc.array(fc.tuple(values, fc.integer({ min: 1, max: 14 })), { minLength: 1, maxLength: 14 }),
    })
    .map(({ step, offset, stretches }) => {
      const list = stretches.flatMap(([value, count]) => Array.from({ length: count }, () => value));
      const samples = list.flatMap((v, i) => (v === null ? [] : [[offset + i * step, v] as const]));
      return { samples, holdSeconds: Math.floor(step * RULES.holdSteps) };
    });
const zeros = fc.constant(0);
const utilisation = series(fc.oneof(zeros, zeros, zeros, fc.integer({ min: 1, max: 130 }), fc.constant(null)));
const activity = series(fc.oneof(zeros, zeros, fc.constantFrom(0.5, 1, 1.5, 60), fc.constant(null)));
const memory = series(fc.oneof(fc.constantFrom(0, 300, 511, 512, 600, 1638, 1639, 9000), fc.constant(null)));
const span = fc
  .tuple(fc.integer({ min: 0, max: 880 }), fc.integer({ min: 1, max: 700 }))
  .map(([start, length]) => ({ start, end: Math.min(RANGE.end, start + length) }));

const slot: fc.Arbitrary<PlainSlot> = fc
  .record({
    held: span,
    ...{ utilisation, memoryMib: memory, smActive: activity, dramActive: activity },
    category: fc.constantFrom("Train", "Train", "Deploy"),
    cardMemoryMib: fc.constantFrom(81_920, 16_384, null),
    down: fc.option(span, { freq: 4 }),
  })
  .map(({ held, down, ...rest }) => ({ ...held, ...rest, down: down ? [down] : [] }));

const steps = ({ samples, holdSeconds }: Sampled) =>
  toSteps(
    samples.map(([at]) => at),
    samples.map(([, value]) => value),
    samples.map(() => holdSeconds),
  );

/** Seconds by bucket and class, and those observed. */
type Sums = Record<string, number>;

const segmentsOf = (s: PlainSlot, classesOnly: boolean) =>
  classifySlot(
    {
      ...{ classesOnly, start: s.start, end: s.end, milli: 1000, category: s.category, cardMemoryMib: s.cardMemoryMib },
      ...{ utilisation: steps(s.utilisation), memoryMib: steps(s.memoryMib), down: s.down, level: "gpu" },
      ...{ smActive: steps(s.smActive), dramActive: steps(s.dramActive) },
    },
    RANGE,
    RULES,
  );

function metered(s: PlainSlot): Sums {
  const segments = segmentsOf(s, false);
  const buckets = new Map<Instant, Quantities>();
  integrateSlot(segments, 1, RANGE, RULES, (at) => {
    const record = buckets.get(at) ?? noQuantities();
    buckets.set(at, record);
    return record;
  });
  const out: Sums = {};
  for (const [at, q] of buckets) {
    for (const c of CLASSES) if (q[classProperty(c, "milli")]) out[`${at} ${c}`] = q[classProperty(c, "milli")];
    if (q.observedMilli) out[`${at} observed`] = q.observedMilli;
  }
  return out;
}

function counted(s: PlainSlot): Sums {
  const out: Sums = {};
  const add = (at: Instant, name: UsageClass | "observed") => {
    const key = `${Math.floor(at / RULES.bucketSeconds) * RULES.bucketSeconds} ${name}`;
    out[key] = (out[key] ?? 0) + 1;
  };
  for (const second of secondsOf(s, RULES)) {
    add(second.at, second.class);
    if (second.isObserved) add(second.at, "observed");
  }
  return out;
}

it("classes every second as the text of the accounting rules does, one second after the other", () => {
  fc.assert(
    fc.property(slot, (s) => {
      expect(metered(s)).toEqual(counted(s));
    }),
    runs(400),
  );
});

it("finds the same class in every second where classes alone are asked for", () => {
  const bySecond = (s: PlainSlot, classesOnly: boolean) =>
    segmentsOf(s, classesOnly).flatMap(({ start, end, ...c }) =>
      Array.from({ length: end - start }, (_, i) => `${start + i} ${c.class} ${c.centi !== null}`),
    );
  fc.assert(
    fc.property(slot, (s) => {
      expect(bySecond(s, true)).toEqual(bySecond(s, false));
      expect(segmentsOf(s, true).length).toBeLessThanOrEqual(segmentsOf(s, false).length);
    }),
    runs(400),
  );
});
