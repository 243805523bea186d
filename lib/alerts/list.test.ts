import { afterEach, beforeEach, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { addUser } from "@/lib/auth/users.ts";
import { loadViewer } from "@/lib/auth/viewer-load.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY } from "@/lib/time.ts";
import type { AlertEvent } from "./advance.ts";
import { addRule } from "./change-rule.ts";
import { saveEvents } from "./event-store.ts";
import { listOpenOfKind, listVisibleDeliveries, nameRules } from "./list.ts";
import { insertLetters } from "./outbox/store.ts";
import { testMessage } from "./testing-message.ts";

const NOW = Date.UTC(2026, 10, 10, 12) / 1000;
let db: Db;
let ctx: Ctx;
let manager: Ctx;

beforeEach(async () => {
  db = await openSqlite(":memory:");
  ctx = { db, now: () => NOW, viewer: localViewer, log: silentLog, ledger: testLedger() };
  await db.write((tx) =>
    tx.run(
      sql`insert into teams (key, name, cost_centre, gl_account, owner, created_at) values (11, 'Vision', '', '', '', 1)`,
    ),
  );
  const { key } = await addUser(ctx, { email: "boss@example.com", grants: [{ role: "manager", teamKey: 11 }] });
  manager = { ...ctx, viewer: (await loadViewer(db, key)) as Ctx["viewer"] };
});
afterEach(() => db.close());

const event = (ruleKey: number, id: string, given: Partial<AlertEvent>): AlertEvent => ({
  ...{ id, ruleKey, subject: id, teamKey: 11, severity: "warning", state: "firing", level: 1, title: id },
  detail: { summary: "", facts: [], link: "/budgets/team%3A11", owners: [], chart: null, limit: null, ended: "" },
  ...{ startedAt: NOW, firedAt: NOW, resolvedAt: null, sequence: 1, notifiedAt: NOW, step: 0 },
  ...{ acknowledgedAt: null, acknowledgedBy: "", ...given },
});

it("of several open events about one page the newest is listed, whatever else is open, also of a rule about everything", async () => {
  const all = await addRule(ctx, { kind: "budget-status", severity: "warning", people: true });
  const own = await addRule(ctx, { kind: "budget-status", severity: "warning", teamKey: 11, people: true });
  const other = await addRule(ctx, { kind: "sync-late", severity: "warning", people: true, threshold: 3600 });
  await db.write((tx) =>
    saveEvents(tx, [
      event(all, "newest", { startedAt: NOW - DAY }),
      event(own, "oldest", { startedAt: NOW - 9 * DAY }),
      event(all, "ended", { state: "resolved", startedAt: NOW }),
      event(all, "everything", { teamKey: 0, detail: { ...event(all, "", {}).detail, link: "/budgets/all" } }),
      ...Array.from({ length: 300 }, (_, i) => event(other, `late-${i}`, { teamKey: 0 })),
    ]),
  );
  const titles = async (of: Ctx) => (await listOpenOfKind(of, "budget-status")).map((e) => e.title);
  expect([await titles(ctx), await titles(manager)]).toEqual([["newest", "everything"], ["newest"]]);
});

it("messages about a team are listed however many newer ones others got", async () => {
  const rule = await addRule(ctx, { kind: "budget-status", severity: "warning", people: true });
  const letter = (eventId: string, sequence: number) => ({
    ...{ eventId, sequence, channelKey: 0, target: "a@example.com", notBefore: NOW },
    message: testMessage({}),
  });
  await db.write(async (tx) => {
    await saveEvents(tx, [event(rule, "own", {}), event(rule, "other", { teamKey: 0 })]);
    await insertLetters(tx, [letter("own", 1), ...Array.from({ length: 50 }, (_, i) => letter("other", i + 1))], NOW);
  });
  expect((await listVisibleDeliveries(manager, 5)).map((d) => d.eventId)).toEqual(["own"]);
  expect(await listVisibleDeliveries(ctx, 5)).toHaveLength(5);
});

it("rules that a manager may not read are called by what they watch, and those that are gone by nothing", async () => {
  const rule = { severity: "warning", people: true } as const;
  const own = await addRule(ctx, { ...rule, kind: "daily-cost", name: "Ours", teamKey: 11, threshold: 1 });
  const all = await addRule(ctx, { ...rule, kind: "budget-status", name: "Board", teamKey: 0 });
  const called = await nameRules(manager);
  expect([own, all].map((key) => called.get(key))).toEqual(["Ours", "Budget status"]);
  expect((await nameRules(ctx)).get(all)).toBe("Board");
  expect((await nameRules(manager)).has(99)).toBe(false);
});
