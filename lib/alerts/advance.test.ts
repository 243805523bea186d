import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AlertEvent, advance, type Held, type Notice, type RuleLife } from "./advance.ts";

const RULE: RuleLife = {
  ...{ key: 1, teamKey: 0, severity: "warning", once: false, holdSeconds: 0, repeatSeconds: 0, escalateSeconds: 0 },
  ...{ quietFrom: -1, quietUntil: -1, mutedUntil: null },
};
const held = (subject = "a", level = 0): Held => ({
  ...{ subject, teamKey: 0, severity: "warning", level, title: subject },
  detail: { summary: "", facts: [], link: "/", owners: [], chart: null, limit: null, ended: "" },
});

/** A rule over time: its events and everything that was notified. */
class Life {
  open: AlertEvent[] = [];
  known = new Map<string, AlertEvent>();
  all: { at: number; change: string; subject: string; sequence: number; event: string; notBefore: number }[] = [];
  #ids = 0;
  step(now: number, conditions: readonly Held[], rule: Partial<RuleLife> = {}, unknown: string[] = []): string[] {
    const id = () => `e${++this.#ids}`;
    const next = advance({
      rule: { ...RULE, ...rule },
      open: this.open,
      known: this.known,
      conditions,
      unknown: new Set(unknown),
      now,
      zone: "UTC",
      id,
    });
    const changed = new Map(next.save.map((event) => [event.id, event]));
    const events = [...this.open.filter((e) => !changed.has(e.id)), ...next.save].filter(
      (e) => !next.drop.includes(e.id),
    );
    this.open = events.filter((e) => e.state === "pending" || e.state === "firing");
    for (const event of next.save) this.known.set(event.subject, event);
    const words = (n: Notice) => ({
      at: now,
      change: n.change,
      subject: n.event.subject,
      sequence: n.event.sequence,
      event: n.event.id,
      notBefore: n.notBefore,
    });
    this.all.push(...next.notices.map(words));
    return next.notices.map((n) => n.change);
  }
  acknowledge(): void {
    this.open = this.open.map((e) => ({ ...e, acknowledgedAt: 1, acknowledgedBy: "x", sequence: e.sequence + 1 }));
  }
}

describe("the life of an event", () => {
  it("begins and ends with one message each", () => {
    const life = new Life();
    expect([life.step(0, [held()]), life.step(60, [held()]), life.step(120, []), life.step(180, [])]).toEqual([
      ["trigger"],
      [],
      ["resolve"],
      [],
    ]);
  });

  it("waits for its hold time, and says nothing of what passes before", () => {
    const life = new Life();
    const rule = { holdSeconds: 120 };
    expect(life.step(0, [held()], rule)).toEqual([]);
    expect(life.step(60, [], rule)).toEqual([]);
    expect(life.open).toEqual([]);
    expect([life.step(120, [held()], rule), life.step(180, [held()], rule), life.step(240, [held()], rule)]).toEqual([
      [],
      [],
      ["trigger"],
    ]);
  });

  it("repeats, escalates step by step, and does neither once it is acknowledged – until it gets worse", () => {
    const life = new Life();
    const rule = { repeatSeconds: 100, escalateSeconds: 250 };
    const changes = [0, 100, 200, 250, 300, 350, 500, 600, 750].map((at) => life.step(at, [held()], rule)[0] ?? "");
    expect(changes).toEqual(["trigger", "repeat", "repeat", "escalate", "", "repeat", "escalate", "repeat", "repeat"]);
    expect(life.open[0]?.step).toBe(2);
    life.acknowledge();
    expect([
      life.step(2000, [held()], rule),
      life.step(2100, [held("a", 1)], rule),
      life.step(2200, [held("a", 1)], rule),
    ]).toEqual([[], ["update"], ["repeat"]]);
    expect(life.open[0]?.acknowledgedAt).toBe(null);
  });

  it("is silent while muted, is heard of after it, and is resolved aloud", () => {
    const life = new Life();
    const muted = { mutedUntil: 1000 };
    expect([life.step(0, [held()], muted), life.step(900, [held()], muted), life.step(1000, [held()], muted)]).toEqual([
      [],
      [],
      ["trigger"],
    ]);
    expect(life.step(1100, [held("a", 2)], { mutedUntil: 5000 })).toEqual([]);
    expect(life.step(5000, [held("a", 2)], { mutedUntil: 5000 })).toEqual(["update"]);
    expect(life.step(6000, [], { mutedUntil: 9000 })).toEqual(["resolve"]);
    expect(new Life().step(0, [], muted)).toEqual([]);
  });

  it("happens once for each subject where the kind says so", () => {
    const life = new Life();
    const once = { once: true };
    expect([
      life.step(0, [held("1")], once),
      life.step(60, [held("1"), held("2")], once),
      life.step(120, [], once),
      life.step(180, [held("1")], once),
    ]).toEqual([["trigger"], ["trigger"], [], []]);
    // What happened during a mute and still is to be seen is notified when the mute ends, once.
    const muted = { once: true, mutedUntil: 300 };
    expect([life.step(200, [held("3")], muted), life.step(260, [held("3")], muted)]).toEqual([[], []]);
    expect([life.step(300, [held("3")], once), life.step(360, [held("3")], once)]).toEqual([["trigger"], []]);
    expect(new Set(life.all.map((n) => `${n.event} ${n.sequence}`)).size).toBe(life.all.length);
  });

  it("neither ends nor begins while nobody knows", () => {
    const life = new Life();
    life.step(0, [held("a")]);
    expect([life.step(60, [], {}, ["a", "b"]), life.step(120, [])]).toEqual([[], ["resolve"]]);
  });

  it("happens again for a subject that passes another limit", () => {
    const life = new Life();
    const passed = (limit: number) => [{ ...held("2026-11"), detail: { ...held().detail, limit } }];
    const step = (now: number, limit: number) => life.step(now, passed(limit), { once: true });
    expect([step(0, 1000), step(60, 1000), step(120, 5000), step(180, 5000)]).toEqual([
      ["trigger"],
      [],
      ["trigger"],
      [],
    ]);
  });

  it("is delayed by quiet hours, except where it is critical", () => {
    const quiet = { quietFrom: 0, quietUntil: 600 };
    const life = new Life();
    life.step(0, [held(), { ...held("b"), severity: "critical" }], quiet);
    expect(life.all.map((n) => [n.subject, n.notBefore])).toEqual([
      ["a", 36_000],
      ["b", 0],
    ]);
  });

  it("in any order of what holds: sequences without a hole, trigger first, resolve last, one open event for a subject", () => {
    const subjects = fc.subarray(["a", "b", "c"]);
    const step = fc.record({
      on: subjects,
      level: fc.nat(2),
      wait: fc.integer({ min: 1, max: 400 }),
      mute: fc.boolean(),
    });
    const rule = fc.record({
      holdSeconds: fc.constantFrom(0, 100),
      repeatSeconds: fc.constantFrom(0, 150),
      escalateSeconds: fc.constantFrom(0, 200),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), rule, (steps, times) => {
        const life = new Life();
        let now = 0;
        for (const { on, level, wait, mute } of steps) {
          now += wait;
          life.step(
            now,
            on.map((s) => held(s, level)),
            { ...times, mutedUntil: mute ? now + 1 : null },
          );
          expect(new Set(life.open.map((e) => e.subject)).size).toBe(life.open.length);
        }
        life.step(now + 1, [], times);
        expect(life.open).toEqual([]);
        for (const event of new Set(life.all.map((n) => n.event))) {
          const own = life.all.filter((n) => n.event === event);
          expect(own.map((n) => n.sequence)).toEqual(own.map((_, i) => i + 1));
          expect([own[0]?.change, own.at(-1)?.change]).toEqual(["trigger", "resolve"]);
          expect(own.filter((n) => n.change === "trigger" || n.change === "resolve")).toHaveLength(2);
          expect(own.filter((n) => n.change === "escalate").length).toBeLessThanOrEqual(2);
        }
      }),
      { seed: 11, numRuns: 200 },
    );
  });
});
