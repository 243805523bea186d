import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { HOUR } from "@/lib/time.ts";
import { isBetweenRounds, roundOf } from "./between.ts";
import { parseRuleSettings } from "./settings.ts";
import { evaluateAll } from "./testing-evaluate.ts";
import { seedFleet } from "./testing-fleet.ts";

const START = Date.UTC(2026, 10, 2) / 1000;
const QUARTER = 900;
/** How long after a sample its class no longer changes, with the steps of this fleet. */
const SETTLING = 600 + 2.5 * 60;

it("lies between rounds at a quarter past and a quarter to, if the last round was judged", () => {
  const at = (quarters: number) => START + quarters * QUARTER;
  expect(isBetweenRounds(at(1), at(0), 2 * QUARTER)).toBe(true);
  expect(isBetweenRounds(at(2), at(0), 2 * QUARTER)).toBe(false);
  expect(isBetweenRounds(at(3), at(2), 2 * QUARTER)).toBe(true);
  expect(isBetweenRounds(at(3), at(1), 2 * QUARTER)).toBe(false);
});

it.each([
  ["", 2],
  ["dead-idle.after_minutes=20", 2],
  ["dead-idle.after_minutes=15", 1],
  ["allocated-unused.serving_hours=0.25", 1],
  ["idle-held.after_minutes=0", 1],
  ["idle-held.after_minutes=5,idle-held=off", 2],
  ["hung.after_minutes=15", 2],
])("are as long as the rule of idleness that fires first: %s", (rules, quarters) => {
  expect(roundOf(parseRuleSettings(rules))).toBe(quarters * QUARTER);
});

it("are a quarter of an hour where a rule fires on one quarter: all are judged in each", async () => {
  const fleet = { workloads: 4, start: START, end: START + 2 * HOUR, step: 60 };
  const db = await openSqlite(":memory:");
  try {
    await seedFleet(db, fleet);
    for (let quarter = 2; quarter <= 5; quarter++) {
      const settled = START + quarter * QUARTER;
      await evaluateAll(db, fleet, settled + SETTLING, true, "idle-held.after_minutes=15");
      const behind = await db.all(sql`select workload_key from insight_subjects where through_at <> ${settled}`);
      expect(behind).toEqual([]);
    }
  } finally {
    await db.close();
  }
});

describe("ticks of a fleet in which one idles and one idles at night", () => {
  const FLEET = { workloads: 4, start: START, end: START + 12 * HOUR, step: 60 };
  let db: Db;
  beforeAll(async () => {
    db = await openSqlite(":memory:");
    await seedFleet(db, FLEET);
  });
  afterAll(() => db.close());
  const tickAt = async (settled: number) => {
    await evaluateAll(db, FLEET, settled + SETTLING, true);
    const rows = await db.all<{ key: number; through: number }>(
      sql`select workload_key as "key", through_at as "through" from insight_subjects order by 1`,
    );
    return rows.map((r) => (r.through - START) / QUARTER);
  };

  it("judge those that wait each quarter of an hour, and all each half hour", async () => {
    const kinds = await db.all<{ key: number }>(sql`select key from workloads order by key`);
    expect(kinds).toHaveLength(4);
    const eachQuarter: number[][] = [];
    for (let quarter = 2; quarter <= 7; quarter++) eachQuarter.push(await tickAt(START + quarter * QUARTER));
    const idle = [2, 3, 4, 5, 6, 7];
    const busy = [2, 2, 4, 4, 6, 6];
    const columns = [0, 1, 2, 3].map((i) => eachQuarter.map((row) => row[i]));
    expect(columns.filter((c) => String(c) === String(idle))).toHaveLength(2);
    expect(columns.filter((c) => String(c) === String(busy))).toHaveLength(2);
  });

  it("open a finding about what idles in the first quarter of an hour that it is due in", async () => {
    const opened = await db.all<{ rule: string; at: number }>(
      sql`select rule as "rule", opened_at as "at" from insight_findings where rule = 'idle-held'`,
    );
    expect(opened).toEqual([
      { rule: "idle-held", at: START + 4 * QUARTER },
      { rule: "idle-held", at: START + 4 * QUARTER },
    ]);
  });
});
