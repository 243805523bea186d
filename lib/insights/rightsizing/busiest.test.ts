import { expect, it } from "vitest";
import { CELL, cellsOf } from "@/lib/insights/cells/cell.ts";
import { classifySlot } from "@/lib/metering/classify.ts";
import { toSteps } from "@/lib/metering/timeline.ts";
import { DEFAULT_RULES } from "@/lib/metering/types.ts";
import { busiestOf } from "./busiest.ts";

const START = 1000 * CELL;
const RANGE = { start: START, end: START + 8 * CELL };

/** A card with its utilisation at each minute; null: not read. */
function slot(gpu: string, utilisation: (minute: number) => number | null, model = "H100") {
  const read = Array.from({ length: 120 }, (_, i) => ({ at: START + i * 60, value: utilisation(i) }));
  const known = read.filter((r) => r.value !== null);
  const steps = toSteps(
    known.map((r) => r.at),
    known.map((r) => r.value as number),
    known.map(() => 60),
  );
  const none = { smActive: undefined, dramActive: undefined, memoryMib: undefined, down: [] };
  const own = { ...RANGE, milli: 1000, category: "Train", cardMemoryMib: 80_000, utilisation: steps, ...none };
  const segments = classifySlot({ ...own, level: "gpu" as const }, RANGE, {
    ...DEFAULT_RULES,
    startingGraceSeconds: 0,
  });
  const signals = {
    ...{ utilisation: steps, memoryMib: undefined, sm: undefined, dram: undefined },
    ...{ tensor: undefined, power: undefined },
  };
  const facts = { pod: "p", gpu, node: "n", pool: "d", model, milli: 1000, level: "gpu" };
  return { ...facts, cells: cellsOf(segments, signals, RANGE, 1) };
}
const busiest = (...slots: ReturnType<typeof slot>[]) =>
  busiestOf([{ slots, host: new Map() }], "H100", RANGE).busiestMilli;

it("counts the cards that worked in one quarter of an hour", () => {
  const busy = slot("0", () => 90);
  const idle = slot("1", () => 0);
  expect(
    busiest(
      busy,
      idle,
      slot("2", () => 0),
    ),
  ).toBe(1000);
  // All work for five minutes of each hour: as many are needed, though on average few worked.
  const burst = (gpu: string) => slot(gpu, (m) => (m % 60 < 5 ? 90 : 0));
  expect(busiest(burst("0"), burst("1"), burst("2"))).toBe(3000);
  // One after the other: never more than one.
  expect(
    busiest(
      slot("0", (m) => (m < 60 ? 90 : 0)),
      slot("1", (m) => (m < 60 ? 0 : 90)),
    ),
  ).toBe(1000);
});

it("takes a card that was not read to have worked, and leaves out other models", () => {
  expect(
    busiest(
      slot("0", () => 90),
      slot("1", (m) => (m === 40 ? null : 0)),
    ),
  ).toBe(2000);
  expect(
    busiest(
      slot("0", () => 90),
      slot("1", () => 90, "L40S"),
    ),
  ).toBe(1000);
  expect(busiestOf([{ slots: [slot("0", () => 0)], host: new Map() }], "H100", RANGE)).toEqual({
    heldMilli: 8 * CELL * 1000,
    busiestMilli: 0,
  });
});
