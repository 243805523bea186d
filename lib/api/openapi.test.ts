import { globSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import type { AlertEvent } from "@/lib/alerts/advance.ts";
import { addChannel } from "@/lib/alerts/change-channel.ts";
import { addRule } from "@/lib/alerts/change-rule.ts";
import { saveEvents } from "@/lib/alerts/event-store.ts";
import { insertLetters, listDeliveries } from "@/lib/alerts/outbox/store.ts";
import { testMessage } from "@/lib/alerts/testing-message.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import { planEvent, setBudget } from "@/lib/budgets/changes.ts";
import { SPEECH, VISION } from "@/lib/budgets/testing-ledger.ts";
import { NOW } from "@/lib/charges/testing-ledger.ts";
import { type Ctx, localViewer, ROLES, type Role, type Viewer } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { RULES } from "@/lib/insights/rules/index.ts";
import { seedEveryMetric } from "@/lib/metrics/testing-metrics.ts";
import { listReports } from "@/lib/reports/index.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { defineUnit } from "@/lib/unit-costs/changes.ts";
import { answerEndpoint } from "./answer.ts";
import type { Endpoint } from "./endpoint.ts";
import { RIGHTSIZING_RULES } from "./endpoints/findings.ts";
import { OPERATIONS, openapi, operationIdOf } from "./openapi.ts";
import { placeCursor } from "./paging.ts";
import { RateLimiter } from "./rate.ts";

type Documented = {
  readonly paths: Record<
    string,
    Record<string, { operationId: string; responses: Record<string, { content?: Record<string, { schema: object }> }> }>
  >;
};
const text = JSON.stringify(openapi());
const document = JSON.parse(text) as Documented;

describe("the document", () => {
  it("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    expect(await validator.validate(JSON.parse(text))).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
    // Every reference leads somewhere.
    expect(() => validator.resolveRefs()).not.toThrow();
  });

  it("has every route of the API, and no other", () => {
    const routes = globSync("app/api/v1/**/route.ts").map((f) => f.replace(/^app/, "").replace("/route.ts", ""));
    const matches = (path: string, route: string) =>
      new RegExp(`^${route.replaceAll(".", "\\.").replaceAll(/\[[^\]]+\]/g, "[^/]+")}$`).test(path);
    // The most literal route answers a path, as in Next.js.
    const routeOf = (path: string) =>
      routes.filter((r) => matches(path, r)).sort((a, b) => a.split("[").length - b.split("[").length)[0];
    const paths = Object.keys(document.paths);
    expect(paths.filter((p) => !routeOf(p))).toEqual([]);
    expect(routes.filter((r) => !paths.some((p) => routeOf(p) === r))).toEqual([]);
  });

  it("has an id of its own for each operation, and every report", () => {
    const ids = OPERATIONS.map(operationIdOf);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { slug } of listReports()) expect(document.paths[`/api/v1/reports/${slug}`]).toBeDefined();
    expect(RIGHTSIZING_RULES.filter((slug) => !RULES.some((r) => r.slug === slug))).toEqual([]);
  });

  it("names every parameter of a path", () => {
    for (const { path, parts } of OPERATIONS)
      expect([path, [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)]).toEqual([path, Object.keys(parts)]);
  });
});

/** A validator of the JSON answers of one operation. */
function checker() {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema({ $id: "doc", ...(JSON.parse(text) as object) });
  return (endpoint: Endpoint) => {
    const pointer = `doc#/paths/${endpoint.path.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D")}`;
    return (status: number, body: unknown): string => {
      const place =
        status === 200
          ? `${pointer}/${endpoint.method.toLowerCase()}/responses/200/content/application~1json/schema`
          : "doc#/components/schemas/Error";
      const validate = ajv.getSchema(place);
      if (!validate) throw new Error(`no schema at ${place}`);
      return validate(body) ? "" : ajv.errorsText(validate.errors);
    };
  };
}

const GRANTED: Readonly<Record<Role, Partial<Viewer>>> = {
  admin: { projects: "all", teams: "all" },
  finance: { projects: "all", teams: "all", workloads: [] },
  manager: { projects: ["c1/p-1"], teams: [VISION], manages: [VISION] },
  viewer: { projects: ["c1/p-1"], teams: [VISION], manages: [VISION] },
  engineer: { projects: [], teams: [VISION], submitters: ["ada"] },
};

describe("every operation, asked as every role", () => {
  let store: TestDb;
  let ctx: Ctx;
  const check = checker();
  beforeAll(async () => {
    store = await sqliteFile();
    ctx = await seedEveryMetric(store.db, false);
    const unit = {
      name: "Leads",
      noun: "lead",
      per: 1,
      scope: { kind: "team", value: String(VISION) },
      countsFromDay: 20261101,
    } as const;
    PARTS.unit = String(await defineUnit(ctx, unit));
    PARTS.rule = String(
      await addRule(ctx, { kind: "daily-cost", severity: "warning", teamKey: VISION, threshold: 9e6 }),
    );
    const letter = {
      eventId: "e",
      sequence: 1,
      channelKey: 0,
      target: "a@example.com",
      notBefore: 0,
      message: testMessage(),
    };
    await store.db.write((tx) => insertLetters(tx, [letter], NOW));
    await store.db.write((tx) => tx.run(sql`update alert_deliveries set state = 'dead'`));
    PARTS.channel = String(
      await addChannel(ctx, secretKeys(parseEnv({ SECRETS_KEY: "the key of this test has 32 characters" })), {
        kind: "pagerduty",
        name: "Pager",
        fields: { routingKey: "a".repeat(32) },
      }),
    );
    const budget = { scope: { kind: "team", value: String(VISION) }, fromDay: 20261101 } as const;
    await setBudget(ctx, { ...budget, span: "month", amountMicros: 9e9 });
    PARTS.event = await planEvent(ctx, { ...budget, changePercent: 10, note: "More nodes" });
    const open: AlertEvent = {
      ...{ id: "alert-1", ruleKey: Number(PARTS.rule), subject: "s", teamKey: VISION, severity: "warning", level: 0 },
      ...{ state: "firing", title: "A", startedAt: NOW, firedAt: NOW, resolvedAt: null, sequence: 1, notifiedAt: NOW },
      detail: { summary: "", facts: [], link: "/", owners: [], chart: null, limit: null, ended: "" },
      ...{ step: 0, acknowledgedAt: null, acknowledgedBy: "" },
    };
    await store.db.write((tx) => saveEvents(tx, [open]));
    PARTS.message = String((await listDeliveries(store.db, 1))[0]?.key);
  });
  afterAll(() => store.drop());

  const PARTS = {
    team: String(VISION),
    finding: "dead-idle-1",
    period: "2026-11",
    format: "csv",
    unit: "",
    rule: "",
    channel: "",
    message: "",
    alert: "alert-1",
    scope: `team:${VISION}`,
    from: "2026-11-01",
    event: "",
  };
  const POSTED: Readonly<Record<string, unknown>> = {
    "/api/v1/alerts": {
      ...{ version: "4", status: "firing" },
      alerts: [{ status: "firing", labels: { alertname: "A" }, startsAt: "2026-11-10T11:00:00Z", fingerprint: "f1" }],
    },
    "/api/v1/budgets": { budgets: [{ scope: "team:11", from: "2026-12-01", span: "month", amount: "5000.00" }] },
    "/api/v1/burst": { on: false },
    "/api/v1/exceptions": { kind: "user", pattern: "ci-*", reason: "tests of the cluster", until: "2026-12-01" },
    "/api/v1/alerts/rules": { kind: "daily-cost", team: VISION, threshold: "1200.50", title_template: "{title}!" },
    "/api/v1/alerts/rules/{rule}": { kind: "daily-cost", team: VISION, threshold: 900, enabled: true },
    "/api/v1/alerts/channels": { kind: "email", name: "Costs", fields: { to: "costs@example.com" } },
    "/api/v1/alerts/channels/{channel}": { kind: "pagerduty", name: "Pager, at night", rate_per_minute: 5 },
    "/api/v1/events": {
      ...{ specversion: "1.0", id: "1", source: "collector", type: "workload", subject: "train" },
      data: { gpuAllocationMinutes: "0.5", workload_minutes: 0.5 },
    },
    "/api/v1/alerts/digests": { team: VISION, every: "weekly" },
    "/api/v1/alerts/messages/{message}": {},
    "/api/v1/alerts/{alert}/acknowledge": { reason: "on it" },
    "/api/v1/alerts/rules/{rule}/mute": { until: "2026-11-12T00:00:00Z" },
    "/api/v1/forecast/events": {
      scope: "team:11",
      from: "2026-12-24",
      until: "2027-01-02",
      change_percent: -30,
      note: "Holidays",
    },
    "/api/v1/units/{unit}": { counts: [{ id: "batch-1", day: "2026-11-09", count: 1200 }] },
  };
  const urlOf = (endpoint: Endpoint, query = "") =>
    `http://ledger.example${endpoint.path.replace(/\{(\w+)\}/g, (_, name: keyof typeof PARTS) => PARTS[name])}${query}`;
  const ask = async (endpoint: Endpoint, viewer: Viewer, query = "", headers: Record<string, string> = {}) => {
    const request = new Request(urlOf(endpoint, query), {
      method: endpoint.method,
      headers: { ...headers, ...(endpoint.body ? { "content-type": "application/json" } : {}) },
      ...(endpoint.body ? { body: JSON.stringify(POSTED[endpoint.path]) } : {}),
    });
    const answer = await answerEndpoint({ ...ctx, viewer }, endpoint, request, { perMinute: 0, parts: PARTS });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const viewerOf = (role: Role): Viewer => ({
    kind: "person",
    id: `${role}@example.com`,
    roles: [role],
    projects: [],
    ...GRANTED[role],
  });
  const problemOf = (endpoint: Endpoint, { status, headers, text }: Awaited<ReturnType<typeof ask>>): string => {
    if (!headers.get("content-type")?.startsWith("application/json") || endpoint.json === undefined) return "";
    return check(endpoint)(status, JSON.parse(text));
  };

  it.each(OPERATIONS.map((e) => [e.method, e.path, e] as const))("%s %s", async (_, __, endpoint) => {
    for (const role of ROLES) {
      const viewer = viewerOf(role);
      // A route lets nobody else reach the endpoint.
      if (!mayDo(viewer, endpoint.action)) continue;
      const answer = await ask(endpoint, viewer);
      const good = endpoint.empty ?? 200;
      expect([role, answer.status, answer.status === good ? "" : answer.text]).toEqual([
        role,
        expect.toBeOneOf(role === "admin" ? [good] : [good, 403, 404, 409]),
        answer.status === good ? "" : expect.stringContaining('"message"'),
      ]);
      expect([role, problemOf(endpoint, answer)]).toEqual([role, ""]);
      // The document promises an ETag, and that what did not change is not sent, where it is so.
      const { headers, content } = (document.paths[endpoint.path]?.[endpoint.method.toLowerCase()]?.responses["200"] ??
        {}) as { headers?: object; content?: object };
      if (answer.status === 200 && content && "application/json" in content && PARTS.format !== "json")
        expect([role, answer.headers.has("etag")]).toEqual([role, "ETag" in (headers ?? {})]);
      if (answer.status !== good)
        expect([role, check(endpoint)(answer.status, JSON.parse(answer.text))]).toEqual([role, ""]);
    }
  });

  it.each(OPERATIONS.map((e) => [e.path, e] as const))(
    "refuses what is not understood, in the one shape: %s",
    async (_, endpoint) => {
      const answer = await ask(endpoint, localViewer, "?colour=red");
      expect([answer.status, check(endpoint)(answer.status, JSON.parse(answer.text))]).toEqual([400, ""]);
      expect(answer.text).toMatch(/colour/);
    },
  );

  const named = (path: string): Endpoint => OPERATIONS.find((e) => e.path === path && e.method === "GET") as Endpoint;
  const json = async (path: string, query = "", viewer: Viewer = localViewer) =>
    JSON.parse((await ask(named(path), viewer, query)).text) as Record<string, unknown>;

  it("schemas are not so loose that anything passes: an answer without a figure does not", async () => {
    for (const path of [
      "/api/v1/costs/summary",
      "/api/v1/gpu/utilization",
      "/api/v1/recommendations",
      "/api/v1/reports/cost-by-team",
    ]) {
      const body = await json(path);
      const [first = ""] = Object.keys(body);
      expect(check(named(path))(200, { ...body, [first]: undefined })).not.toBe("");
    }
  });

  it("costs are the same everywhere: summary, trend, report, team", async () => {
    const period = "?from=2026-11-10&to=2026-11-11";
    const summary = await json("/api/v1/costs/summary", period);
    expect(summary).toMatchObject({
      amount: "21.000000",
      currency: "USD",
      idle_amount: "2.000000",
      gpu_hours_unpriced: "1.000000",
    });
    const teams = summary.teams as { name: string; amount: string }[];
    const byTeam = [
      ["Platform", "4.000000"],
      ["Speech", "3.000000"],
      ["Vision", "14.000000"],
    ];
    expect(teams.map((t) => [t.name, t.amount]).sort()).toEqual(byTeam);
    const trend = (await json("/api/v1/trends/costs", "?days=7")).rows as {
      team: string;
      amount: string;
      from: string;
    }[];
    expect(
      trend
        .filter((r) => r.from === "2026-11-10")
        .map((r) => [r.team, r.amount])
        .sort(),
    ).toEqual(byTeam);
    const report = (await json("/api/v1/reports/cost-by-team", period)).rows as { team: string; amount: number }[];
    expect(
      report
        .filter((r) => r.team)
        .map((r) => [r.team, r.amount.toFixed(6)])
        .sort(),
    ).toEqual(byTeam);
    expect(await json("/api/v1/costs/team/{team}", period)).toMatchObject({ team: "Vision", amount: "14.000000" });
    const preview = await json("/api/v1/reports/chargeback/preview", "?period=2026-11");
    expect((preview.statements as { team: string; total: string }[]).find((s) => s.team === "Vision")?.total).toBe(
      "14.000000",
    );
  });

  it("a manager sees their team, and not another's", async () => {
    const own = (await json("/api/v1/costs/summary", "?month=2026-11", viewerOf("manager"))).teams as {
      name: string;
    }[];
    expect(own.map((t) => t.name)).toEqual(["Vision"]);
    const foreign = await answerEndpoint(
      { ...ctx, viewer: viewerOf("manager") },
      named("/api/v1/costs/team/{team}"),
      new Request("http://x/"),
      {
        ...{ perMinute: 0, parts: { team: String(SPEECH) } },
      },
    );
    expect(foreign.status).toBe(404);
  });

  it("findings become what to do, with what they cost", async () => {
    expect(await json("/api/v1/recommendations")).toMatchObject({
      recommendations: [{ rule: "dead-idle", team: "Vision", gpus: 1, recommendation: expect.stringMatching(/\w/) }],
      next: null,
    });
    expect(await json("/api/v1/rightsizing")).toMatchObject({ recommendations: [] });
  });

  it("what did not change is not sent again, and what a session read is kept by nobody", async () => {
    const token: Viewer = { ...viewerOf("admin"), kind: "token", id: "token/a", scopes: ["read"] };
    const first = await ask(named("/api/v1/costs/summary"), token);
    const tag = first.headers.get("etag") ?? "";
    expect([first.headers.get("cache-control"), first.headers.get("vary")]).toEqual([
      "private, no-cache",
      "authorization, cookie",
    ]);
    const again = await ask(named("/api/v1/costs/summary"), token, "", { "if-none-match": `W/"other", ${tag}` });
    expect([again.status, again.text, again.headers.get("etag")]).toEqual([304, "", tag]);
    const other = await ask(named("/api/v1/costs/summary"), token, "?month=2026-10", { "if-none-match": tag });
    expect(other.status).toBe(200);
    expect((await ask(named("/api/v1/costs/summary"), viewerOf("admin"))).headers.get("cache-control")).toBe(
      "no-store",
    );
  });

  it("JSON is not a file: any number may be read at once, and none is put on record; a CSV is", async () => {
    const token: Viewer = { ...viewerOf("admin"), kind: "token", id: "token/j", scopes: ["read"] };
    const acts = async () =>
      (await ctx.db.all<{ n: number }>(sql`select count(*) as n from audit_log where actor_id = 'token/j'`))[0]?.n;
    const paths = ["/api/v1/reports/cost-by-team", "/api/v1/budgets", "/api/v1/units", "/api/v1/burst"];
    const answers = await Promise.all(
      [...paths, ...paths].map((path) =>
        answerEndpoint({ ...ctx, viewer: token }, named(path), new Request(`http://x${path}`), {
          ...{ perMinute: 0, parts: {} },
        }),
      ),
    );
    expect(answers.map((a) => a.status)).toEqual(Array(8).fill(200));
    await Promise.all(answers.map((a) => a.text()));
    expect(await acts()).toBe(0);
    for (const path of paths) expect((await ask(named(path), token, "?format=csv")).status).toBe(200);
    expect(await acts()).toBe(4);
  });

  it("a cursor of workloads is refused if it is malformed or of another order", async () => {
    const [text, number] = [placeCursor({ key: 1, value: "a" }), placeCursor({ key: 1, value: 1 })];
    const status = async (query: string) => (await ask(named("/api/v1/workloads"), localViewer, query)).status;
    expect([await status(`?cursor=${number}`), await status(`?sort=name&cursor=${text}`)]).toEqual([200, 200]);
    expect([await status(`?cursor=${text}`), await status(`?sort=name&cursor=${number}`)]).toEqual([400, 400]);
    expect(await status(`?cursor=${placeCursor({ key: 1e300, value: 1 })}`)).toBe(400);
  });

  it("counts requests, and says when to come back", async () => {
    const options = { perMinute: 2, parts: {}, limiter: new RateLimiter() };
    const send = (viewer: Viewer) =>
      answerEndpoint({ ...ctx, viewer }, named("/api/v1/periods"), new Request("http://x/"), options);
    const answers = [await send(viewerOf("finance")), await send(viewerOf("finance")), await send(viewerOf("finance"))];
    expect(answers.map((a) => [a.status, a.headers.get("ratelimit-remaining")])).toEqual([
      [200, "1"],
      [200, "0"],
      [429, "0"],
    ]);
    expect(Number(answers[2]?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await send(viewerOf("admin"))).status).toBe(200);
    expect((await send(localViewer)).headers.get("ratelimit-limit")).toBe(null);
  });

  it("the clock of these answers is the ledger's", () => expect(ctx.now()).toBe(NOW));
});
