import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { changeRules } from "@/lib/attribution/rule-changes.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { forgetCharged } from "@/lib/charges/due-store.ts";
import { ctxOf, GPU_HOUR, meterDay, NOW, seedPrice } from "@/lib/charges/testing-ledger.ts";
import { loadCloses } from "@/lib/periods/load.ts";
import { loadStatement, loadStatements } from "@/lib/statements/load.ts";
import { DAY } from "@/lib/time.ts";
import { auditPeriod, verifyChain } from "./audit.ts";
import { closePeriod, previewClose } from "./close.ts";
import { charge, free, held, SETTINGS, seedOctober } from "./testing-close.ts";

describe.each(engines)("a close on $name", (engine) => {
  let store: TestDb;
  beforeEach(async () => {
    if (isAbsent(engine)) return;
    store = (await engine.open()) as TestDb;
  });
  afterEach(() => (isAbsent(engine) ? undefined : store.drop()));
  const october = { period: "2026-10" };

  it.skipIf(isAbsent(engine))("numbers, freezes and chains; late samples become corrections of the next", async () => {
    const { db } = store;
    await seedOctober(db);
    const ctx = ctxOf(db);
    const drafts = await loadStatements(ctx, SETTINGS, "2026-10");
    expect(drafts.view.state).toBe("draft");
    const { statements, close } = await closePeriod(ctx, SETTINGS, october);
    expect(statements.map((s) => [s.number, s.header.team.name, s.header.totalMicros / 1e6])).toEqual([
      ["GL-2026-10-0001", "Vision", 75],
      ["GL-2026-10-0002", "Unassigned", 15],
      ["GL-2026-10-0003", "Platform", 90],
    ]);
    expect(close).toMatchObject({ sequence: 1, previousHash: "", totalMicros: 180_000_000, closedBy: "local" });
    const frozen = await loadStatements(ctx, SETTINGS, "2026-10");
    expect(frozen.statements).toEqual(statements);
    // The same calculation: only what a close gives is new.
    expect(frozen.statements.map((s) => s.lines)).toEqual(drafts.statements.map((s) => s.lines));
    expect(await listActs(db, 1, "period/2026-10")).toMatchObject([{ action: "periods.close", actorId: "local" }]);
    expect(await auditPeriod(ctx, SETTINGS, "2026-10")).toMatchObject({ faults: [] });

    await meterDay(db, 20261031, [held(1, 14, 2), held(3, 2), free(8)]);
    await charge(db);
    expect((await loadStatements(ctx, SETTINGS, "2026-10")).statements).toEqual(statements);
    const november = await loadStatement(ctx, SETTINGS, "2026-11", 11);
    expect(november.statement.lines.filter((l) => l.kind === "correction")).toMatchObject([
      {
        amountMicros: 10_000_000,
        before: { quantity: 30 * GPU_HOUR, amountMicros: 75_000_000 },
        corrects: "GL-2026-10-0001",
        reason: "late usage",
        fromDay: 20261001,
        untilDay: 20261101,
      },
    ]);
    const december = NOW + 86_400 * 40;
    await expect(closePeriod(ctxOf(db, december), SETTINGS, { period: "2026-11" })).rejects.toThrow(
      /missing-days: 29 days/,
    );
    const second = await closePeriod(ctxOf(db, december), SETTINGS, {
      period: "2026-11",
      overrides: [{ item: "missing-days", reason: "Cluster was in transit" }],
    });
    expect(second.close.previousHash).toBe(close.hash);
    expect(second.statements.map((s) => [s.number, s.header.correctionMicros / 1e6])).toEqual([
      ["GL-2026-11-0004", 10],
      ["GL-2026-11-0005", -10],
    ]);
    expect(second.statements[0]?.header.overrides).toEqual([
      {
        item: "missing-days",
        title: "29 days never metered",
        detail: "From 2026-11-02 to 2026-11-30: backfill them, or nobody is charged for them.",
        ...{ reason: "Cluster was in transit", by: "local" },
      },
    ]);
    expect(second.statements[0]?.header.dispute).toMatch(/^The period is closed and its amounts are final/);
    expect(await db.all(sql`select distinct booked_in as b from corrections`)).toEqual([{ b: "2026-11" }]);
    expect(await verifyChain(ctxOf(db, december), SETTINGS)).toEqual([]);
  });

  it.skipIf(isAbsent(engine))(
    "keeps what it froze when a rule is dated into it: the next period corrects",
    async () => {
      const { db } = store;
      await seedOctober(db);
      const ctx = ctxOf(db);
      const { statements } = await closePeriod(ctx, SETTINGS, october);
      const rule = { kind: "project" as const, pattern: "speech", teamKey: 11, fromDay: 20261001 };
      await changeRules(ctx, { act: "add", rule }, "agreed in October");
      await charge(db);
      expect((await loadStatements(ctx, SETTINGS, "2026-10")).statements).toEqual(statements);
      const { statements: november } = await loadStatements(ctx, SETTINGS, "2026-11");
      const corrected = november.flatMap((s) =>
        s.lines.filter((l) => l.kind === "correction").map((l) => [s.header.team.name, l.amountMicros / 1e6, l.reason]),
      );
      expect(corrected).toEqual([
        ["Vision", 15, "team change"],
        ["Unassigned", -15, "team change"],
      ]);
      // What a correction booked is not repeated as the reason of a later one.
      const later = ctxOf(db, NOW + 40 * DAY);
      const overrides = [{ item: "missing-days", reason: "The clusters were not there yet" }];
      await closePeriod(later, SETTINGS, { period: "2026-11", overrides });
      await seedPrice(db, "H100", 3_000_000_000, 20261031);
      await db.write((tx) => forgetCharged(tx, 20261031));
      await charge(db, NOW + 40 * DAY);
      const december = (await loadStatement(later, SETTINGS, "2026-12", 11)).statement;
      expect(december.lines.filter((l) => l.kind === "correction" && l.corrects.includes("2026-10"))).toMatchObject([
        { quantity: 0, amountMicros: 1_000_000, reason: "price change", before: { amountMicros: 15_000_000 } },
        { quantity: 0, amountMicros: 5_000_000, reason: "price change", before: { amountMicros: 75_000_000 } },
      ]);
      expect(await auditPeriod(ctx, SETTINGS, "2026-10")).toMatchObject({ faults: [], waiting: [] });
    },
  );

  it.skipIf(isAbsent(engine))(
    "is refused with the list of what is open, once it is closed, and out of order",
    async () => {
      const { db } = store;
      await seedOctober(db, false);
      const early = ctxOf(db, Date.UTC(2026, 10, 3) / 1000);
      const { items } = await previewClose(early, SETTINGS, "2026-10");
      expect(items.map((i) => [i.key, i.weight])).toEqual([
        ["grace", "may"],
        ["unpriced:NVIDIA-H100-80GB-HBM3", "may"],
        ["empty", "warn"],
      ]);
      await expect(closePeriod(early, SETTINGS, october)).rejects.toThrow(
        /grace: .*\n.*unpriced:NVIDIA.*72\.00 GPU-hours/,
      );
      await expect(
        closePeriod(early, SETTINGS, { ...october, overrides: [{ item: "gaps", reason: "none of them" }] }),
      ).rejects.toThrow(/There is no open item "gaps"/);
      await expect(closePeriod(early, SETTINGS, { period: "2026-11" })).rejects.toThrow(/running: .*[\s\S]*previous: /);
      await seedPrice(db, "H100", 1_000_000_000, 20260101);
      await db.write((tx) => tx.run(sql`update charged_days set metered_revision = -1`));
      await expect(closePeriod(ctxOf(db), SETTINGS, october)).rejects.toThrow(/uncharged: 3 days not charged/);
      await charge(db);
      await closePeriod(ctxOf(db), SETTINGS, october);
      await expect(closePeriod(ctxOf(db), SETTINGS, october)).rejects.toMatchObject({ code: "period_closed" });
    },
  );

  it.skipIf(isAbsent(engine))("refuses charges that are not what usage and prices make them", async () => {
    const { db } = store;
    await seedOctober(db);
    await db.write((tx) =>
      tx.run(sql`update charges set amount_micros = amount_micros + 1 where day = 20261030 and workload_key = 1`),
    );
    await expect(closePeriod(ctxOf(db), SETTINGS, october)).rejects.toThrow(/charges of 2026-10-30 are not what/);
    expect(await loadCloses(db)).toEqual([]);
  });

  it.skipIf(isAbsent(engine))("is made once when two people close at once", async () => {
    const { db } = store;
    await seedOctober(db);
    const other = await store.again();
    const both = await Promise.allSettled([
      closePeriod(ctxOf(db), SETTINGS, october),
      closePeriod(ctxOf(other), SETTINGS, october),
    ]);
    expect(both.map((b) => b.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(both.find((b) => b.status === "rejected")).toMatchObject({ reason: { code: "period_closed" } });
    expect(await loadCloses(db)).toHaveLength(1);
    expect(await db.all(sql`select number from statements order by number`)).toHaveLength(3);
    await other.close();
  });

  it.skipIf(isAbsent(engine))("cannot be changed by any SQL that the application's connection runs", async () => {
    const { db } = store;
    await seedOctober(db);
    await closePeriod(ctxOf(db), SETTINGS, october);
    const own =
      db.dialect === "postgres"
        ? [sql`truncate statements, statement_lines`, sql`truncate closes`]
        : [
            sql`insert or replace into corrections select origin_day, team_key, project_key, hardware_key, sku, price_class,
              booked_in, 0, 0, '', 0 from corrections where booked_in <> ''`,
            sql`insert or replace into audit_log select id, at, 'person', 'nobody', action, subject, before, after, '' from audit_log`,
          ];
    await meterDay(db, 20261031, [held(1, 12)]);
    await charge(db);
    await closePeriod(ctxOf(db, NOW + 86_400 * 40), SETTINGS, {
      period: "2026-11",
      overrides: [{ item: "missing-days", reason: "a test" }],
    });
    for (const act of [
      sql`update statements set total_micros = 0`,
      sql`delete from statement_lines`,
      sql`insert into statement_lines select number, position + 100, line, amount_micros from statement_lines`,
      sql`insert into statements select 'GL-2026-10-0099', period_id, 99, kind, 0, header, hash from statements
        where team_key = 11 and period_id = '2026-10'`,
      sql`update charges set amount_micros = 0 where day = 20261031`,
      sql`delete from team_days where day = 20261031`,
      sql`insert into corrections (origin_day, team_key, project_key, hardware_key, sku, price_class, booked_in, quantity, amount_micros, reason, found_at)
        values (20260901, 11, 0, 0, 'gpu', 'standard', '2026-10', 0, 5, '', 0)`,
      sql`delete from corrections where booked_in <> ''`,
      sql`insert into adjustments (id, period_id, team_key, line_key, amount_micros, reason, decided_by, decided_at)
        values ('x', '2026-10', 11, '', 5, '', '', 0)`,
      sql`insert into line_reviews (period_id, team_key, line_key, verdict, reason, by, at, answer)
        values ('2026-10', 11, '', 'disputed', '', '', 0, '')`,
      sql`update closes set hash = 'x'`,
      sql`insert into closes select 'other', 9, 20261015, 20261101, closed_by, closed_at, currency, billing_time_zone, 0, '[]', 'h', ''
        from closes where sequence = 1`,
      ...own,
    ])
      await expect(db.write((tx) => tx.run(act))).rejects.toThrow();
    expect(await auditPeriod(ctxOf(db), SETTINGS, "2026-10")).toMatchObject({ faults: [] });
  });
});
