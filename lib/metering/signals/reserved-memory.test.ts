import { expect, it } from "vitest";
import { meter } from "@/lib/metering/meter.ts";
import { HOUR_RANGE, hourOf, inputOf, nodeOf, podOf, workloadOf } from "@/lib/metering/testing-parts.ts";
import type { Signals } from "@/lib/metering/timeline.ts";

const card = (utilisation: number, memory: number): Signals =>
  new Map([
    ["gpu_utilisation_percent", hourOf(utilisation)],
    ["gpu_memory_used_mib", hourOf(memory)],
  ]);

/** Dead-idle and idle-held GPU-hours of an idle pod on a card of 16 GiB, beside free cards of its node. */
const idle = (
  memory: number,
  free: readonly Signals[],
  gpuMilli = 1000,
  isFree: readonly string[] = free.map((_, i) => `GPU-f${i}`),
) => {
  const { usage } = meter(
    inputOf({
      nodes: [
        nodeOf("n1", { gpuModel: "Tesla-T4", freeCardsSeen: new Map(isFree.map((name) => [name, [HOUR_RANGE]])) }),
      ],
      workloads: [workloadOf({ pods: [podOf(0, 3600, { gpuMilli })] })],
      cardSignals: new Map([["p", new Map([["GPU-a", card(0, memory)]])]]),
      unnamedSignals: new Map([["n1", new Map(free.map((signals, i) => [`GPU-f${i}`, signals]))]]),
    }),
  );
  const own = usage.find((u) => u.workloadKey === 1)?.quantities;
  const grace = own?.startingMilli;
  expect(grace).toBe(gpuMilli * 900);
  return own && own.deadIdleMilli > 0 ? "dead-idle" : "idle-held";
};

it.each<[string, number, Signals[], "dead-idle" | "idle-held"]>([
  ["as much as the free card beside it holds nothing", 700, [card(0, 700)], "dead-idle"],
  ["a little more than the free card beside it holds nothing", 900, [card(0, 700)], "dead-idle"],
  ["much more than the free card beside it holds it", 1300, [card(0, 700)], "idle-held"],
  ["as much as one free card, and more than another, holds it", 700, [card(0, 700), card(0, 3)], "idle-held"],
  ["as much as a card that works without a name holds it", 700, [card(40, 700)], "idle-held"],
  ["as much as a process left over holds it", 9000, [card(0, 9000)], "idle-held"],
  ["without a free card beside it holds it", 700, [], "idle-held"],
])("a card with %s", (_, memory, free, expected) => expect(idle(memory, free)).toBe(expected));

it("a card that is read without a name while a pod holds it shows nothing of the driver", () =>
  expect(idle(700, [card(0, 700)], 1000, [])).toBe("idle-held"));

it("a part of a card is compared as it is", () => expect(idle(700, [card(0, 700)], 500)).toBe("idle-held"));
