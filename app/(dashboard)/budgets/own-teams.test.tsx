import { parse } from "node-html-parser";
import { renderToStaticMarkup } from "react-dom/server";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Db } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { setBudget } from "@/lib/budgets/changes.ts";
import { asViewer, manager, SPEECH, seedSixtyDays, VISION } from "@/lib/budgets/testing-ledger.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { OwnTeamsBudgets } from "./own-teams.tsx";

let db: Db;
let ctx: Ctx;
beforeAll(async () => {
  db = await openSqlite(":memory:");
  await seedSixtyDays(db);
  ctx = ctxOf(db);
  await setBudget(ctx, {
    ...{ scope: { kind: "team" as const, value: String(SPEECH) }, fromDay: 20261101, span: "month" as const },
    amountMicros: 1_000_000,
  });
});
afterAll(() => db.close());

const sentences = async (more: Partial<Viewer>) => {
  const drawn = await OwnTeamsBudgets({ ctx: asViewer(ctx, { ...manager, ...more }) });
  const html = parse(drawn ? renderToStaticMarkup(drawn) : "");
  return html.querySelectorAll("li a").map((a) => [a.getAttribute("href"), a.text]);
};

it("says how each team of a manager of several stands, the worst first, and of no other", async () => {
  const both = [VISION, SPEECH];
  expect(await sentences({ teams: both, manages: both })).toEqual([
    [`/budgets/team%3A${SPEECH}`, expect.stringMatching(/^Speech passed its budget on /)],
    [`/budgets/team%3A${VISION}`, expect.stringMatching(/^Vision has no budget/)],
  ]);
  expect((await sentences({})).map(([href]) => href)).toEqual([`/budgets/team%3A${VISION}`]);
  expect(await sentences({ roles: ["engineer"] })).toEqual([]);
});
