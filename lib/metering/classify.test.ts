import { describe, expect, it } from "vitest";
import { CLASSES, classProperty } from "@/lib/classes.ts";
import { classifySlot, type Slot } from "./classify.ts";
import { noQuantities, type Quantities } from "./quantities.ts";
import { integrateSlot } from "./slot-bucket.ts";
import { type Steps, toSteps } from "./timeline.ts";
import { DEFAULT_RULES, type MeterRules } from "./types.ts";

/** A series, one value a minute from `startMinute` on: `"0x30 80x5 -x3 7"`; `-` is a minute without a sample. */
function series(text: string, startMinute = 0): Steps {
  const at: number[] = [];
  const value: number[] = [];
  let minute = startMinute;
  for (const word of text.split(" ")) {
    const [what, times = "1"] = word.split("x");
    for (let i = 0; i < Number(times); i++, minute++)
      if (what !== "-") {
        at.push(minute * 60);
        value.push(Number(what));
      }
  }
  return toSteps(
    at,
    value,
    at.map(() => 150),
  );
}

interface Case {
  utilisation?: string;
  sm?: string;
  dram?: string;
  memory?: string;
  category?: string;
  /** Minutes during which the slot is held; by default a long time before the first sample until its last. */
  from?: number;
  to: number;
  down?: [number, number][];
  milli?: number;
}

/** Minutes by class of the first hour, as one line: `active 50 · idle-held 10`. */
function minutes(c: Case, rules: MeterRules = DEFAULT_RULES): string {
  const slot: Slot = {
    start: (c.from ?? -600) * 60,
    end: c.to * 60,
    milli: c.milli ?? 1000,
    category: c.category ?? "Train",
    cardMemoryMib: 81_920,
    utilisation: c.utilisation ? series(c.utilisation) : undefined,
    smActive: c.sm ? series(c.sm) : undefined,
    dramActive: c.dram ? series(c.dram) : undefined,
    memoryMib: c.memory ? series(c.memory) : undefined,
    down: (c.down ?? []).map(([start, end]) => ({ start: start * 60, end: end * 60 })),
    level: "gpu",
  };
  const usage: Quantities = noQuantities();
  const segments = classifySlot(slot, { start: -3600, end: 2 * 3600 }, rules);
  integrateSlot(segments, slot.milli, { start: 0, end: 3600 }, rules, () => usage);
  return CLASSES.flatMap((k) => {
    const milli = usage[classProperty(k, "milli")] ?? 0;
    return milli ? [`${k} ${milli / 60 / slot.milli}`] : [];
  }).join(" · ");
}

describe("the classes of one card's hour, in minutes", () => {
  it("works all the time", () => expect(minutes({ utilisation: "80x60", to: 60 })).toBe("active 60"));

  it("does nothing for ten minutes: idle from the first second", () => {
    expect(minutes({ utilisation: "80x20 0x10 80x30", memory: "40000x60", to: 60 })).toBe("idle-held 10 · active 50");
  });
  it("does nothing for nine minutes: a pause, not idleness", () => {
    expect(minutes({ utilisation: "80x20 0x9 80x31", memory: "40000x60", to: 60 })).toBe("active 60");
  });
  it("holds no memory while idle: dead", () => {
    expect(minutes({ utilisation: "80x20 0x40", memory: "40000x20 300x40", to: 60 })).toBe("dead-idle 40 · active 20");
  });
  it("holds less than 2 % of the card while idle: dead", () => {
    expect(minutes({ utilisation: "80x20 0x40", memory: "40000x20 1600x40", to: 60 })).toBe("dead-idle 40 · active 20");
  });
  it("has no memory sample while idle: not called dead, for unknown is never zero", () => {
    expect(minutes({ utilisation: "80x20 0x40", to: 60 })).toBe("idle-held 40 · active 20");
  });
  it("waits for requests: warm serving, whatever it holds", () => {
    expect(minutes({ utilisation: "80x20 0x40", memory: "100x60", category: "Deploy", to: 60 })).toBe(
      "warm-serving 40 · active 20",
    );
  });
  it("shows no utilisation but busy SMs: activity", () => {
    expect(minutes({ utilisation: "0x60", sm: "5x60", to: 60 })).toBe("inefficient 60");
  });
  it("shows no utilisation but a busy memory bus: activity", () => {
    expect(minutes({ utilisation: "0x60", dram: "1.5x60", to: 60 })).toBe("inefficient 60");
  });
  it("shows SM noise of 1 %: no activity", () => {
    expect(minutes({ utilisation: "0x60", sm: "1x60", memory: "0x60", to: 60 })).toBe("dead-idle 60");
  });
  it("crawls: inefficient when 95 % of the observed time is below 25 %", () => {
    expect(minutes({ utilisation: "10x57 90x3", to: 60 })).toBe("inefficient 60");
    expect(minutes({ utilisation: "10x56 90x4", to: 60 })).toBe("active 60");
  });
  it("has no sample: no data, and never idle", () => expect(minutes({ to: 60 })).toBe("no-data 60"));

  it("loses samples for longer than 2.5 steps: the rest is no data", () => {
    expect(minutes({ utilisation: "80x20 -x10 80x30", to: 60 })).toBe("no-data 8.5 · active 51.5");
  });
  it("loses a minute in the middle of idleness: the run goes on over it", () => {
    expect(minutes({ utilisation: "80x20 0x6 -x5 0x6 80x23", memory: "9000x60", to: 60 })).toBe(
      "no-data 3.5 · idle-held 13.5 · active 43",
    );
  });
  it("loses more than ten minutes between two short pauses: they are not one run", () => {
    expect(minutes({ utilisation: "80x20 0x5 -x15 0x5 80x15", memory: "9000x60", to: 60 })).toBe(
      "no-data 13.5 · active 46.5",
    );
  });
  it("starts: the time before its first activity, at most 15 minutes", () => {
    expect(minutes({ utilisation: "-x10 0x4 80x46", from: 10, to: 60 })).toBe("starting 4 · active 46");
    expect(minutes({ utilisation: "-x10 0x40 80x10", memory: "9000x60", from: 10, to: 60 })).toBe(
      "starting 15 · idle-held 25 · active 10",
    );
  });
  it("starts and never has a sample: starting, then no data", () => {
    expect(minutes({ from: 20, to: 60 })).toBe("starting 15 · no-data 25");
  });
  it("was idle since the hour before: the run is not cut at the bucket's edge", () => {
    const idle = { ...series("0x12 80x53", -7) };
    expect(minutesOf(idle)).toBe("idle-held 5 · active 53");
  });
  it("sits on a node that was not ready: down, and nobody's fault", () => {
    expect(minutes({ utilisation: "80x60", to: 60, down: [[20, 30]] })).toBe("down 10 · active 50");
  });
  it("says more than 100 %: read as 100 % and counted", () => {
    const slot = {
      start: 0,
      end: 600,
      milli: 1000,
      category: "Train",
      cardMemoryMib: null,
      utilisation: series("140x10"),
      smActive: undefined,
      dramActive: undefined,
      memoryMib: undefined,
      down: [],
      level: "gpu" as const,
    };
    const usage = noQuantities();
    const clamped = integrateSlot(
      classifySlot(slot, { start: 0, end: 600 }, DEFAULT_RULES),
      1000,
      { start: 0, end: 600 },
      DEFAULT_RULES,
      () => usage,
    );
    expect([clamped, usage.utilisationPeakCenti]).toEqual([10, 10_000]);
  });
});

function minutesOf(utilisation: Steps): string {
  const slot: Slot = {
    start: -36_000,
    end: 3600,
    milli: 500,
    category: "Build",
    cardMemoryMib: 81_920,
    utilisation,
    smActive: undefined,
    dramActive: undefined,
    memoryMib: undefined,
    down: [],
    level: "gpu",
  };
  const usage = noQuantities();
  const segments = classifySlot(slot, { start: -3600, end: 7200 }, DEFAULT_RULES);
  integrateSlot(segments, slot.milli, { start: 0, end: 3480 }, DEFAULT_RULES, () => usage);
  return CLASSES.flatMap((k) =>
    usage[classProperty(k, "milli")] ? [`${k} ${(usage[classProperty(k, "milli")] ?? 0) / 30_000}`] : [],
  ).join(" · ");
}
