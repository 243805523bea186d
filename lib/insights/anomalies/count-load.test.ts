import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sql } from "@/db/client.ts";
import { plannedEvents } from "@/db/schema/index.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { forgetDays } from "@/lib/charges/due-store.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { ctxOf, GPU_HOUR, meterDay, seedInventory, seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { addDays } from "@/lib/time.ts";
import { countOpenAnomalies } from "./count-load.ts";
import { judgeAnomaly } from "./judge.ts";
import { listAnomalies } from "./list.ts";
import { parseAnomalySettings } from "./settings.ts";
import { anomalyId } from "./types.ts";

const TODAY = 20261110;
const SPIKE = 20261101;
const TEAM = 11;
const days = { from: SPIKE, until: TODAY };
const SETTINGS = parseAnomalySettings("");
const USD = { currency: "USD", billingTimeZone: "UTC" };
const manager: Viewer = {
  ...{ kind: "person", id: "ada@example.com", roles: ["manager"], projects: [], teams: [TEAM], manages: [TEAM] },
};

/** Forty-five days of about 100 GPU-hours of a team, of which one has 500. */
async function seed(ctx: Ctx) {
  await seedInventory(ctx.db);
  await seedPrice(ctx.db, "H100", 1_000_000_000, 20260101);
  await seedTeam(ctx.db, TEAM, "Vision", "vision");
  for (let i = 0; i < 45; i++) {
    const day = addDays(TODAY, i - 45);
    const hours = day === SPIKE ? 500 : 95 + ((i * 7) % 11);
    await meterDay(ctx.db, day, [
      { hardwareKey: 1, workloadKey: 1, activeMilli: hours * GPU_HOUR, observedMilli: hours * GPU_HOUR },
    ]);
  }
  await chargeDue(ctx, USD);
}

describe.each(engines)("the count of open anomalies on $name", (engine) => {
  let test: TestDb;
  let ctx: Ctx;
  beforeAll(async () => {
    if (isAbsent(engine)) return;
    test = (await engine.open()) as TestDb;
    ctx = ctxOf(test.db);
    await seed(ctx);
  });
  afterAll(() => test?.drop());
  const count = (viewer = ctx.viewer) => countOpenAnomalies({ ...ctx, viewer }, days, SETTINGS);
  const listed = async () =>
    (await listAnomalies(ctx, { days, measures: ["spend"], states: ["open"] }, SETTINGS)).anomalies.length;

  it.skipIf(isAbsent(engine))("is that of the list, of what the viewer sees, and looked for once", async () => {
    expect([await count(), await listed()]).toEqual([2, 2]);
    expect(await count(manager)).toBe(1);
    const all = vi.spyOn(ctx.db, "all");
    expect(await count()).toBe(2);
    // Its state is asked for, and no day.
    expect(all.mock.calls.length).toBeLessThanOrEqual(1);
    all.mockRestore();
    await expect(count({ ...manager, roles: ["engineer"] })).rejects.toMatchObject({ code: "forbidden" });
  });

  it.skipIf(isAbsent(engine))("follows what people say, what is planned, and charges", async () => {
    const id = anomalyId({ measure: "spend", scopeKind: "team", scopeKey: TEAM, day: SPIKE });
    await judgeAnomaly(ctx, { anomaly: id, verdict: "expected" }, SETTINGS);
    expect(await count()).toBe(1);
    await judgeAnomaly(ctx, { anomaly: id, verdict: "open" }, SETTINGS);
    expect(await count()).toBe(2);
    const event = { id: "e", scopeKind: "all", scopeValue: "", fromDay: SPIKE, untilDay: addDays(SPIKE, 1), note: "" };
    const more = { changePercent: 0, perDayMicros: 0, recordedBy: "x", recordedAt: 0, removedAt: null };
    await test.db.write((tx) => tx.insert(plannedEvents, [{ ...event, ...more }]));
    expect(await count()).toBe(0);
    await test.db.write((tx) => tx.run(sql`delete from ${plannedEvents}`));
    expect(await count()).toBe(2);
    await meterDay(test.db, SPIKE, [
      { hardwareKey: 1, workloadKey: 1, activeMilli: 100 * GPU_HOUR, observedMilli: 100 * GPU_HOUR },
    ]);
    await test.db.write((tx) => forgetDays(tx, [SPIKE], 0));
    await chargeDue({ ...ctx, now: () => ctx.now() + 60 }, USD);
    expect([await count(), await listed()]).toEqual([0, 0]);
  });
});
