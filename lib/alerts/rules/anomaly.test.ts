import { afterAll, beforeAll, expect, it } from "vitest";
import { plannedEvents } from "@/db/schema/index.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { SPEECH, seedSixtyDays, TODAY, VISION } from "@/lib/budgets/testing-ledger.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { ctxOf, GPU_HOUR, meterDay, NOW } from "@/lib/charges/testing-ledger.ts";
import { addDays, DAY } from "@/lib/time.ts";
import { anomaly } from "./anomaly.ts";

let store: TestDb;
beforeAll(async () => {
  store = await sqliteFile();
  await seedSixtyDays(store.db);
  const row = (workloadKey: number, hours: number) => ({
    ...{ hardwareKey: 1, workloadKey, activeMilli: hours * GPU_HOUR, observedMilli: hours * GPU_HOUR },
  });
  await meterDay(store.db, addDays(TODAY, -2), [row(1, 400), row(3, 40)]);
  await chargeDue(ctxOf(store.db), { currency: "USD", billingTimeZone: "UTC" });
});
afterAll(() => store.drop());

it("reports an unusual day of a team once, by its worth, until something planned explains it", async () => {
  const ctx = ctxOf(store.db);
  const read = (threshold: number, teamKey = 0, since = 0) => anomaly.read(ctx, { threshold, teamKey, since });
  const spend = (list: Awaited<ReturnType<typeof read>>) => list.filter((c) => c.subject.startsWith("spend-"));
  const day = addDays(TODAY, -2);
  const [found, ...more] = spend(await read(100e6));
  expect(more).toEqual([]);
  expect(found).toMatchObject({ subject: `spend-team-${VISION}-${day}`, teamKey: VISION });
  expect(found?.title).toMatch(
    /^Spend of Vision on 2026-11-08: \$400\.00, usually \$9\d|^Spend of Vision on 2026-11-08: \$400\.00, usually \$10\d/,
  );
  expect(found?.summary).toMatch(/mainly volume/);
  expect(await read(1000e6)).toEqual([]);
  expect(await read(0, SPEECH)).toEqual([]);
  expect(await read(100e6, VISION, NOW - DAY)).toEqual([]);
  const past = await anomaly.history(
    ctx,
    { threshold: 100e6, teamKey: 0, since: 0 },
    { start: NOW - 30 * DAY, end: NOW },
  );
  expect(past?.filter((h) => h.subject === found?.subject)).toHaveLength(1);
  const event = { id: "e", scopeKind: "team", scopeValue: String(VISION), fromDay: day, untilDay: addDays(day, 1) };
  const rest = { changePercent: 0, perDayMicros: 0, note: "", recordedBy: "x", recordedAt: 0, removedAt: null };
  await store.db.write((tx) => tx.insert(plannedEvents, [{ ...event, ...rest }]));
  expect(await read(100e6)).toEqual([]);
});
