import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import type { AlertEvent } from "@/lib/alerts/advance.ts";
import { addRule } from "@/lib/alerts/change-rule.ts";
import { findEvent, saveEvents } from "@/lib/alerts/event-store.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { addUser } from "@/lib/auth/users.ts";
import { loadViewer } from "@/lib/auth/viewer-load.ts";
import { planEvent, setBudget } from "@/lib/budgets/changes.ts";
import { entriesOf } from "@/lib/budgets/in-force.ts";
import { listBudgetVersions } from "@/lib/budgets/store.ts";
import { ctxOf, NOW } from "@/lib/charges/testing-ledger.ts";
import type { Ctx, Role } from "@/lib/ctx.ts";
import { answerEndpoint } from "./answer.ts";
import type { Endpoint } from "./endpoint.ts";
import { OPERATIONS } from "./openapi.ts";

const [VISION, SPEECH] = [11, 12];
let db: Db;
let ctx: Ctx;
const people = new Map<string, Ctx>();

beforeAll(async () => {
  db = await openSqlite(":memory:");
  ctx = ctxOf(db);
  await db.write((tx) =>
    tx.run(sql`insert into teams (key, name, cost_centre, gl_account, owner, created_at)
      values (11, 'Vision', '', '', '', 1), (12, 'Speech', '', '', '', 1)`),
  );
  const add = async (name: string, role: Role, teamKey = 0) => {
    const { key } = await addUser(ctx, { email: `${name}@example.com`, grants: [{ role, teamKey }] });
    people.set(name, { ...ctx, viewer: (await loadViewer(db, key)) as Ctx["viewer"] });
  };
  await add("admin", "admin");
  await add("finance", "finance");
  await add("vision", "manager", VISION);
  await add("speech", "manager", SPEECH);
  await add("reader", "viewer", VISION);
  await add("engineer", "engineer");
});
afterAll(() => db.close());
beforeEach(async () => {
  for (const table of ["planned_events", "budgets", "alert_events", "alert_rules"])
    await db.write((tx) => tx.run(sql.raw(`delete from ${table}`)));
});

/** What a person is answered; null: no route lets them reach it. */
async function ask(name: string, method: string, path: string, parts: Record<string, string>, given: unknown = {}) {
  const of = people.get(name) as Ctx;
  const endpoint = OPERATIONS.find((e) => e.path === path && e.method === method) as Endpoint;
  if (!mayDo(of.viewer, endpoint.action)) return null;
  const query = typeof given === "string" ? given : "";
  const body = endpoint.body ? { body: JSON.stringify(given) } : {};
  const request = new Request(`http://x${path}${query}`, { method, ...body });
  const answer = await answerEndpoint(of, endpoint, request, { perMinute: 0, parts });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}
/** Reasons of what a person did to a subject. */
const reasons = async (name: string, subject: string) =>
  (await listActs(db, 500, subject)).filter((act) => act.actorId === `${name}@example.com`).map((act) => act.reason);

it.each([
  ["admin", 200],
  ["finance", 200],
  ["vision", 200],
  ["speech", 404],
  ["reader", null],
  ["engineer", null],
] as const)("%s plans, lists and withdraws an event of Vision, and withdraws its budget: %s", async (name, status) => {
  const scope = { kind: "team", value: String(VISION) } as const;
  const first = await setBudget(ctx, { scope, fromDay: 20261001, span: "month", amountMicros: 5e9 });
  await setBudget(ctx, { scope, fromDay: 20261101, span: "month", amountMicros: 9e9 });
  const foreign = await planEvent(ctx, {
    scope: { kind: "all", value: "" },
    fromDay: 20261101,
    changePercent: 5,
    note: "All",
  });
  const event = { scope: "team:11", from: "2026-12-24", change_percent: -30, per_day: "-12.5", note: "Holidays" };
  const added = await ask(name, "POST", "/api/v1/forecast/events", {}, { ...event, reason: "calendar" });
  expect(added?.status ?? null).toBe(status);
  const own = { ...event, per_day: "-12.500000", until: null, name: "Vision", recorded_by: `${name}@example.com` };
  const id =
    status === 200
      ? added?.body.event
      : await planEvent(ctx, { scope, fromDay: 20261101, changePercent: 5, note: "N" });
  if (status === 200) expect(added?.body).toEqual({ ...own, event: id });
  const listed = await ask(name, "GET", "/api/v1/forecast/events", {});
  const seesAll = name === "admin" || name === "finance";
  const expected = [...(seesAll ? [foreign] : []), ...(status === 200 || name === "reader" ? [id] : [])];
  if (name !== "engineer") expect(listed?.body.events.map((e: { event: string }) => e.event)).toEqual(expected);
  const gone = await ask(name, "DELETE", "/api/v1/forecast/events/{event}", { event: id }, "?reason=moved");
  expect(gone?.status ?? null).toBe(status);
  // Managers may not touch what is about everything.
  if (name === "vision")
    expect((await ask(name, "DELETE", "/api/v1/forecast/events/{event}", { event: foreign }, ""))?.status).toBe(404);
  const parts = { scope: "team:11", from: "2026-11-01" };
  const withdrawn = await ask(name, "DELETE", "/api/v1/budgets/{scope}/{from}", parts, "?reason=wrong");
  expect(withdrawn?.status ?? null).toBe(status);
  const left = entriesOf(await listBudgetVersions(db), scope);
  expect(left.map((entry) => entry.fromDay)).toEqual(status === 200 ? [20261001] : [20261001, 20261101]);
  expect(left[0]).toMatchObject(first);
  const acts = await reasons(name, "budget/team:11");
  for (const reason of ["calendar", "moved", "wrong"]) expect(acts.includes(reason)).toBe(status === 200);
  if (status === 200)
    expect((await ask(name, "DELETE", "/api/v1/budgets/{scope}/{from}", parts, ""))?.status).toBe(404);
});

it("what cannot be planned or withdrawn is refused in words", async () => {
  const post = (body: object) => ask("finance", "POST", "/api/v1/forecast/events", {}, body);
  const event = { scope: "team:11", from: "2026-12-24", change_percent: -30, note: "Holidays" };
  for (const [wrong, message] of [
    [{ ...event, scope: "teams:11" }, /"teams:11" is not a scope/],
    [{ ...event, from: "soon" }, /soon/],
    [{ ...event, until: "2026-12-01" }, /ends before it begins/],
    [{ ...event, per_day: "much" }, /per_day: "much"/],
    [{ ...event, change_percent: 0 }, /changes the forecast/],
    [{ ...event, colour: "red" }, /colour/],
  ] as const) {
    const answer = await post(wrong);
    expect([answer?.status, answer?.body.error.message]).toEqual([400, expect.stringMatching(message)]);
  }
  const gone = await ask("finance", "DELETE", "/api/v1/budgets/{scope}/{from}", { scope: "nothing", from: "x" }, "");
  expect(gone?.status).toBe(400);
});

it.each([
  ["admin", 200],
  ["finance", 200],
  ["vision", 200],
  ["speech", 404],
  ["reader", null],
  ["engineer", null],
] as const)("%s acknowledges an alert of Vision and mutes its rule: %s", async (name, status) => {
  const rule = await addRule(ctx, { kind: "budget-status", severity: "warning", teamKey: VISION });
  const open: AlertEvent = {
    ...{ id: "alert-1", ruleKey: rule, subject: "s", teamKey: VISION, severity: "warning", level: 0 },
    ...{ state: "firing", title: "A", startedAt: NOW, firedAt: NOW, resolvedAt: null, sequence: 1, notifiedAt: NOW },
    detail: { summary: "", facts: [], link: "/", owners: [], chart: null, limit: null, ended: "" },
    ...{ step: 0, acknowledgedAt: null, acknowledgedBy: "" },
  };
  await db.write((tx) => saveEvents(tx, [open]));
  const acknowledged = () =>
    ask(name, "POST", "/api/v1/alerts/{alert}/acknowledge", { alert: "alert-1" }, { reason: "on it" });
  const first = await acknowledged();
  expect(first?.status ?? null).toBe(status);
  expect((await findEvent(db, "alert-1"))?.acknowledgedBy).toBe(status === 200 ? `${name}@example.com` : "");
  if (status === 200) expect((await acknowledged())?.status).toBe(409);
  // In the same words, whether it is not there or somebody else's.
  const unknown = await ask(name, "POST", "/api/v1/alerts/{alert}/acknowledge", { alert: "nothing" }, {});
  if (status === 404) expect(unknown).toEqual(first);
  const mute = (until: string | null) =>
    ask(name, "POST", "/api/v1/alerts/rules/{rule}/mute", { rule: String(rule) }, { until, reason: "maintenance" });
  const muted = await mute("2026-11-12T00:00:00Z");
  expect([muted?.status ?? null, muted?.body.muted_until]).toEqual([
    status,
    status === 200 ? "2026-11-12T00:00:00Z" : undefined,
  ]);
  expect((await reasons(name, `alert-rule/${rule}`)).includes("maintenance")).toBe(status === 200);
  if (status !== 200) return;
  expect((await mute(null))?.body.muted_until).toBeNull();
  for (const until of ["soon", "2027-11-12T00:00:00Z"]) expect((await mute(until))?.status).toBe(400);
});
