import { parse } from "node-html-parser";
import { renderToStaticMarkup } from "react-dom/server";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Params } from "@/components/href.ts";
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

const drawn = async (more: Partial<Viewer>, params: Params = {}) => {
  const list = await OwnTeamsBudgets({ ctx: asViewer(ctx, { ...manager, ...more }), at: { path: "/", params } });
  return parse(list ? renderToStaticMarkup(list) : "");
};
const sentences = async (more: Partial<Viewer>) => {
  const html = await drawn(more);
  return html.querySelectorAll("li > a").map((a) => [a.getAttribute("href"), a.text]);
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

it("opens the report card of one forecast in place: errors by days left, its method, and why", async () => {
  const both = { teams: [VISION, SPEECH], manages: [VISION, SPEECH] };
  const links = (await drawn(both)).querySelectorAll("li div a").map((a) => [a.getAttribute("href"), a.text]);
  expect(links).toContainEqual([`/?card=team%3A${VISION}#forecast-team-${VISION}`, "How good is this forecast?"]);
  const open = await drawn(both, { card: `team:${VISION}` });
  const [card, ...others] = open.querySelectorAll("table");
  expect([card?.querySelectorAll("thead th").map((th) => th.text.trim())[0], others]).toEqual(["Days left", []]);
  expect(card?.querySelectorAll("tbody tr").length).toBeGreaterThan(2);
  const text = open.querySelector(`#forecast-team-${VISION}`)?.text;
  expect(text).toMatch(/MASE ratio/);
  expect(text).toMatch(/within their 80 % band/);
  expect(text).toMatch(/the default/);
});
