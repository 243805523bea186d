import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { createToken, findTokenViewer } from "@/lib/auth/tokens.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import type { Running } from "@/simulator/prometheus/program.ts";
import { prometheusInstalled, startPrometheusOver } from "@/simulator/prometheus/real.ts";
import { ALIASES } from "./aliases.ts";
import { CONTENT_TYPES, expositionOf } from "./exposition.ts";
import { scrape } from "./scrape.ts";
import { LEDGER_METRICS } from "./snapshot.ts";
import { seedEveryMetric } from "./testing-metrics.ts";

const RULES = ["recording.rules.yml", "alerting.rules.yml"];
const board = z
  .object({
    panels: z.array(
      z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).default([]) }).loose(),
    ),
    templating: z.object({ list: z.array(z.object({ name: z.string(), query: z.unknown() }).loose()) }),
  })
  .parse(JSON.parse(readFileSync("deploy/grafana/gpu-ledger.json", "utf8")));
/** As Grafana asks while "All" is chosen. */
const queries = board.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr }) => ({ title, expr: expr.replaceAll(/\$(team|cluster)\b/g, ".*") })),
);

/** A server that gives metrics to a token, as app/metrics/route.ts does. */
async function serve(ctx: Ctx): Promise<{ server: Server; port: number; asked: (string | undefined)[] }> {
  const asked: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    try {
      const viewer = await findTokenViewer(ctx, request.headers.authorization?.replace("Bearer ", "") ?? "");
      const format = expositionOf(request.headers.accept ?? null);
      asked.push(request.headers.accept);
      const text = await scrape({ ...ctx, viewer }, { limit: 1000, aliases: true, format });
      response.writeHead(200, { "content-type": CONTENT_TYPES[format] }).end(text);
    } catch (error) {
      response.writeHead(error instanceof AppError && error.code === "forbidden" ? 403 : 401).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port, asked };
}

describe.skipIf(!prometheusInstalled())("a real Prometheus that scrapes the ledger", () => {
  let store: TestDb;
  let ctx: Ctx;
  let served: Awaited<ReturnType<typeof serve>>;
  let prometheus: Running;
  let secret: string;

  beforeAll(async () => {
    store = await sqliteFile();
    ctx = await seedEveryMetric(store.db);
    served = await serve(ctx);
    secret = (await createToken(ctx, { name: "prometheus", scopes: ["metrics"] })).token;
    const config = parse(readFileSync("deploy/prometheus/prometheus.yml", "utf8"));
    config.global = { scrape_interval: "500ms", evaluation_interval: "500ms" };
    config.scrape_configs[0].static_configs[0].targets = [`127.0.0.1:${served.port}`];
    prometheus = await startPrometheusOver((_, work) => {
      for (const file of RULES) copyFileSync(join("deploy/prometheus", file), join(work, file));
      writeFileSync(join(work, "token"), secret);
    }, stringify(config));
    await untilRules();
  });
  afterAll(async () => {
    await prometheus?.stop();
    served?.server.close();
    await store?.drop();
  });

  const ask = async (path: string) => {
    const answer = await fetch(`${prometheus.url}/api/v1/${path}`);
    const body = (await answer.json()) as { status: string; data: unknown; error?: string };
    expect([path, body.status, body.error]).toEqual([path, "success", undefined]);
    return body.data;
  };
  const query = async (expr: string) =>
    (
      (await ask(`query?query=${encodeURIComponent(expr)}`)) as {
        result: { metric: object; value: [number, string] }[];
      }
    ).result;
  const rules = async () =>
    (
      (await ask("rules")) as { groups: { rules: { name: string; health: string; lastError?: string }[] }[] }
    ).groups.flatMap((g) => g.rules);
  /** Until every rule was evaluated over what was scraped. */
  async function untilRules(): Promise<void> {
    for (;;) {
      const all = await rules();
      if (all.every((r) => r.health !== "unknown") && (await query("gpu_ledger:allocation:ratio")).length) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  it("takes every metric, in the format that it prefers", async () => {
    expect((await query('up{job="gpu-ledger"}')).map((r) => r.value[1])).toEqual(["1"]);
    expect(served.asked[0]).toContain("application/openmetrics-text");
    const names = (await ask("label/__name__/values")) as string[];
    const expected = [
      ...LEDGER_METRICS.map((m) => (m.type === "histogram" ? `${m.name}_bucket` : m.name)),
      ...ALIASES.map((m) => m.name),
    ];
    expect(expected.filter((n) => !names.includes(n))).toEqual(["gpu_ledger_metrics_series_left_out"]);
    expect(names).toContain("process_cpu_seconds_total");
    const types = (await ask("metadata")) as Record<string, { type: string; help: string }[]>;
    for (const { name, type, help } of LEDGER_METRICS)
      if (types[name]) expect([name, types[name]?.[0]?.type, types[name]?.[0]?.help]).toEqual([name, type, help]);
  });

  it("evaluates every rule without an error", async () => {
    expect((await rules()).filter((r) => r.health !== "ok")).toEqual([]);
  });

  it.each(queries)("answers the board: $title, $expr", async ({ expr }) => {
    expect((await query(expr)).length).toBeGreaterThan(0);
  });

  it("the board's variables have values, and no panel is without a query", async () => {
    for (const { query: asked } of board.templating.list.filter((v) => v.name !== "datasource")) {
      const [, metric = "", label = ""] = /label_values\((\w+), (\w+)\)/.exec((asked as { query: string }).query) ?? [];
      expect(await ask(`label/${label}/values?match[]=${metric}`)).not.toEqual([]);
    }
    expect(board.panels.filter((p) => p.type !== "row" && p.targets.length === 0)).toEqual([]);
  });

  it("is refused without a token, and with one of another scope", async () => {
    const url = `http://127.0.0.1:${served.port}/metrics`;
    expect((await fetch(url)).status).toBe(401);
    const { token } = await createToken(ctx, { name: "reader", scopes: ["read"] });
    expect((await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status).toBe(403);
  });

  it("promtool finds nothing in the names and texts of the ledger", async () => {
    const text = await scrape(ctx, { limit: 1000, aliases: false, format: "text" });
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
    expect([status, stdout + stderr]).toEqual([0, ""]);
  });

  it("several scrapes share one reading of the ledger, and an old one is read again", async () => {
    let now = ctx.now();
    let reads = 0;
    const counting = {
      ...ctx,
      now: () => now,
      db: new Proxy(ctx.db, {
        get: (db, key) => {
          if (key === "find" || key === "all") reads++;
          const value = db[key as keyof typeof db];
          return typeof value === "function" ? (value as (...a: unknown[]) => unknown).bind(db) : value;
        },
      }),
    };
    const held = {};
    const once = () => scrape(counting, { limit: 1000, aliases: false, format: "text" }, held);
    await Promise.all([once(), once(), once()]);
    const first = reads;
    now += 10;
    await once();
    expect(reads).toBe(first);
    now += 200;
    expect(await once()).toContain(`gpu_ledger_metrics_timestamp_seconds ${now}\n`);
    expect(reads).toBe(2 * first);
  });
});

describe.skipIf(!prometheusInstalled())("promtool", () => {
  it.each([[["check", "rules", ...RULES]], [["test", "rules", "rules.test.yml"]]])("%j", (parameters) => {
    const { status, stdout, stderr } = spawnSync("promtool", parameters, {
      cwd: "deploy/prometheus",
      encoding: "utf8",
    });
    expect([status, status === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
  });
});
