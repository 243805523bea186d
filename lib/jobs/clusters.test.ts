import { afterEach, describe, expect, it } from "vitest";
import { check } from "@/db/check.ts";
import { sql } from "@/db/client.ts";
import { sqliteFile } from "@/db/testing.ts";
import { addConnection, forgetName, nameCluster, pauseConnection, resumeConnection } from "@/lib/connections/index.ts";
import { type Ctx, ledgerOf, localViewer } from "@/lib/ctx.ts";
import { type Env, parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { openSources } from "@/lib/sources/index.ts";
import { HOUR } from "@/lib/time.ts";
import type { Simulator } from "@/simulator/index.ts";
import { Random } from "@/simulator/random.ts";
import { assemble, type Ledger, requestBackfill, runBackfill, syncLive } from "./index.ts";
import { apart, meteredOf, type TwoTenants, truthOf, twoTenants } from "./testing-clusters.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const SEEDS = process.env.CLUSTER_SEEDS ? Number(process.env.CLUSTER_SEEDS) : 3;

interface Opened {
  readonly ledger: Ledger;
  readonly env: Env;
  readonly ctx: Ctx;
}

async function openWith(
  world: TwoTenants,
  settings: Record<string, string>,
  now = () => world.scenario.range.end + 2 * HOUR,
): Promise<Opened> {
  const step = `${world.scenario.stepSeconds}s`;
  const env = parseEnv({
    ...{ SECRETS_KEY: "the key of this test has 32 characters", SAMPLE_STEP: step, BACKFILL_STEP: step },
    ...{ HTTP_RETRY_COUNT: "0", HTTP_RETRY_WAIT: "5ms", INITIAL_BACKFILL: "0", RESOURCE_TYPE: "pod", ...settings },
  });
  const store = await sqliteFile();
  const ctx: Ctx = { db: store.db, now, viewer: localViewer, log: silentLog, ledger: ledgerOf(env) };
  const ledger = assemble(env, ctx, openSources(env, silentLog));
  open.push(async () => {
    await ledger.sources?.close();
    await store.drop();
  });
  return { ledger, env, ctx };
}

const tenantFields = ({ runaiUrl, credentials }: Simulator) => ({ url: runaiUrl, ...credentials });
const tenantSettings = ({ runaiUrl, credentials }: Simulator) => ({
  ...{ RUNAI_URL: runaiUrl, RUNAI_APP_ID: credentials.appId, RUNAI_APP_SECRET: credentials.appSecret },
});
const connect = ({ ctx, env }: Opened, kind: string, name: string, fields: Record<string, string>) =>
  addConnection(ctx, env, secretKeys(env), { kind, name, title: "", fields });

async function fill({ ledger }: Opened, { scenario }: TwoTenants, { start, end } = scenario.range): Promise<number> {
  const backfill = await requestBackfill(ledger.ctx, { from: start, to: end, stepSeconds: scenario.stepSeconds });
  return (await runBackfill(ledger, backfill.id)).unread;
}

/** The owner of each cluster, by id. */
const owners = async ({ ctx }: Opened) =>
  new Map(
    (await ctx.db.all<{ id: string; source: string }>(sql`select id, source from clusters`)).map((c) => [
      c.id,
      c.source,
    ]),
  );

describe("two tenants and two Prometheus with clusters that overlap", () => {
  for (let seed = 1; seed <= SEEDS; seed++)
    it(`count every GPU-second once, no matter which reads what, seed ${seed}`, async () => {
      const world = await twoTenants(seed, (close) => open.push(close));
      const rng = new Random(seed);
      const [first, second] = rng.chance(0.5) ? [world.east, world.west] : [world.west, world.east];
      const ownOf = (simulator: Simulator) => (simulator === world.east ? world.ids.east : world.ids.west);
      const nameOf = (id: string) =>
        rng.chance(0.5) ? id : id === world.ids.east ? "east" : id === world.ids.west ? "west" : id;
      const withEnv = rng.chance(0.6);
      const it = await openWith(world, {
        ...tenantSettings(first),
        ...(withEnv ? { PROMETHEUS_URL: first.prometheusUrl } : {}),
      });
      await connect(it, "runai", "second-tenant", tenantFields(second));
      const sharedBySecond = rng.chance(0.5);
      const named = (simulator: Simulator, shared: boolean) =>
        [nameOf(ownOf(simulator)), ...(shared ? [world.ids.shared] : [])].join(",");
      if (!withEnv)
        await connect(it, "prometheus", "first-samples", {
          url: first.prometheusUrl,
          clusters: named(first, !sharedBySecond),
        });
      const clusters = named(second, sharedBySecond);
      await connect(it, "prometheus", "second-samples", { url: second.prometheusUrl, clusters });
      expect(await fill(it, world)).toBe(0);
      expect(await owners(it)).toEqual(
        new Map([
          [ownOf(first), "runai"],
          [ownOf(second), "second-tenant"],
          [world.ids.shared, "second-tenant"],
        ]),
      );
      expect(apart(await meteredOf(it.ctx), world.truth)).toEqual([]);
      expect((await check(it.ctx.db, "UTC")).faults).toEqual([]);
    });

  it("count it once through the tenants alone", async () => {
    const world = await twoTenants(9, (close) => open.push(close));
    const it = await openWith(world, tenantSettings(world.east));
    await connect(it, "runai", "west-tenant", tenantFields(world.west));
    expect(await fill(it, world)).toBe(0);
    expect(apart(await meteredOf(it.ctx), world.truth)).toEqual([]);
  });
});

describe("one of several connections", () => {
  it("that does not answer stops no other, and is read once it does", async () => {
    const world = await twoTenants(11, (close) => open.push(close));
    const it = await openWith(world, { ...tenantSettings(world.east), PROMETHEUS_URL: world.east.prometheusUrl });
    await connect(it, "runai", "west-tenant", tenantFields(world.west));
    await connect(it, "prometheus", "west-samples", { url: world.west.prometheusUrl, clusters: world.ids.west });
    world.west.setFaults({ errorRate: 1 });
    await expect(fill(it, world)).rejects.toThrow();
    const ofEast = (map: ReadonlyMap<string, number>) =>
      new Map([...map].filter(([key]) => !key.startsWith(world.ids.west)));
    expect(apart(ofEast(await meteredOf(it.ctx)), ofEast(world.truth))).toEqual([]);
    expect((await owners(it)).has(world.ids.west)).toBe(false);
    world.west.setFaults({ errorRate: 0 });
    expect(await fill(it, world)).toBe(0);
    expect(apart(await meteredOf(it.ctx), world.truth)).toEqual([]);
  });

  it("that is paused is not asked, keeps its clusters, and is read once it is resumed", async () => {
    const world = await twoTenants(12, (close) => open.push(close));
    const it = await openWith(world, { ...tenantSettings(world.east), PROMETHEUS_URL: world.east.prometheusUrl });
    await connect(it, "runai", "west-tenant", tenantFields(world.west));
    const key = await connect(it, "prometheus", "west-samples", { url: world.west.prometheusUrl, clusters: "west" });
    await pauseConnection(it.ctx, key, "maintenance");
    expect(await fill(it, world)).toBeGreaterThan(0);
    expect([...world.west.requests.prometheus.values()]).toEqual([]);
    expect(apart(await meteredOf(it.ctx), world.truth)).not.toEqual([]);
    await resumeConnection(it.ctx, key);
    expect(await fill(it, world)).toBe(0);
    expect(apart(await meteredOf(it.ctx), world.truth)).toEqual([]);
  });
});

describe("a tenant that is paused", () => {
  it("leaves the backfills that miss its clusters unfinished, and is read in full once it is resumed", async () => {
    const world = await twoTenants(14, (close) => open.push(close));
    const { start } = world.scenario.range;
    const it = await openWith(world, tenantSettings(world.east));
    const key = await connect(it, "runai", "west-tenant", tenantFields(world.west));
    expect(await fill(it, world, { start, end: start + HOUR })).toBe(0);
    await pauseConnection(it.ctx, key, "maintenance");
    await expect(fill(it, world)).rejects.toThrow("The connection west-tenant is paused.");
    const ofWest = ({ clusterId }: { readonly clusterId: string }) => clusterId !== world.ids.east;
    const gaps = await it.ctx.db.all<{ clusterId: string }>(sql`select cluster_id as "clusterId" from gaps`);
    expect(gaps.filter(ofWest)).toEqual([]);
    const ofEast = (map: ReadonlyMap<string, number>) =>
      new Map([...map].filter(([k]) => k.startsWith(world.ids.east)));
    expect(apart(ofEast(await meteredOf(it.ctx)), ofEast(world.truth))).toEqual([]);
    await resumeConnection(it.ctx, key);
    expect(await fill(it, world)).toBe(0);
    expect(apart(await meteredOf(it.ctx), world.truth)).toEqual([]);
    expect(await it.ctx.db.all(sql`select * from gaps where status = 'open'`)).toEqual([]);
  });

  it("has gaps that its own readings fill once it is resumed", async () => {
    const world = await twoTenants(15, (close) => open.push(close));
    let now = world.scenario.range.start + HOUR;
    const it = await openWith(world, tenantSettings(world.east), () => now);
    const key = await connect(it, "runai", "west-tenant", tenantFields(world.west));
    await syncLive(it.ledger);
    await pauseConnection(it.ctx, key, "maintenance");
    now += HOUR / 4;
    await syncLive(it.ledger);
    await resumeConnection(it.ctx, key);
    now += HOUR / 4;
    await syncLive(it.ledger);
    expect(await it.ctx.db.all(sql`select * from gaps where status = 'open' and subject = ''`)).toEqual([]);
  });
});

it("a cluster that a second tenant lists under another id is one, once somebody says so", async () => {
  const world = await twoTenants(13, (close) => open.push(close));
  const it = await openWith(world, { ...tenantSettings(world.east), PROMETHEUS_URL: world.east.prometheusUrl });
  await nameCluster(
    { ...it.ctx, viewer: localViewer },
    await known(it, world.ids.east, { name: world.ids.west, source: "west-tenant" }, world),
  );
  expect(await fill(it, world)).toBe(0);
  expect([...(await owners(it))].sort()).toEqual(
    [
      [world.ids.east, "west-tenant"],
      [world.ids.shared, "west-tenant"],
    ].sort(),
  );
});

describe("a cluster that is said late to be one that was deleted", () => {
  const OLD = "0a5c0b7e-1d2a-4c3b-8e4f-5a6b7c8d9e0f";
  const gone = (it: Opened, { scenario }: TwoTenants) =>
    it.ctx.db.write((tx) =>
      tx.run(sql`insert into clusters (id, source, name, state, first_seen_at, last_seen_at, deleted_at)
        values (${OLD}, 'runai', 'rebuilt', '', 1, ${scenario.range.start - HOUR}, ${scenario.range.start - HOUR})`),
    );
  /** Of both ids, as one cluster. */
  const together = async (it: Opened, id: string) => {
    const out = new Map<string, number>();
    for (const [key, milli] of await meteredOf(it.ctx)) {
      const one = key.replace(OLD, id);
      out.set(one, (out.get(one) ?? 0) + milli);
    }
    return out;
  };
  const openEast = async (seed: number) => {
    const world = await twoTenants(seed, (close) => open.push(close));
    const it = await openWith(world, { ...tenantSettings(world.east), PROMETHEUS_URL: world.east.prometheusUrl });
    await gone(it, world);
    return { world, it, truth: truthOf(world.scenario) };
  };

  it("counts no GPU-second a second time", async () => {
    const { world, it, truth } = await openEast(14);
    await fill(it, world);
    const problem = await nameCluster(it.ctx, { name: world.ids.east, cluster: OLD }).catch((error) => error);
    await fill(it, world);
    expect(apart(await together(it, world.ids.east), truth)).toEqual([]);
    expect(problem).toMatchObject({ code: "conflict" });
  });

  it("counts no GPU-second a second time where that is taken back", async () => {
    const { world, it, truth } = await openEast(15);
    await nameCluster(it.ctx, { name: world.ids.east, cluster: OLD });
    await fill(it, world);
    const problem = await forgetName(it.ctx, "", world.ids.east).catch((error) => error);
    await fill(it, world);
    expect(apart(await together(it, world.ids.east), truth)).toEqual([]);
    expect(problem).toMatchObject({ code: "conflict" });
  });
});

/** Lists the clusters of the first tenant, then connects the second: what a person does before they name a cluster. */
async function known(
  it: Opened,
  cluster: string,
  { name, source }: { readonly name: string; readonly source: string },
  world: TwoTenants,
) {
  await fill(it, world);
  await connect(it, "runai", source, tenantFields(world.west));
  return { source, name, cluster };
}
