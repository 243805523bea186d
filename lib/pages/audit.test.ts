import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiTokens, teams, users } from "@/db/schema/index.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { type Ctx, localViewer, type Viewer } from "@/lib/ctx.ts";
import { createLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { loadAudit, loadAuditNames, readAudit } from "./audit.ts";

describe.each(engines)("the audit log on $name", (engine) => {
  let store: TestDb | null;
  let ctx: Ctx;
  const test = it.skipIf(isAbsent(engine));
  const all = { start: 0, end: 10_000 };
  const ACTS = 1203;

  beforeAll(async () => {
    store = isAbsent(engine) ? null : await engine.open();
    if (!store) return;
    ctx = { db: store.db, now: () => 9000, viewer: localViewer, log: createLog("silent"), ledger: testLedger() };
    const ada: Viewer = { ...localViewer, id: "Ada_1@example.com" };
    await store.db.write(async (tx) => {
      for (let i = 0; i < ACTS; i++)
        await recordAct(
          tx,
          // Three acts in each second: pages must not lose or repeat one where seconds are cut.
          { viewer: i % 100 === 0 ? ada : localViewer, now: () => 1000 + Math.floor(i / 3) },
          {
            action: i % 2 ? "teams.edit" : "users.manage",
            subject: `thing/${i}`,
            before: null,
            after: { i },
            reason: "",
          },
        );
    });
  });
  afterAll(() => store?.drop());

  const subjects = async (more: Partial<Parameters<typeof loadAudit>[1]>, page = 1) => {
    const { acts, count } = await loadAudit(ctx, { ...all, ...more }, page, 5);
    return [count, ...acts.map((a) => a.subject)];
  };

  test("is filtered by person, action, subject and seconds, and paged newest first", async () => {
    expect((await subjects({}))[0]).toBe(ACTS);
    expect(await subjects({ actor: "ADA_1", action: "users.manage", subject: "thing/110" })).toEqual([1, "thing/1100"]);
    expect(await subjects({ actor: "ada", start: 1000, end: 1067 })).toEqual([3, "thing/200", "thing/100", "thing/0"]);
    expect(await subjects({ actor: "a%a" })).toEqual([0]);
    expect(await subjects({ actor: "a_a" })).toEqual([0]);
    expect(await subjects({ actor: "ada", action: "teams.edit" })).toEqual([0]);
    expect(await subjects({ actor: "ada" }, 3)).toEqual([13, "thing/200", "thing/100", "thing/0"]);
  });

  test("names what its entries are about, and who acted", async () => {
    const at = { createdAt: 1, createdBy: "local" };
    await store?.db.write(async (tx) => {
      await tx.insert(users, [
        {
          key: 3,
          email: "bob@example.com",
          name: "",
          passwordHash: "",
          issuer: "",
          subject: "",
          disabledAt: null,
          ...at,
        },
      ]);
      await tx.insert(apiTokens, [
        {
          ...{ id: "ab12cd34ef56", name: "monthly export", secretHash: "x", userKey: 3, scopes: "read", teamKeys: "" },
          ...{ expiresAt: 9, lastUsedAt: null, revokedAt: null, ...at },
        },
      ]);
      await tx.insert(teams, [{ key: 7, name: "Vision", costCentre: "", glAccount: "", owner: "", createdAt: 1 }]);
    });
    const act = { subject: "user/3/session", actorId: "token/ab12cd34ef56", before: null, after: null };
    const names = await loadAuditNames(ctx, [act, { ...act, subject: "token/x'x", after: '{"userKey":"none"}' }]);
    expect(Object.fromEntries(names)).toEqual({
      ...{ "team/1": "Platform", "team/2": "Unassigned" },
      "user/3": "bob@example.com",
      "token/ab12cd34ef56": "monthly export",
      "team/7": "Vision",
    });
    const engineer = { ...ctx, viewer: { ...localViewer, roles: ["engineer" as const] } };
    await expect(loadAuditNames(engineer, [])).rejects.toMatchObject({ code: "forbidden" });
  });

  test("is read whole as a file, once each, and says that it was read", async () => {
    const seen: string[] = [];
    for await (const rows of readAudit(ctx, all)) seen.push(...rows.map((r) => r.subject));
    expect([seen.length, new Set(seen).size, seen[0]]).toEqual([ACTS + 1, ACTS + 1, "audit/download"]);
    const { acts } = await loadAudit(ctx, { ...all, action: "audit.read" }, 1, 5);
    expect(acts.map((a) => [a.actorId, JSON.parse(a.after ?? "")])).toEqual([["local", all]]);
  });

  test("is not for people who may not read it, and then nothing is recorded", async () => {
    const engineer = { ...ctx, viewer: { ...localViewer, roles: ["engineer" as const] } };
    await expect(loadAudit(engineer, all, 1, 5)).rejects.toMatchObject({ code: "forbidden" });
    await expect(readAudit(engineer, all).next()).rejects.toMatchObject({ code: "forbidden" });
    expect((await loadAudit(ctx, { ...all, action: "audit.read" }, 1, 5)).count).toBe(1);
  });
});
