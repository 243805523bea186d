import { expect, it } from "vitest";
import { meter } from "@/lib/metering/meter.ts";
import { inputOf, nodeOf, podOf, stepsOf, workloadOf } from "@/lib/metering/testing-parts.ts";

/** One sample a minute of the card while it is named for the pod, and while it is not. */
const readings = (isNamed: (minute: number) => boolean) => {
  const minutes = Array.from({ length: 60 }, (_, i) => i);
  const signals = (list: number[]) =>
    new Map([["gpu_utilisation_percent", stepsOf(...list.map((m) => [m * 60, 80] as const))]]);
  return { named: signals(minutes.filter(isNamed)), unnamed: signals(minutes.filter((m) => !isNamed(m))) };
};
const metered = (isNamed: (minute: number) => boolean, card = "GPU-a") => {
  const { named, unnamed } = readings(isNamed);
  const { usage } = meter(
    inputOf({
      nodes: [nodeOf("n1", { gpuCount: 1 })],
      workloads: [workloadOf({ pods: [podOf(0, 3600)] })],
      cardSignals: new Map([["p", new Map([["GPU-a", named]])]]),
      unnamedSignals: new Map([["n1", new Map([[card, unnamed]])]]),
    }),
  );
  const own = usage.filter((u) => u.workloadKey === 1).map((u) => u.quantities);
  return [own[0]?.activeMilli, own[0]?.noDataMilli];
};
const HOUR_MILLI = 3_600_000;

it.each<[string, (minute: number) => boolean, number]>([
  ["for some minutes", (m) => m < 20 || m >= 28, 0],
  ["now and then", (m) => m % 7 !== 3, 0],
  ["for longer than ten minutes", (m) => m < 20 || m >= 40, 1110],
  ["until the end", (m) => m < 40, 1110],
])("a card whose labels are lost %s", (_, isNamed, unobserved) =>
  expect(metered(isNamed)).toEqual([HOUR_MILLI - unobserved * 1000, unobserved * 1000]),
);

it("the readings of another card are not those of the pod", () =>
  expect(metered((m) => m < 20 || m >= 28, "GPU-b")).toEqual([HOUR_MILLI - 390_000, 390_000]));
