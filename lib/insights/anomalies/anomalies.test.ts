import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { plannedEvents } from "@/db/schema/index.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { forgetDays } from "@/lib/charges/due-store.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { ctxOf, GPU_HOUR, meterDay, seedInventory, seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { addDays } from "@/lib/time.ts";
import { judgeAnomaly } from "./judge.ts";
import { findAnomaly, listAnomalies } from "./list.ts";
import { parseAnomalySettings } from "./settings.ts";
import { anomalyId, parseAnomalyId } from "./types.ts";

const TODAY = 20261110;
const VISION = 11;
const SPEECH = 12;
const days = { from: 20261020, until: TODAY };
const SETTINGS = parseAnomalySettings("");
const person = (given: Partial<Viewer>): Viewer => ({
  ...{ kind: "person", id: "ada@example.com", roles: ["manager"], projects: [] },
  ...given,
});
const manager = person({ teams: [VISION], manages: [VISION] });

/**
 * Forty-five days: Vision uses about 100 GPU-hours, Speech 80; on 1 November workload 2 of Vision adds 300 busy and 200 idle hours;
 * on 4 November nothing of Speech's was observed; from 6 November on the price is doubled.
 */
async function seed(ctx: Ctx) {
  const { db } = ctx;
  await seedInventory(db);
  await seedPrice(db, "H100", 1_000_000_000, 20260101);
  await seedPrice(db, "H100", 2_000_000_000, 20261106);
  await seedTeam(db, VISION, "Vision", "vision");
  await seedTeam(db, SPEECH, "Speech", "speech");
  await db.write((tx) => tx.run(sql`update workloads set submitted_by = 'bob' where key = 2`));
  for (let i = 0; i < 45; i++) {
    const day = addDays(TODAY, i - 45);
    const row = (workloadKey: number, hours: number, idle = 0, seen = true) => ({
      ...{ hardwareKey: 1, workloadKey, activeMilli: hours * GPU_HOUR, deadIdleMilli: idle * GPU_HOUR },
      observedMilli: seen ? (hours + idle) * GPU_HOUR : 0,
      utilisationWeighted: seen ? hours * GPU_HOUR * 8000 : 0,
    });
    await meterDay(db, day, [
      row(1, 95 + ((i * 7) % 11)),
      ...(day === 20261101 ? [row(2, 300, 200)] : []),
      row(3, 80, 0, day !== 20261104),
    ]);
  }
  await chargeDue(ctx, { currency: "USD", billingTimeZone: "UTC" });
}

describe.each(engines)("anomalies of a ledger on $name", (engine) => {
  let test: TestDb;
  let ctx: Ctx;
  beforeAll(async () => {
    if (isAbsent(engine)) return;
    test = (await engine.open()) as TestDb;
    ctx = ctxOf(test.db);
    await seed(ctx);
  });
  afterAll(() => test?.drop());
  const list = (query = {}, viewer?: Viewer) =>
    listAnomalies(viewer ? { ...ctx, viewer } : ctx, { days, ...query }, SETTINGS);

  it.skipIf(isAbsent(engine))("are found, priced, and explained by parts that sum to the change", async () => {
    const { anomalies, projectNames } = await list({ measures: ["spend"], scopeKind: "team", scopeKey: VISION });
    const spike = anomalies.find((a) => a.fromDay === 20261101);
    expect(spike).toMatchObject({ throughDay: 20261101, direction: "up", state: "open" });
    expect(spike?.impactMicros).toBeGreaterThan(480e6);
    const { explanation } = spike ?? {};
    const sum = Object.values(explanation?.parts ?? {}).reduce((a, b) => a + b, 0);
    expect(sum).toBe(explanation?.changeMicros);
    expect(Math.abs((explanation?.changeMicros ?? 0) - 500e6)).toBeLessThan(8e6);
    expect(explanation?.parts.idle).toBe(200e6);
    expect(explanation?.cause).toBe("volume");
    const [first] = explanation?.contributors ?? [];
    expect([first?.user, projectNames.get(first?.projectKey ?? 0)]).toEqual(["bob", "vision"]);
    expect(first?.sharePercent).toBeGreaterThan(98);
    expect(first?.parts).toMatchObject({ volume: 300e6, idle: 200e6, price: 0, mix: 0 });
  });

  it.skipIf(isAbsent(engine))("leave out what a price change explains, and days that are not known", async () => {
    const { anomalies, untested } = await list({ measures: ["spend"], scopeKind: "team" });
    const doubled = anomalies.filter((a) => a.fromDay === 20261106);
    expect(doubled.map((a) => [a.scope.name, a.state, a.reason])).toEqual([
      ["Vision", "explained", "Prices changed"],
      ["Speech", "explained", "Prices changed"],
    ]);
    // 80 of 180 hours unobserved: the day is known for neither team, and for neither it is a drop.
    expect(untested).toEqual([20261104]);
    expect(anomalies.some((a) => a.fromDay <= 20261104 && a.throughDay >= 20261104)).toBe(false);
  });

  it.skipIf(isAbsent(engine))("take as many statements however many there are", async () => {
    const statements = async (query: object) => {
      let count = 0;
      const db = new Proxy(ctx.db, {
        get: (target, name) => {
          const value = Reflect.get(target, name);
          if (typeof value !== "function") return value;
          if (name === "all" || name === "find") count++;
          return value.bind(target);
        },
      });
      const { anomalies } = await listAnomalies({ ...ctx, db }, { days, ...query }, SETTINGS);
      return [anomalies.length, count] as const;
    };
    const one = { measures: ["spend"], scopeKind: "team", scopeKey: VISION } as const;
    const [few, ofFew] = await statements(one);
    const [many, ofMany] = await statements({ measures: ["spend", "efficiency"], scopeKind: "team" });
    expect(many).toBeGreaterThan(few);
    expect(ofMany).toBe(ofFew);
  });

  it.skipIf(isAbsent(engine))("are the same alone as in the list", async () => {
    const { anomalies } = await list();
    expect(anomalies.some((a) => a.throughDay > a.fromDay)).toBe(true);
    for (const one of anomalies) {
      const name = parseAnomalyId(one.id);
      expect((name && (await findAnomaly(ctx, name, SETTINGS)))?.anomaly).toEqual(one);
    }
  });

  it.skipIf(isAbsent(engine))("see idle time in efficiency, and cheap differences in nothing", async () => {
    const { anomalies } = await list({ scopeKind: "team", measures: ["efficiency", "utilisation"] });
    expect(anomalies.map((a) => [a.measure, a.scope.name, a.fromDay, a.direction])).toEqual([
      ["efficiency", "Vision", 20261101, "down"],
      ["utilisation", "Vision", 20261101, "down"],
    ]);
    const dear = await listAnomalies(ctx, { days }, parseAnomalySettings("min_cost=100000"));
    expect(dear.anomalies).toEqual([]);
  });

  it.skipIf(isAbsent(engine))(
    "follow the viewer: teams and projects of theirs, and nobody's for an engineer",
    async () => {
      const own = await list({}, manager);
      expect(new Set(own.anomalies.map((a) => a.scope.name))).toEqual(new Set(["Vision"]));
      const inTeam = await list({}, person({ roles: ["viewer"], teams: [VISION], manages: [] }));
      expect(inTeam.anomalies.length).toBeGreaterThan(0);
      for (const a of inTeam.anomalies) expect(a.explanation?.contributors ?? []).toEqual([]);
      const project = await list({}, person({ projects: ["c1/p-2"], teams: [] }));
      expect(new Set(project.anomalies.map((a) => a.scope.name))).toEqual(new Set(["speech"]));
      await expect(list({}, person({ roles: ["engineer"] }))).rejects.toMatchObject({ code: "forbidden" });
    },
  );

  it.skipIf(isAbsent(engine))("are explained by a planned event of their scope", async () => {
    const event = { scopeKind: "team", scopeValue: String(VISION), fromDay: 20261101, untilDay: 20261102 };
    const more = { changePercent: 0, perDayMicros: 0, recordedBy: "x", recordedAt: 0, removedAt: null };
    await test.db.write((tx) => tx.insert(plannedEvents, [{ id: "e", ...event, ...more, note: "benchmark" }]));
    const found = await list({ measures: ["spend"], scopeKind: "team", states: ["explained"] });
    expect(found.anomalies.find((a) => a.fromDay === 20261101)?.reason).toBe("Planned: benchmark");
    await test.db.write((tx) => tx.run(sql`delete from ${plannedEvents}`));
  });

  it.skipIf(isAbsent(engine))("keep what people say, on record, also after a day is metered again", async () => {
    const id = anomalyId({ measure: "spend", scopeKind: "team", scopeKey: VISION, day: 20261101 });
    await judgeAnomaly({ ...ctx, viewer: manager }, { anomaly: id, verdict: "expected", note: "load test" }, SETTINGS);
    const name = parseAnomalyId(id);
    const after = name && (await findAnomaly(ctx, name, SETTINGS));
    expect(after?.anomaly).toMatchObject({ state: "expected", feedback: { note: "load test", givenBy: manager.id } });
    const [act] = await listActs(ctx.db, 1, `anomaly/${id}`);
    expect([act?.action, act?.actorId, act?.reason]).toEqual(["anomalies.judge", manager.id, "load test"]);
    await test.db.write((tx) => forgetDays(tx, [20261101], 0));
    await chargeDue(ctx, { currency: "USD", billingTimeZone: "UTC" });
    expect((name && (await findAnomaly(ctx, name, SETTINGS)))?.anomaly.state).toBe("expected");
    await judgeAnomaly(ctx, { anomaly: id, verdict: "open" }, SETTINGS);
    expect((name && (await findAnomaly(ctx, name, SETTINGS)))?.anomaly.state).toBe("open");
  });

  it.skipIf(isAbsent(engine))("are judged by a role for their very team, not by one for another", async () => {
    const id = anomalyId({ measure: "spend", scopeKind: "team", scopeKey: VISION, day: 20261101 });
    const of = (role: "manager" | "viewer" | "engineer", teamKey: number) => ({ role, teamKey, projectKey: 0 });
    for (const role of ["viewer", "engineer"] as const) {
      const grants = [of("manager", SPEECH), of(role, VISION)];
      const roles = ["manager", role] as const;
      const viewer = person({ roles, grants, teams: [VISION, SPEECH], manages: [SPEECH] });
      const judged = judgeAnomaly({ ...ctx, viewer }, { anomaly: id, verdict: "noise" }, SETTINGS);
      await expect(judged).rejects.toMatchObject({ code: "forbidden", message: expect.stringContaining("manager") });
    }
  });

  it.skipIf(isAbsent(engine))(
    "cannot be judged by people who do not see them, nor where nothing is found",
    async () => {
      const theirs = anomalyId({ measure: "spend", scopeKind: "team", scopeKey: SPEECH, day: 20261106 });
      const judge = (viewer: Viewer, anomaly: string) =>
        judgeAnomaly({ ...ctx, viewer }, { anomaly, verdict: "noise" }, SETTINGS);
      await expect(judge(manager, theirs)).rejects.toMatchObject({ code: "not_found" });
      await expect(judge(ctx.viewer, "spend-team-11-20261025")).rejects.toMatchObject({ code: "not_found" });
      await expect(judge(ctx.viewer, "nonsense")).rejects.toMatchObject({ code: "not_found" });
      await expect(judge(person({ roles: ["viewer"], teams: [VISION] }), theirs)).rejects.toMatchObject({
        code: "forbidden",
      });
    },
  );
});

describe("the settings of anomalies", () => {
  it("have defaults, and name what is wrong", () => {
    expect(parseAnomalySettings("method=robust-z, min_cost=10")).toMatchObject({
      threshold: 3.5,
      floors: { amount: 10e6, percent: 20 },
    });
    for (const [text, problem] of [
      ["method=magic", /no such method/],
      ["score=-1", /0 or more/],
      ["limit=3", /write one of/],
    ] as const)
      expect(() => parseAnomalySettings(text)).toThrow(problem);
  });
});
