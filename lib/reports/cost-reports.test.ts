import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { capacity } from "@/db/schema/index.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import { jobViewer, type Viewer } from "@/lib/ctx.ts";
import { DAY } from "@/lib/time.ts";
import { DAY_ONE, NOON, scenario } from "./golden/testing-scenario.ts";
import { getReport } from "./index.ts";
import { parsePeriod } from "./period.ts";
import type { Row } from "./report.ts";
import { csvOf, ctxOf, loadReport, seed } from "./testing.ts";
import { chargeEverything, costReports, seedCosts, seedPolicy } from "./testing-cost.ts";

const october = parsePeriod({ month: "2026-10" }, "UTC", NOON);
/** Compared with the day before, the first of the ledger. */
const second = parsePeriod({ from: "2026-10-02", to: "2026-10-03" }, "UTC", NOON);
const COMPARING = ["top-movers", "cost-bridge"];
const later = DAY_ONE + 2 * DAY;
const person = (given: Partial<Viewer>): Viewer => ({ ...jobViewer("reader"), kind: "person", projects: [], ...given });

describe.each(engines)("reports of money on $name", (engine) => {
  let test: TestDb;
  beforeAll(async () => {
    if (isAbsent(engine)) return;
    test = (await engine.open()) as TestDb;
    const { db } = test;
    await seed(db, scenario);
    await seedTeam(db, 11, "Vision", "vision");
    await seedTeam(db, 12, "=Speech", "speech");
    await seedPrice(db, "H100", 2_500_000_001, 20200101);
    await seedPrice(db, "A100", 1_230_000_000, 20261002);
    await seedPolicy(db, "charges");
    await seedCosts(db, [
      { fromDay: 20261001, untilDay: 20261101, teamKey: 11, clusterId: "c-1", amountMicros: 31_000_001 },
    ]);
    await chargeEverything(ctxOf(db, later));
  });
  afterAll(() => test?.drop());

  const csv = (slug: string, filters: Record<string, string> = {}, viewer?: Viewer, period = october) =>
    csvOf(ctxOf(test.db, later, viewer), getReport(slug), period, filters);

  it.skipIf(isAbsent(engine)).each(costReports().map((r) => r.slug))(
    "writes %s as finance receives it, byte by byte",
    async (slug) => {
      const file = new URL(`./golden/${slug}.csv`, import.meta.url);
      const comparing = COMPARING.includes(slug);
      // Only what is metered to its end is compared.
      const metered = { bucketAt: later, hardwareKey: 99, capacityMilli: 0, overlapMilli: 0, rulesId: "" };
      if (comparing) await test.db.write((tx) => tx.insert(capacity, [{ ...metered, throughAt: later }]));
      const text = await csv(slug, {}, undefined, comparing ? second : october);
      await test.db.write((tx) => tx.run(sql`delete from ${capacity} where hardware_key = 99`));
      if (process.env.UPDATE_GOLDEN) writeFileSync(file, text);
      expect(text).toBe(readFileSync(file, "utf8"));
    },
  );

  it.skipIf(isAbsent(engine))(
    "says on the page of suspicious jobs what each was charged, as the report of cost does",
    async () => {
      const rowsOf = async (slug: string, viewer?: Viewer) => {
        const rows: Row[] = [];
        for await (const page of loadReport(ctxOf(test.db, later, viewer), getReport(slug), october))
          rows.push(...page);
        return rows;
      };
      const charged = new Map<unknown, [amount: number, idle: number]>();
      for (const row of await rowsOf("cost-by-workload")) {
        const [amount, idle] = charged.get(row.workload_key) ?? [0, 0];
        charged.set(row.workload_key, [amount + Number(row.usage_amount), idle + Number(row.idle_amount)]);
      }
      const rows = await rowsOf("suspicious");
      const priced = rows.filter((r) => r.amount !== null);
      expect(priced.length).toBeGreaterThan(0);
      for (const { workload_key, amount, idle_amount } of priced)
        expect([amount, idle_amount]).toEqual(charged.get(workload_key));
    },
  );

  it.skipIf(isAbsent(engine))(
    "advises finance on what they see used, one by one, and not on all that they see paid",
    async () => {
      const finance = (workloads: string[]): Viewer =>
        person({ roles: ["finance", "manager"], projects: "all", teams: "all", workloads });
      const lines = (text: string) => text.split("\r\n").length;
      expect(lines(await csv("right-sizing"))).toBeGreaterThan(2);
      expect(lines(await csv("right-sizing", {}, finance([])))).toBe(2);
      expect(await csv("right-sizing", {}, finance(["c-1/p5"]))).toBe(await csv("right-sizing"));
    },
  );

  it.skipIf(isAbsent(engine))(
    "shows a reader their projects, a budget owner their team, and totals of teams to nobody else",
    async () => {
      const vision = await csv("cost-by-workload", {}, person({ projects: ["c-1/p7"] }));
      const lines = (await csv("cost-by-workload")).split("\r\n");
      expect(vision.split("\r\n").slice(1, -1)).toEqual(lines.filter((l) => l.includes("vision")));
      expect((await csv("cost-by-team", {}, person({ projects: ["c-1/p7"] }))).split("\r\n")).toHaveLength(2);
      const owner = person({ teams: [11] });
      const all = await csv("cost-by-team");
      const without = (text: string) => text.split("\r\n").map((l) => l.split(",").toSpliced(10, 1).join(","));
      expect(without(await csv("cost-by-team", {}, owner)).slice(1, -1)).toEqual(
        without(all).filter((l) => l.startsWith("Vision")),
      );
      await expect(csv("cost-by-team", { team: "=Speech" }, owner)).rejects.toThrow('There is no team "=Speech".');
    },
  );

  it.skipIf(isAbsent(engine))("refuses hours, unknown teams and unknown choices", async () => {
    const hours = parsePeriod({ from: "2026-10-01T01:00:00Z", to: "2026-10-01T02:00:00Z" }, "UTC", NOON);
    await expect(csv("cost-by-team", {}, undefined, hours)).rejects.toThrow("whole days");
    await expect(csv("cost-by-team", { team: "Vison" })).rejects.toThrow('Did you mean "Vision"?');
    await expect(csv("cost-trend", { grain: "year" })).rejects.toThrow("day, week, month");
    await expect(csv("top-movers", { by: "gpu" })).rejects.toThrow("team, project, user");
  });

  it.skipIf(isAbsent(engine))("is empty, not zero, where nothing was charged", async () => {
    const december = parsePeriod({ month: "2026-12" }, "UTC", NOON);
    for (const { slug } of costReports())
      expect([slug, (await csv(slug, {}, undefined, december)).split("\r\n").length]).toEqual([slug, 2]);
  });
});
