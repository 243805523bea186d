import { afterAll, beforeAll, expect, it } from "vitest";
import { changesText } from "@/components/audit/words.ts";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { addChannel } from "@/lib/alerts/change-channel.ts";
import { addRule, archiveRule } from "@/lib/alerts/change-rule.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { answerEndpoint } from "./answer.ts";
import type { Endpoint } from "./endpoint.ts";
import { OPERATIONS } from "./openapi.ts";

const VISION = 11;
let db: Db;
let ctx: Ctx;
beforeAll(async () => {
  db = await openSqlite(":memory:");
  ctx = ctxOf(db);
  await db.write((tx) =>
    tx.run(
      sql`insert into teams (key, name, cost_centre, gl_account, owner, created_at) values (${VISION}, 'Vision', '', '', '', 1)`,
    ),
  );
});
afterAll(() => db.close());

it("a threshold is an amount in files and in the audit log as in JSON, and blank where the kind takes none", async () => {
  const key = await addRule(ctx, { kind: "daily-cost", severity: "warning", teamKey: VISION, threshold: 1e6 });
  const status = await addRule(ctx, { kind: "budget-status", severity: "warning", teamKey: 0 });
  const list = OPERATIONS.find((e) => e.path === "/api/v1/alerts/rules" && e.method === "GET") as Endpoint;
  const answer = await answerEndpoint(ctx, list, new Request("http://x/api/v1/alerts/rules?format=csv"), {
    ...{ perMinute: 0, parts: {} },
  });
  const lines = (await answer.text()).split("\r\n");
  expect(lines.find((line) => line.includes(`${key},daily-cost`))).toContain(
    `daily-cost,Daily cost,${VISION},1.000000,warning,`,
  );
  expect(lines.find((line) => line.includes(`${status},budget-status`))).toContain("Budget status,,,warning,");
  const [act] = await listActs(db, 1, `alert-rule/${key}`);
  expect(changesText({ before: null, after: act?.after ?? null }, new Map(), "UTC")).toContain("threshold: 1.000000");
  const [none] = await listActs(db, 1, `alert-rule/${status}`);
  expect(changesText({ before: null, after: none?.after ?? null }, new Map(), "UTC")).not.toMatch(/threshold|quiet/);
  for (const one of [key, status]) await archiveRule(ctx, one);
});

it("a rule is what was sent, the usual for what was not, and stays muted and off until it is said otherwise", async () => {
  const path = "/api/v1/alerts/rules/{rule}";
  const endpoint = OPERATIONS.find((e) => e.path === path && e.method === "PUT") as Endpoint;
  const own = await addRule(ctx, { kind: "daily-cost", severity: "warning", teamKey: VISION, threshold: 9e6 });
  const put = async (body: object) => {
    const sent = new Request(`http://x${path}`, { method: "PUT", body: JSON.stringify(body) });
    const answer = await answerEndpoint(ctx, endpoint, sent, { perMinute: 0, parts: { rule: String(own) } });
    return [answer.status, JSON.parse(await answer.text())] as const;
  };
  const rule = { kind: "daily-cost", team: VISION, threshold: "12.5", quiet_from: "22:00", quiet_until: "07:30" };
  const muted = "2026-11-12T00:00:00Z";
  const [, first] = await put({ ...rule, severity: "critical", enabled: false, muted_until: muted });
  expect(first).toMatchObject({
    ...{ threshold: "12.500000", severity: "critical", quiet_from: "22:00", quiet_until: "07:30" },
    ...{ enabled: false, muted_until: muted, people: true, channels: [], name: "Daily cost" },
  });
  expect((await put({ kind: "daily-cost", team: VISION }))[1]).toMatchObject({
    ...{ severity: "warning", quiet_from: null, enabled: false, muted_until: muted },
  });
  const rules = () => ctx.db.all(sql`select * from alert_rules order by key`);
  const before = await rules();
  const foreign = { ...rule, team: 999 };
  for (const [wrong, message] of [
    [foreign, /no team 999/],
    [{ ...rule, kind: "sync-late" }, /about everything|kind of a rule/],
    [{ ...rule, threshold: "much" }, /threshold: "much"/],
    [{ ...rule, quiet_from: "late" }, /quiet_from/],
    [{ ...rule, title_template: "{titel}" }, /not known here/],
    [{ ...rule, colour: "red" }, /colour/],
    [{ ...rule, muted_until: "soon" }, /muted_until/],
    [{ ...rule, muted_until: "2027-11-12T00:00:00Z" }, /at most 90 days/],
  ] as const) {
    const [status, { error }] = await put(wrong);
    expect([status, error.message]).toEqual([wrong === foreign ? 404 : 400, expect.stringMatching(message)]);
    // Nothing of a request that is refused is written.
    expect(await rules()).toEqual(before);
  }
});

it("a channel is answered without its secrets, changed, and deleted, on record", async () => {
  const fields = { routingKey: "b".repeat(32) };
  const keys = secretKeys(parseEnv({ SECRETS_KEY: "the key of this test has 32 characters" }));
  const key = await addChannel(ctx, keys, { kind: "pagerduty", name: "Second pager", fields });
  const send = async (method: string, body?: object) => {
    const path = `/api/v1/alerts/channels${method === "GET" ? "" : "/{channel}"}`;
    const endpoint = OPERATIONS.find((e) => e.path === path && e.method === method) as Endpoint;
    const sent = new Request(`http://x${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    const answer = await answerEndpoint(ctx, endpoint, sent, { perMinute: 0, parts: { channel: String(key) } });
    return { status: answer.status, text: await answer.text() };
  };
  const listed = async () =>
    (JSON.parse((await send("GET")).text).channels as { key: number }[]).find((c) => c.key === key);
  expect(await listed()).toMatchObject({ kind: "pagerduty", name: "Second pager", secrets: ["routingKey"] });
  expect((await send("GET")).text).not.toContain("bbbb");
  expect((await send("PUT", { kind: "pagerduty", name: "Renamed", fields: { rate: "1" } })).text).toContain(
    'no field \\"rate\\"',
  );
  expect((await send("PUT", { kind: "email", name: "Renamed", fields: { to: "a@example.com" } })).status).toBe(400);
  expect(await send("PUT", { kind: "pagerduty", name: "Renamed" })).toMatchObject({ status: 200 });
  expect(await listed()).toMatchObject({ name: "Renamed", secrets: ["routingKey"], enabled: true });
  const acts = await ctx.db.all(sql`select 1 as n from audit_log where subject = ${`channel/${key}`}`);
  expect(await send("DELETE")).toEqual({ status: 200, text: '{"deleted":true}\n' });
  expect(await listed()).toBe(undefined);
  expect(await ctx.db.all(sql`select 1 as n from stored_secrets where owner = ${`channel/${key}`}`)).toEqual([]);
  expect(await ctx.db.all(sql`select 1 as n from audit_log where subject = ${`channel/${key}`}`)).toHaveLength(
    acts.length + 1,
  );
  expect((await send("DELETE")).status).toBe(404);
});
