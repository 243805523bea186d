import { globSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { createToken } from "@/lib/auth/tokens.ts";
import type { TokenScope } from "@/lib/auth/types.ts";
import { addUser } from "@/lib/auth/users.ts";
import { type Ctx, localViewer, type Role, systemNow } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { request } from "./testing-request.ts";

vi.mock("next/headers", async () => (await import("./testing-request.ts")).nextHeaders);

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>;

const PARTS = {
  report: "cost-by-team",
  period: "2026-10",
  team: "1",
  format: "csv",
  finding: "none",
  unit: "1",
  rule: "1",
  channel: "1",
  message: "1",
  ...{ alert: "1", event: "1", scope: "all", from: "2026-11-01" },
};
const SIGN_IN = {
  ...{ url: "http://127.0.0.1:3000", secrets: ["a secret of this test, and of no other"], secure: false },
  ...{ password: true, provider: null, demo: false, limits: { idleSeconds: 60, lifetimeSeconds: 60 } },
};
const place = globalThis as { gpuLedger?: Record<string, unknown> };
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
const NEEDS_TOKEN = expect.stringMatching(/needs a token.*Authorization: Bearer gl_….*Account/);
const addresses = globSync("app/api/v*/**/route.ts").sort();
/** Those that are read: the others are only written to. */
const readable = addresses.filter((file) => !/\[(rule|channel|message|alert|event|scope)\]|\/v3\//.test(file));

/** Every address of the API, asked with a token; a new one is found by itself. */
describe("every address of the API", () => {
  let store: TestDb;
  let ctx: Ctx;

  beforeAll(async () => {
    store = await sqliteFile();
    ctx = { db: store.db, now: systemNow, viewer: localViewer, log: silentLog, ledger: testLedger() };
    request.headers = new Headers({ host: "127.0.0.1:3000" });
    place.gpuLedger ??= {};
    Object.assign(place.gpuLedger, { db: Promise.resolve(store.db), auth: { settings: SIGN_IN }, log: silentLog });
  });
  afterAll(async () => {
    for (const key of ["db", "auth", "log"]) delete place.gpuLedger?.[key];
    await store.drop();
  });

  async function ask(
    file: string,
    token?: string,
    method = "GET",
  ): Promise<{ status: number; error: { message: string } | undefined }> {
    const handler = (await handlersOf(file))[method] as Handler;
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const body = method === "GET" ? null : "{}";
    const answer = await handler(new Request("http://127.0.0.1:3000/api/v1", { method, headers, body }), {
      params: Promise.resolve(PARTS),
    });
    const text = await answer.text();
    return { status: answer.status, error: text.startsWith("{") ? JSON.parse(text).error : undefined };
  }

  const handlersOf = async (file: string) =>
    (await import(/* @vite-ignore */ path.resolve(file))) as Readonly<Record<string, Handler | undefined>>;

  let people = 0;
  async function tokenOf(role: Role, scopes: readonly TokenScope[]): Promise<string> {
    const email = `${role}-${scopes.join("-")}-${++people}@example.com`;
    const { key: userKey } = await addUser(ctx, { email, grants: [{ role, teamKey: role === "manager" ? 1 : 0 }] });
    const viewer = { ...localViewer, kind: "person" as const, id: email, userKey, roles: [role] };
    return (await createToken({ ...ctx, viewer }, { name: role, scopes: [...scopes] })).token;
  }

  it("is found", () => {
    expect(addresses.length).toBeGreaterThanOrEqual(7);
  });

  it("says the same of /metrics", async () => {
    expect(await ask("app/metrics/route.ts")).toMatchObject({ status: 401, error: { message: NEEDS_TOKEN } });
  });

  it.each(addresses)("answers nobody without a session or a token: %s", async (file) => {
    for (const method of METHODS)
      if ((await handlersOf(file))[method]) {
        expect(await ask(file, undefined, method)).toMatchObject({ status: 401, error: { message: NEEDS_TOKEN } });
        expect(await ask(file, "gl_unknown", method)).toMatchObject({ status: 401 });
      }
  });

  it("writes nothing for a token that is for reading and metrics alone, of an administrator", async () => {
    const token = await tokenOf("admin", ["read", "metrics"]);
    const written: string[] = [];
    for (const file of addresses)
      for (const method of METHODS.slice(1)) {
        if (!(await handlersOf(file))[method]) continue;
        written.push(`${method} ${file}`);
        const { status, error } = await ask(file, token, method);
        expect([file, status, error?.message]).toEqual([file, 403, expect.stringMatching(/lacks the scope "/)]);
      }
    expect(written.length).toBeGreaterThanOrEqual(4);
  });

  it("answers addresses that it does not have in its own shape, by every method", async () => {
    const token = await tokenOf("engineer", ["read"]);
    const { dynamic: _, ...nowhere } = await import("./api/[[...rest]]/route.ts");
    expect(Object.keys(nowhere).sort()).toEqual(["DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"]);
    for (const [method, handle] of Object.entries(nowhere)) {
      const asked = async (headers: Record<string, string>) => {
        const answer = await handle(new Request("http://127.0.0.1:3000/api/v1/nope", { method, headers }));
        return [answer.status, (await answer.json()).error];
      };
      expect(await asked({})).toEqual([401, { code: "unauthenticated", message: NEEDS_TOKEN }]);
      expect(await asked({ authorization: `Bearer ${token}` })).toEqual([
        404,
        { code: "not_found", message: expect.stringMatching(/no such address.*openapi\.json/) },
      ]);
    }
  });

  it("reads nothing for a token that is for metrics, writing or sending usage in alone", async () => {
    const token = await tokenOf("admin", ["write", "ingest", "metrics"]);
    for (const file of readable) {
      const { status, error } = await ask(file, token);
      expect([file, status, error?.message]).toEqual([file, 403, expect.stringMatching(/lacks the scope "read"/)]);
    }
  });

  it.each([
    [
      "engineer",
      [
        "costs/summary",
        "costs/team/[team]",
        "explain",
        "findings",
        "findings/[finding]",
        "gpu/utilization",
        "openapi.json",
        "recommendations",
        "reports/[report]",
        "rightsizing",
        "search",
        "trends/costs",
        "workloads",
      ],
    ],
    [
      "manager",
      [
        "alerts",
        "alerts/digests",
        "alerts/messages",
        "alerts/rules",
        "anomalies",
        "budget/alerts",
        "budget/forecast",
        "budgets",
        "costs/summary",
        "costs/team/[team]",
        "explain",
        "findings",
        "findings/[finding]",
        "forecast",
        "forecast/events",
        "gpu/utilization",
        "openapi.json",
        "periods",
        "periods/[period]/[format]",
        "recommendations",
        "reports/[report]",
        "reports/chargeback",
        "reports/chargeback/preview",
        "rightsizing",
        "search",
        "statements/[period]/[team]/[format]",
        "trends/costs",
        "units",
        "units/[unit]",
        "workloads",
      ],
    ],
    [
      "finance",
      [
        "alerts",
        "alerts/digests",
        "alerts/messages",
        "alerts/rules",
        "anomalies",
        "billing/actual",
        "billing/comparison",
        "billing/opencost",
        "budget/alerts",
        "budget/forecast",
        "budgets",
        "costs/summary",
        "costs/team/[team]",
        "burst",
        "explain",
        "findings",
        "findings/[finding]",
        "forecast",
        "forecast/events",
        "gpu/utilization",
        "openapi.json",
        "periods",
        "periods/[period]/[format]",
        "prices",
        "recommendations",
        "reports/[report]",
        "reports/chargeback",
        "reports/chargeback/preview",
        "rightsizing",
        "search",
        "statements/[period]/[team]/[format]",
        "trends/costs",
        "units",
        "units/[unit]",
      ],
    ],
  ] as const)("is open to the role %s by what it may read: %j", async (role, open) => {
    const token = await tokenOf(role, ["read"]);
    const allowed: string[] = [];
    for (const file of readable) if ((await ask(file, token)).status !== 403) allowed.push(file);
    expect(allowed).toEqual(open.map((name) => `app/api/v1/${name}/route.ts`).sort());
  });
});
