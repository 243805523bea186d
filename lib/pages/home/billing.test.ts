import { afterEach, beforeEach, expect, it } from "vitest";
import type { Db } from "@/db/client.ts";
import { auditLog, sessions } from "@/db/schema/index.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { ctxOf, meterDay, NOW } from "@/lib/charges/testing-ledger.ts";
import { closePeriod } from "@/lib/closing/close.ts";
import { charge, free, held, SETTINGS, seedOctober } from "@/lib/closing/testing-close.ts";
import type { Role, Viewer } from "@/lib/ctx.ts";
import { loadStatements } from "@/lib/statements/load.ts";
import { DAY } from "@/lib/time.ts";
import { loadBilling } from "./billing.ts";
import { loadChanges, MONEY_ACTS } from "./changes.ts";

let db: Db;
beforeEach(async () => {
  db = await openSqlite(":memory:");
  await seedOctober(db);
});
afterEach(() => db.close());

const as = (role: Role, more: Partial<Viewer> = {}) => {
  const viewer: Viewer = { kind: "person", id: "x", roles: [role], projects: "all", teams: "all", userKey: 7, ...more };
  return { ...ctxOf(db), viewer };
};

it("shows what the statements, the reconciliation and the correction lines of a period say", async () => {
  const draft = await loadBilling(as("finance"), SETTINGS, "2026-10");
  expect(draft).toMatchObject({ totalMicros: 180_000_000, previous: null, corrections: [], dueDays: 0, proposals: 0 });
  expect(draft.tie).toMatchObject({ residualMicros: 0, residualMilli: 0, chargedMicros: 180_000_000 });
  await closePeriod(ctxOf(db), SETTINGS, { period: "2026-10" });
  await meterDay(db, 20261031, [held(1, 14, 2), held(3, 2), free(8)]);
  await charge(db);
  const november = await loadBilling(as("finance"), SETTINGS, "2026-11");
  expect(november.previous).toMatchObject({ totalMicros: 180_000_000, view: { state: "closed" } });
  expect(november.corrections).toMatchObject([
    { team: "Platform", bookedIn: "" },
    { team: "Vision", reason: "late usage", days: 1, firstDay: 20261031, lastDay: 20261031, bookedIn: "" },
  ]);
  const { statements } = await loadStatements(ctxOf(db), SETTINGS, "2026-11");
  for (const { header } of statements) {
    const mine = november.corrections.filter((c) => c.teamKey === header.team.key);
    expect(mine.reduce((sum, c) => sum + c.amountMicros, 0)).toBe(header.correctionMicros);
  }
  // What waits for November is not of the closed October.
  expect((await loadBilling(as("finance"), SETTINGS, "2026-10")).corrections).toEqual([]);
});

it.each(["manager", "engineer", "viewer"] as const)("is not for a %s", async (role) => {
  await expect(loadBilling(as(role), SETTINGS, "2026-10")).rejects.toMatchObject({ code: "forbidden" });
  const some = as(role, { projects: [], teams: [11], manages: [11] });
  await expect(loadBilling(some, SETTINGS, "2026-10")).rejects.toMatchObject({ code: "forbidden" });
  await expect(loadChanges(as(role), null, 5)).rejects.toMatchObject({ code: "forbidden" });
});

it("lists what changed since the sign-in before this one, and a week of it for somebody who has none", async () => {
  const act = { actorKind: "person", actorId: "ada", before: null, after: null, reason: "" };
  await db.write((tx) =>
    tx.insert(auditLog, [
      { ...act, id: "old", at: NOW - 9 * DAY, action: "prices.decide", subject: "proposal/1" },
      { ...act, id: "price", at: NOW - 2 * DAY, action: "prices.decide", subject: "proposal/2" },
      { ...act, id: "person", at: NOW - 2 * DAY, action: "users.manage", subject: "user/1" },
      { ...act, id: "way-in", at: NOW - DAY, action: "session", subject: "user/7" },
    ]),
  );
  const idsOf = async (of: typeof MONEY_ACTS | null) => {
    const { acts, ...rest } = await loadChanges(as("admin"), of, 50);
    return { ...rest, ids: acts.map((a) => a.id).filter((id) => ["old", "price", "person", "way-in"].includes(id)) };
  };
  expect(await idsOf(MONEY_ACTS)).toMatchObject({ sinceSignIn: false, ids: ["price"] });
  expect((await idsOf(null)).ids).toEqual(["person", "price"]);
  const session = {
    userKey: 7,
    method: "demo",
    lastSeenAt: NOW,
    endsAt: NOW + DAY,
    revokedAt: null,
    address: "",
    agent: "",
  };
  await db.write((tx) =>
    tx.insert(sessions, [
      { ...session, idHash: "a", createdAt: NOW - 10 * DAY },
      { ...session, idHash: "b", createdAt: NOW },
      { ...session, idHash: "c", userKey: 8, createdAt: NOW - DAY },
    ]),
  );
  expect(await idsOf(MONEY_ACTS)).toMatchObject({ sinceAt: NOW - 10 * DAY, sinceSignIn: true, ids: ["price", "old"] });
});
