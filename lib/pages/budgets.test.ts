import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { answerEndpoint } from "@/lib/api/answer.ts";
import type { Endpoint } from "@/lib/api/endpoint.ts";
import { budgets, forecast } from "@/lib/api/endpoints/budgets.ts";
import { setBudget } from "@/lib/budgets/changes.ts";
import { asViewer, manager, SPEECH, seedSixtyDays, VISION } from "@/lib/budgets/testing-ledger.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { OUTLOOK_COLUMNS } from "@/lib/exports/budget-rows.ts";
import { loadBudgetPage, loadBudgetsPage } from "./budgets.ts";
import { loadSpend } from "./spend.ts";

let ledger: TestDb;
let ctx: Ctx;
const team = (key: number) => ({ kind: "team" as const, value: String(key) });
const november = { from: 20261101, until: 20261201 };

beforeAll(async () => {
  ledger = await sqliteFile();
  await seedSixtyDays(ledger.db);
  ctx = ctxOf(ledger.db);
  await setBudget(ctx, { scope: team(SPEECH), fromDay: 20261101, span: "month", amountMicros: 1000e6 });
  await setBudget(ctx, { scope: team(VISION), fromDay: 20261101, span: "month", amountMicros: 9000e6 });
});
afterAll(() => ledger.drop());

describe("the page of budgets", () => {
  it("begins with what needs a look, and leaves out teams without cost and budget", async () => {
    expect((await loadBudgetsPage(ctx)).map((o) => [o.name, o.budget?.status ?? null])).toEqual([
      ["Speech", "critical"],
      ["Vision", "on_track"],
      ["Everything", null],
    ]);
    expect((await loadBudgetsPage(ctx, "quarter")).map((o) => o.outlook.span.id)).toEqual(
      expect.arrayContaining(["FY2026-Q4"]),
    );
  });

  it("has spent what Spend shows", async () => {
    const view = await loadSpend(ctx, { days: november, today: 20261110, grain: "day" });
    const list = await loadBudgetsPage(ctx);
    expect(list.find((o) => o.name === "Everything")?.outlook.spentMicros).toBe(view.totalMicros);
    for (const { name, micros } of view.teams.filter((t) => t.micros > 0))
      expect([name, list.find((o) => o.name === name)?.outlook.spentMicros]).toEqual([name, micros]);
  });
});

describe("the page of one budget", () => {
  it("has a report card, earlier forecasts and versions", async () => {
    const { view, card, cardMonths, pastPaths, versions } = await loadBudgetPage(ctx, team(SPEECH));
    expect(cardMonths).toEqual(["2026-10"]);
    expect(card.rows.every((r) => r.errorPercent !== null && r.errorPercent < 0.001)).toBe(true);
    expect(card.coverage).toBe(1);
    expect(pastPaths.map((p) => p.madeOn)).toEqual([20261101, 20261108]);
    for (const { points } of pastPaths) expect(points.at(-1)?.micros).toBeCloseTo(1200e6, -3);
    expect(versions.map((v) => v.amountMicros)).toEqual([1000e6]);
    expect(view.budget?.breach?.middleDay).toBe(20261126);
  });

  it("is not found for whom it does not concern", async () => {
    await expect(loadBudgetPage(asViewer(ctx, manager), team(SPEECH))).rejects.toThrow(/that you may see/);
  });
});

describe("as files", () => {
  const ask = async (query: string, what: "budgets" | "forecast" = "budgets") => {
    const request = new Request(`http://127.0.0.1/api/v1/${what}${query}`);
    const endpoint = (what === "budgets" ? budgets : forecast) as unknown as Endpoint;
    const answer = await answerEndpoint(ctx, endpoint, request, { perMinute: 0, parts: {} });
    return answer.text();
  };

  it("JSON has numbers and null, CSV the same", async () => {
    const { rows } = JSON.parse(await ask(`?scope=team:${SPEECH}`)) as { rows: Record<string, unknown>[] };
    expect(rows).toMatchObject([
      {
        scope: "team",
        name: "Speech",
        period: "2026-11",
        status: "critical",
        budget: 1000,
        breach_middle: "2026-11-26",
        passed_on: null,
      },
    ]);
    expect(rows[0]?.sentence).toMatch(/^Speech will pass its budget about 2\d/);
    const csv = (await ask(`?scope=team:${SPEECH}&format=csv`)).split("\r\n");
    expect(csv[0]).toBe(OUTLOOK_COLUMNS.map((c) => c.header).join(","));
    expect(csv[1]).toMatch(/^team,Speech,2026-11,2026-11-01,2026-12-01,critical,USD,1000\.000000,/);
  });

  it("a forecast has every day of the period once", async () => {
    const { rows } = JSON.parse(await ask(`?scope=team:${VISION}`, "forecast")) as {
      rows: { day: string; spent: unknown }[];
    };
    expect(rows.map((r) => r.day)).toEqual(
      Array.from({ length: 30 }, (_, i) => `2026-11-${String(i + 1).padStart(2, "0")}`),
    );
    expect(rows.filter((r) => r.spent !== null)).toHaveLength(9);
  });

  it.each([
    ["?scope=galaxy", /"galaxy" is not a scope/],
    ["?span=week", /"week" is not a span/],
    ["?period=today", /"period" is not understood here: use scope, span, format/],
    ["?scope=team:99", /There is no team "99"/],
  ])("refuses %s", async (query, problem) => {
    expect((JSON.parse(await ask(query)) as { error: { message: string } }).error.message).toMatch(problem);
  });
});
