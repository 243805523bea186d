import { expect, it } from "vitest";
import { meter } from "@/lib/metering/meter.ts";
import { inputOf, nodeOf, podOf, stepsOf, workloadOf } from "@/lib/metering/testing-parts.ts";
import { withLostLabels } from "./lost-labels.ts";

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

it("a metric that Run:ai does not name meanwhile is filled in, also where it names the pod for utilisation", () => {
  const { named, unnamed } = readings((m) => m < 20 || m >= 28);
  const [own, others] = [named, unnamed].map((s) => s.get("gpu_utilisation_percent"));
  const whole = readings(() => true).named.get("gpu_utilisation_percent");
  if (!own || !others || !whole) throw new Error("no samples");
  const filled = withLostLabels(
    new Map([
      ["gpu_utilisation_percent", whole],
      ["sm_active_percent", own],
    ]),
    new Map([["sm_active_percent", others]]),
  );
  expect(filled.get("sm_active_percent")).toEqual(whole);
  expect(filled.get("gpu_utilisation_percent")).toEqual(whole);
});

it("the readings of another card are not those of the pod", () =>
  expect(metered((m) => m < 20 || m >= 28, "GPU-b")).toEqual([HOUR_MILLI - 390_000, 390_000]));
