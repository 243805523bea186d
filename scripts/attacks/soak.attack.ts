import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { openToRead } from "@/db/read-only.ts";
import { realClock } from "@/simulator/clock.ts";
import { type Simulator, startSimulator } from "@/simulator/index.ts";
import { demoScenario } from "@/simulator/scenarios/demo.ts";
import { type Attacked, startServer } from "./server.ts";
import { tally } from "./tally.ts";

const MINUTES = Number(process.env.SOAK_MINUTES ?? 30);
const MIB = 1024 * 1024;
/** What peers do meanwhile, one after the other. */
const FAULTS = [
  {},
  { errorRate: 0.3 },
  { errorRate: 1 },
  {},
  { slowRate: 1, slowMs: 300 },
  { partialRate: 0.3 },
  { gapRate: 0.3 },
  {},
];
const PAGES = ["/", "/spend", "/workloads", "/sync", "/api/v1/sync", "/findings", "/teams", "/readyz"];

const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-soak-"));
const file = path.join(folder, "ledger.db");
let simulator: Simulator;
const servers: Attacked[] = [];
beforeAll(async () => {
  const clock = realClock();
  simulator = await startSimulator({
    scenario: demoScenario({ now: clock.now(), seed: 7, days: 1, futureDays: 1 }),
    clock,
  });
  const { appId, appSecret } = simulator.credentials;
  const settings = {
    ...{
      RUNAI_URL: simulator.runaiUrl,
      RUNAI_APP_ID: appId,
      RUNAI_APP_SECRET: appSecret,
      PROMETHEUS_URL: simulator.prometheusUrl,
    },
    ...{
      INITIAL_BACKFILL: "1h",
      SCHEDULER: "on",
      SYNC_SCHEDULE: "@every 1s",
      HTTP_RETRY_COUNT: "1",
      HTTP_DEADLINE: "5s",
      LOG_LEVEL: "error",
    },
  };
  // Two on one file: leases keep them apart.
  servers.push(await startServer(file, settings));
  servers.push(await startServer(file, settings));
});
afterAll(async () => {
  for (const server of servers) await server.close();
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

it("two servers that sync each second beside faulty peers stay level, take turns, and add up", async () => {
  const [first, second] = servers as [Attacked, Attacked];
  const memory: number[] = [];
  let requests = 0;
  for (let n = 0; n < 4 * MINUTES; n++) {
    simulator.setFaults({ errorRate: 0, slowRate: 0, partialRate: 0, gapRate: 0, ...FAULTS[n % FAULTS.length] });
    const until = performance.now() + 15_000;
    while (performance.now() < until) {
      for (const page of PAGES) {
        const { status } = await first.send(page);
        requests++;
        expect([page, status]).toEqual([page, 200]);
      }
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
    memory.push(first.rssBytes());
  }
  simulator.setFaults({ errorRate: 0, slowRate: 0, partialRate: 0, gapRate: 0 });
  // One is killed; the other goes on.
  second.child.kill("SIGKILL");
  const { db } = await openToRead(`file:${file}`);
  const runs = async (where: string) =>
    (await db.find<{ n: number }>(sql`select count(*) as n from sync_runs where ${sql.raw(where)}`))?.n ?? 0;
  const before = await runs("status = 'ok'");
  const begun = await runs("1 = 1");
  while ((await runs("status = 'ok'")) <= before) {
    // Beside peers that answer, one of so many syncs is whole.
    expect((await runs("1 = 1")) - begun).toBeLessThan(50);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const overlaps = await db.find<{
    n: number;
  }>(sql`select count(*) as n from sync_runs a join sync_runs b on a.id < b.id
    and a.kind = b.kind and a.started_at < b.finished_at and b.started_at < a.finished_at`);
  expect(overlaps?.n).toBe(0);
  const count = await runs("1 = 1");
  await db.close();
  // The last quarter needs no more than the second one did, and what a collection of garbage leaves.
  const quarter = (i: number) =>
    memory.slice(Math.floor((memory.length * i) / 4), Math.ceil((memory.length * (i + 1)) / 4));
  if (MINUTES >= 10) expect((Math.max(...quarter(3)) - Math.max(...quarter(1))) / MIB).toBeLessThan(150);
  tally(`minutes of soak: ${count} syncs of two servers, ${requests} requests`, MINUTES);
  for (const server of servers.splice(0)) await server.close();
  const check = spawnSync(process.execPath, ["--import", "./scripts/typescript.mjs", "cli/ledger.ts", "check"], {
    encoding: "utf8",
    env: { NODE_ENV: "test", PATH: process.env.PATH, DATABASE_URL: `file:${file}`, LOG_LEVEL: "silent" },
  });
  expect([check.status, check.stdout, check.stderr]).toEqual([
    0,
    expect.stringMatching(/^Sound\. [1-9]/m),
    expect.anything(),
  ]);
});
