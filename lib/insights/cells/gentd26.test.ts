import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { classifySlot } from "@/lib/metering/classify.ts";
import { type Steps, toSteps } from "@/lib/metering/timeline.ts";
import { DEFAULT_RULES } from "@/lib/metering/types.ts";
import { AT, cellsOf, type MeasureName } from "./cell.ts";

// Alibaba GenTD26: one day of 74 pods that serve models. The data lies beside the project, never in it.
const DATA = path.resolve(import.meta.dirname, "../../../../shared/data");
const DUTY = path.join(DATA, "alibaba_gentd26_pod_gpu_duty_cycle_a.csv.gz");
const MEMORY = path.join(DATA, "alibaba_gentd26_pod_gpu_memory_used_a.csv.gz");
const present = existsSync(DUTY) && existsSync(MEMORY);

const STEP = 57;
const HOLD = Math.floor(STEP * DEFAULT_RULES.holdSteps);
const { idleAfterSeconds, startingGraceSeconds, heldMemoryMib } = DEFAULT_RULES;

type Sample = readonly [at: number, value: number];

function read(file: string, scale: number): Map<string, Sample[]> {
  const out = new Map<string, Sample[]>();
  for (const line of gunzipSync(readFileSync(file)).toString().trim().split("\n").slice(1)) {
    const [at = "", pod = "", value = ""] = line.split(",");
    const own = out.get(pod) ?? [];
    out.set(pod, own);
    own.push([Number(at), Number(value) / scale]);
  }
  for (const own of out.values()) own.sort((a, b) => a[0] - b[0]);
  return out;
}

const stepsOf = (samples: readonly Sample[]): Steps =>
  toSteps(
    samples.map((s) => s[0]),
    samples.map((s) => s[1]),
    samples.map(() => HOLD),
  );

/** Seconds by what a person reads off the two series, without the code of the product. */
function direct(duty: readonly Sample[], memory: readonly Sample[]): { dead: number; held: number } {
  const spans = duty.map(([at, value], i) => ({ at, until: Math.min(duty[i + 1]?.[0] ?? Infinity, at + HOLD), value }));
  const end = spans.at(-1)?.until ?? 0;
  const firstActive = spans.find((s) => s.value > 0)?.at ?? end;
  const started = Math.min(firstActive, (spans[0]?.at ?? 0) + startingGraceSeconds);
  const memoryAt = (at: number): number => {
    const found = memory.findLast((m) => m[0] <= at);
    return found && at < found[0] + HOLD ? found[1] : Number.POSITIVE_INFINITY;
  };
  const out = { dead: 0, held: 0 };
  let run: typeof spans = [];
  const close = () => {
    const length = (run.at(-1)?.until ?? 0) - (run[0]?.at ?? 0);
    if (run.length && length >= idleAfterSeconds)
      for (const s of run) {
        const seconds = Math.max(0, s.until - Math.max(s.at, started));
        out[memoryAt(s.at) < heldMemoryMib ? "dead" : "held"] += seconds;
      }
    run = [];
  };
  for (const span of spans) {
    const last = run.at(-1);
    if (span.value > 0 || (last && span.at - last.until > idleAfterSeconds)) close();
    if (span.value === 0) run.push(span);
  }
  close();
  return out;
}

describe.skipIf(!present)("the pods of GenTD26, by cells and by a direct reading (needs ../shared/data)", () => {
  let [duty, memory] = [new Map<string, Sample[]>(), new Map<string, Sample[]>()];
  beforeAll(() => {
    duty = read(DUTY, 1);
    memory = read(MEMORY, 1024 * 1024);
  });

  it.each(["Train", "Deploy"])("agree to the second for every pod, as %s", (category) => {
    let idle = 0;
    for (const [pod, samples] of duty) {
      const range = { start: samples[0]?.[0] ?? 0, end: (samples.at(-1)?.[0] ?? 0) + HOLD };
      const signals = {
        ...{ utilisation: stepsOf(samples), memoryMib: stepsOf(memory.get(pod) ?? []) },
        ...{ sm: undefined, dram: undefined, tensor: undefined, power: undefined },
      };
      const slot = {
        ...{ ...range, milli: 1000, category, cardMemoryMib: null, down: [], level: "gpu" as const },
        ...{ utilisation: signals.utilisation, memoryMib: signals.memoryMib },
        ...{ smActive: undefined, dramActive: undefined },
      };
      const cells = cellsOf(classifySlot(slot, range, DEFAULT_RULES), signals, range, DEFAULT_RULES.activityPercent);
      const sum = (name: MeasureName) => [...cells.values()].reduce((total, c) => total + (c[AT[name]] ?? 0), 0);
      const { dead, held } = direct(samples, memory.get(pod) ?? []);
      const expected = category === "Deploy" ? [0, 0, dead + held] : [dead, held, 0];
      expect([pod, sum("deadIdle"), sum("idleHeld"), sum("warm")]).toEqual([pod, ...expected]);
      idle += dead + held;
    }
    expect(duty.size).toBe(74);
    // Most of the time of these pods is spent waiting (REFERENCE.md: 66.82 % of samples are 0).
    expect(idle / 3600).toBeGreaterThan(500);
  });
});
