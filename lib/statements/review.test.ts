import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pods } from "@/db/schema/index.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { auditPeriod } from "@/lib/closing/audit.ts";
import { closePeriod, previewClose } from "@/lib/closing/close.ts";
import { MONEY, SETTINGS, seedOctober } from "@/lib/closing/testing-close.ts";
import { loadTies } from "@/lib/closing/tie-load.ts";
import { loadPeriodTotals } from "@/lib/closing/totals-load.ts";
import { listImports, loadCostLines } from "@/lib/costs/store.ts";
import { previewPrices } from "@/lib/previews/price.ts";
import { loadWorkbench } from "@/lib/previews/workbench-load.ts";
import { loadStatement, loadStatements } from "./load.ts";
import { answerDispute, reviewLine, withdrawAnswer } from "./review.ts";
import { listReviews } from "./review-store.ts";
import type { StatementWorkload } from "./types.ts";
import { statementWorkloads } from "./workload-load.ts";

describe.each(engines)("reviews on $name", (engine) => {
  let store: TestDb;
  beforeEach(async () => {
    if (isAbsent(engine)) return;
    store = (await engine.open()) as TestDb;
    await seedOctober(store.db);
  });
  afterEach(() => (isAbsent(engine) ? undefined : store.drop()));
  const vision = { period: "2026-10", team: 11 };

  it.skipIf(isAbsent(engine))(
    "a dispute is withdrawn by the person who raised it, and accepted away by nobody else",
    async () => {
      const as = (id: string) => {
        const viewer = { kind: "person", id, roles: ["manager"], projects: [], teams: [11], manages: [11] } as const;
        return { ...ctxOf(store.db), viewer };
      };
      const [ada, bob] = [as("ada@example.org"), as("bob@example.org")];
      await reviewLine(ada, SETTINGS, { ...vision, verdict: "disputed", reason: "That node was broken" });
      await expect(reviewLine(bob, SETTINGS, { ...vision, verdict: "accepted" })).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringMatching(
          /^It is disputed by ada@example\.org: "That node was broken"\. They can withdraw/,
        ),
      });
      await reviewLine(ada, SETTINGS, { ...vision, verdict: "accepted" });
      await reviewLine(bob, SETTINGS, { ...vision, verdict: "accepted" });
    },
  );

  it.skipIf(isAbsent(engine))(
    "a dispute blocks the close until it is answered; a credit has its other side",
    async () => {
      // Each act a second later, as people act.
      let at = ctxOf(store.db).now();
      const ctx = { ...ctxOf(store.db), now: () => at++ };
      const { statement } = await loadStatement(ctx, SETTINGS, "2026-10", 11);
      const line = statement.lines[0]?.key ?? "";
      const lineMicros = statement.lines[0]?.amountMicros ?? 0;
      await reviewLine(ctx, SETTINGS, { ...vision, verdict: "accepted" });
      await expect(reviewLine(ctx, SETTINGS, { ...vision, line, verdict: "disputed" })).rejects.toThrow(
        /Say what is wrong/,
      );
      await reviewLine(ctx, SETTINGS, { ...vision, line, verdict: "disputed", reason: "That node was broken" });
      expect((await previewClose(ctx, SETTINGS, "2026-10")).items).toMatchObject([
        { key: "dispute:Vision" },
        { key: "unassigned" },
        { key: "accounts" },
      ]);
      await expect(closePeriod(ctx, SETTINGS, { period: "2026-10" })).rejects.toThrow(/Vision disputes 1 line/);
      for (const adjustmentMicros of [-999_999_000_000, 75_000_002])
        await expect(
          answerDispute(ctx, SETTINGS, { ...vision, line, answer: "Slipped", adjustmentMicros }),
        ).rejects.toThrow(/^What is disputed comes to .* USD: an answer cannot move more than that\.$/);
      await answerDispute(ctx, SETTINGS, { ...vision, line, answer: "All of it", adjustmentMicros: -7_000_000 });
      await withdrawAnswer(ctx, SETTINGS, { ...vision, line, reason: "Read the wrong log" });
      await expect(withdrawAnswer(ctx, SETTINGS, { ...vision, line, reason: "Again" })).rejects.toThrow(
        /No answer stands/,
      );
      expect((await loadStatement(ctx, SETTINGS, "2026-10", 11)).statement.header.correctionMicros).toBe(0);
      await answerDispute(ctx, SETTINGS, { ...vision, line, answer: "None of it was", adjustmentMicros: 0 });
      await reviewLine(ctx, SETTINGS, { ...vision, line, verdict: "disputed", reason: "It was, see the ticket" });
      await answerDispute(ctx, SETTINGS, { ...vision, line, answer: "Half of it was", adjustmentMicros: -5_000_001 });
      await expect(answerDispute(ctx, SETTINGS, { ...vision, line, answer: "Twice" })).rejects.toThrow(/not disputed/);
      const { statements } = await closePeriod(ctx, SETTINGS, { period: "2026-10" });
      expect(statements.map((s) => [s.header.team.name, s.header.correctionMicros])).toEqual([
        ["Vision", -5_000_001],
        ["Unassigned", 0],
        ["Platform", 5_000_001],
      ]);
      expect(statements[0]?.lines.at(-1)).toMatchObject({
        ...{ kind: "correction", corrects: "", reason: "Half of it was" },
        description: expect.stringMatching(/^Credit that settles a dispute of \w+, NVIDIA-H100/),
        // What the disputed line came to: finance sees what it comes to now.
        before: { quantity: null, amountMicros: lineMicros },
      });
      expect(statements.at(-1)?.lines.find((l) => l.key.startsWith("adjustment/"))).not.toHaveProperty("before");
      expect(statements[0]?.header).toMatchObject({ roundedMicros: 70_000_000, roundingMicros: 1 });
      expect((await auditPeriod(ctx, SETTINGS, "2026-10")).faults).toEqual([]);
      expect(await listReviews(ctx, "2026-10", 11)).toMatchObject([
        {
          verdict: "settled",
          answer: "Half of it was",
          answeredBy: "local",
          answerMicros: -5_000_001,
          earlier: [{ reason: "That node was broken", answer: "None of it was", answerMicros: 0 }],
        },
        { verdict: "accepted", lineKey: "", answerMicros: null },
      ]);
      await expect(reviewLine(ctx, SETTINGS, { ...vision, verdict: "accepted" })).rejects.toMatchObject({
        code: "period_closed",
      });
    },
  );

  it.skipIf(isAbsent(engine))("a viewer sees the statements of their teams, and of no other", async () => {
    const ctx = ctxOf(store.db);
    const manager = {
      ...ctx,
      viewer: { ...ctx.viewer, kind: "person" as const, projects: [], teams: [11], manages: [11] },
    };
    const { statements } = await loadStatements(manager, SETTINGS, "2026-10");
    expect(statements.map((s) => s.header.team.name)).toEqual(["Vision"]);
    await expect(loadStatement(manager, SETTINGS, "2026-10", 2)).rejects.toMatchObject({ code: "not_found" });
    expect(await listReviews(manager, "2026-10", null)).toEqual([]);
    const { view } = await loadStatements(ctx, SETTINGS, "2026-10");
    const days = { from: 20261001, until: 20261101 };
    for (const ofAllTeams of [
      () => loadTies(manager, view.period, "UTC"),
      () => auditPeriod(manager, SETTINGS, "2026-10"),
      () => loadWorkbench(manager, days, MONEY),
      () => previewPrices(manager, [], days, MONEY),
      () => listImports(manager),
      () => loadCostLines(manager, "x", 1),
    ])
      await expect(ofAllTeams()).rejects.toMatchObject({ code: "forbidden" });
    await reviewLine(ctx, SETTINGS, { ...vision, verdict: "disputed", reason: "That node was broken" });
    await answerDispute(ctx, SETTINGS, { ...vision, line: "", answer: "It was", adjustmentMicros: -5_000_000 });
    // What the list of periods says is what the statement does, credit and all.
    const again = await loadStatements(manager, SETTINGS, "2026-10");
    expect(again.statements[0]?.header.roundedMicros).toBe(70_000_000);
    expect((await loadPeriodTotals(manager, SETTINGS, again.periods)).get(again.view)).toBe(70_000_000);
    const november = await loadStatement(manager, SETTINGS, "2026-11", 11);
    expect(november.statement.header.months).toMatchObject([
      { amountMicros: 70_000_000 },
      { amountMicros: 60_000_000 },
    ]);
    const { teams: _, manages: _m, ...nobody } = manager.viewer;
    expect((await loadStatements({ ...ctx, viewer: nobody }, SETTINGS, "2026-10")).statements).toEqual([]);
    // An engineer of Vision who is a manager elsewhere sees Vision's total, and no statement of it.
    const engineer = { ...ctx, viewer: { ...manager.viewer, teams: [11, 77], manages: [77] } };
    expect((await loadStatements(engineer, SETTINGS, "2026-10")).statements).toEqual([]);
    await expect(loadStatement(engineer, SETTINGS, "2026-10", 11)).rejects.toMatchObject({ code: "not_found" });
    expect(await listReviews(engineer, "2026-10", null)).toEqual([]);
    expect((await loadPeriodTotals(engineer, SETTINGS, again.periods)).get(again.view)).toBe(null);
  });

  it.skipIf(isAbsent(engine))("lists the workloads behind a statement", async () => {
    const { statement } = await loadStatement(ctxOf(store.db), SETTINGS, "2026-10", 11);
    const start = statement.header.period.start;
    const pod = (id: string, startedAt: number, endedAt: number) => ({
      ...{
        clusterId: "c",
        id,
        workloadKey: 1,
        name: id,
        node: "n",
        nodePool: "",
        phase: "",
        createdAt: 0,
        lastSeenAt: 0,
      },
      ...{ startedAt, endedAt },
    });
    // From the first start of its pods to the last end, not from its submission or to what Run:ai says completed.
    await store.db.write((tx) =>
      tx.insert(pods, [pod("a", start + 500, start + 900), pod("b", start + 700, start + 950)]),
    );
    const rows: StatementWorkload[] = [];
    for await (const page of statementWorkloads(store.db, statement)) rows.push(...page);
    expect(rows).toMatchObject([
      { workloadId: "w-1", project: "vision", amountMicros: 75_000_000, idleMicros: 15_000_000 },
    ]);
    expect(rows.map((w) => [w.startedAt, w.endedAt])).toEqual([[start + 500, start + 950]]);
    await store.db.write((tx) => tx.insert(pods, [pod("c", start + 800, statement.header.period.end + 5)]));
    for await (const [w] of statementWorkloads(store.db, statement)) expect(w?.endedAt).toBe(null);
    expect(rows.reduce((sum, w) => sum + w.amountMicros, 0)).toBe(statement.header.usageMicros);
  });
});
