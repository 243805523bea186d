import dns from "node:dns";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { selfSigned } from "@/lib/auth/nextauth/testing-certificate.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { redact } from "@/lib/redact.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import {
  addConnection,
  changeConnection,
  forgetName,
  listClusterNames,
  listConnections,
  nameCluster,
  openStored,
  pauseConnection,
  removeConnection,
  resumeConnection,
  testStored,
} from "./index.ts";

type LookedUp = (error: null, found: readonly dns.LookupAddress[]) => void;
const env = parseEnv({ SECRETS_KEY: "the key of this test has 32 characters", HTTP_RETRY_COUNT: "0" });
const keys = secretKeys(env);
const SECRET = "s3cret-of-emea-tenant";
const tenant = (name: string, more: Record<string, string> = {}) => ({
  ...{ kind: "runai", name, title: "EMEA" },
  fields: { url: "https://emea.run.ai", appId: "ledger", appSecret: SECRET, ...more },
});
const samples = (name: string, more: Record<string, string> = {}) => ({
  ...{ kind: "prometheus", name, title: "" },
  fields: { url: "http://127.0.0.1:1", ...more },
});

describe.each(engines)("connections on $name", (engine) => {
  let store: TestDb;
  let ctx: Ctx;
  beforeEach(async () => {
    if (isAbsent(engine)) return;
    store = (await engine.open()) as TestDb;
    ctx = { db: store.db, now: () => 1_790_000_000, viewer: localViewer, log: silentLog, ledger: testLedger() };
  });
  afterEach(async () => {
    if (!isAbsent(engine)) await store.drop();
  });
  const test = it.skipIf(isAbsent(engine));
  const rows = () => listConnections(ctx, env);
  const acts = () => ctx.db.all<{ subject: string }>(sql`select * from audit_log where action = 'connections.manage'`);

  test("are stored with their secrets encrypted, and shown, audited and logged without them", async () => {
    const key = await addConnection(ctx, env, keys, tenant("emea"));
    const [row] = await rows();
    expect(row).toMatchObject({ key, name: "emea", title: "EMEA", stored: ["appSecret"], pausedAt: null });
    expect(row?.fields).toEqual({ url: "https://emea.run.ai", appId: "ledger" });
    const everything = [await rows(), await acts(), await ctx.db.all(sql`select * from connections`)];
    expect(JSON.stringify([everything, await ctx.db.all(sql`select * from stored_secrets`)])).not.toContain(SECRET);
    expect(redact(`the peer said ${SECRET}`)).toBe("the peer said [secret]");
    expect((await acts()).map((act) => act.subject)).toContain("connection/emea");
  });

  test("keep a secret that is not entered again, but never send it to another address", async () => {
    const key = await addConnection(ctx, env, keys, tenant("emea"));
    await changeConnection(ctx, env, keys, key, {
      title: "Europe",
      fields: { url: "https://emea.run.ai", appId: "two" },
    });
    expect((await rows())[0]).toMatchObject({ title: "Europe", fields: { appId: "two" }, stored: ["appSecret"] });
    const moved = changeConnection(ctx, env, keys, key, { fields: { url: "https://evil.example", appId: "two" } });
    await expect(moved).rejects.toMatchObject({ fields: { appSecret: expect.stringContaining("another address") } });
    const bearer = await addConnection(ctx, env, keys, samples("mimir", { bearerToken: "t0ken-of-mimir" }));
    await changeConnection(ctx, env, keys, bearer, { fields: { url: "http://127.0.0.1:1", bearerToken: "-" } });
    expect((await rows()).find((row) => row.name === "mimir")?.stored).toEqual([]);
  });

  test("are refused at the field that is wrong", async () => {
    const certificate = selfSigned();
    certificate.remove();
    const wrong = [
      [tenant("E"), "name"],
      [tenant("runai"), "name"],
      [tenant("emea", { url: "http://169.254.169.254" }), "url"],
      [tenant("emea", { url: "https://bo:pw@emea.run.ai" }), "url"],
      [tenant("emea", { ca: "not a certificate" }), "ca"],
      [tenant("emea", { appSecret: "" }), "appSecret"],
      [tenant("emea", { tenant: "x" }), "tenant"],
      [samples("mimir", { bearerToken: "a b" }), "bearerToken"],
      [samples("mimir", { username: "a", password: "b", bearerToken: "c" }), "bearerToken"],
      [samples("mimir", { headers: "Authorization=Basic eA==" }), "headers"],
      [samples("mimir", { cert: certificate.cert, key: "no key" }), "key"],
      [samples("mimir", { cert: certificate.cert, key: "no key" }), "cert"],
      [{ ...samples("mimir"), kind: "graphite" }, "kind"],
    ] as const;
    for (const [given, field] of wrong)
      await expect(addConnection(ctx, env, keys, given), JSON.stringify(given)).rejects.toMatchObject({
        fields: { [field]: expect.stringMatching(/^(?!.*PROMETHEUS_).*\w{3}.*[.]$/) },
      });
    expect(await rows()).toEqual([]);
  });

  test("of samples name their clusters, but for one", async () => {
    await addConnection(ctx, env, keys, samples("one"));
    const two = addConnection(ctx, env, keys, samples("two"));
    await expect(two).rejects.toMatchObject({
      code: "conflict",
      fields: { clusters: expect.stringContaining('"one"') },
    });
    const named = await addConnection(ctx, env, keys, samples("two", { clusters: "emea, apac" }));
    const unnamed = changeConnection(ctx, env, keys, named, { fields: { url: "http://127.0.0.1:1" } });
    await expect(unnamed).rejects.toMatchObject({ code: "conflict" });
    const withSettings = parseEnv({ SECRETS_KEY: "k".repeat(32), PROMETHEUS_URL: "http://127.0.0.1:1" });
    await expect(addConnection(ctx, withSettings, keys, samples("three"))).rejects.toThrow(/"prometheus"/);
  });

  test("are open until they change, rest while they are paused, and their names are never used again", async () => {
    const key = await addConnection(ctx, env, keys, tenant("emea"));
    const first = await openStored(ctx, env, keys);
    const source = first.get("emea")?.source;
    expect((await openStored(ctx, env, keys, first)).get("emea")?.source).toBe(source);
    await pauseConnection(ctx, key, "maintenance");
    const paused = (await openStored(ctx, env, keys, first)).get("emea");
    expect(paused).toMatchObject({ problem: "", source: { name: "emea", rests: "paused" } });
    await expect(paused?.source.read.inventory?.clusters()).rejects.toThrow("The connection EMEA is paused.");
    await resumeConnection(ctx, key);
    expect((await openStored(ctx, env, keys, first)).get("emea")?.source.rests).toBeUndefined();
    await removeConnection(ctx, key, "the tenant is gone");
    expect(await openStored(ctx, env, keys, first)).toEqual(new Map());
    expect(await ctx.db.all(sql`select owner from stored_secrets`)).toEqual([]);
    await expect(addConnection(ctx, env, keys, tenant("emea"))).rejects.toMatchObject({ code: "conflict" });
    await expect(pauseConnection(ctx, key)).rejects.toMatchObject({ code: "not_found" });
    await source?.close();
  });

  test("that cannot be opened rest in their place, and stop no other", async () => {
    await addConnection(ctx, env, keys, tenant("emea"));
    await addConnection(ctx, env, keys, samples("mimir"));
    const others = secretKeys(parseEnv({ SECRETS_KEY: "another key that opens nothing in here" }));
    const opened = await openStored(ctx, env, others);
    expect(opened.get("emea")).toMatchObject({
      problem: expect.stringContaining("cannot be decrypted"),
      source: { rests: "broken" },
    });
    expect(opened.get("mimir")?.problem).toBe("");
    for (const { source } of opened.values()) await source.close();
  });

  test("whose secrets no key reads are edited once these are entered again", async () => {
    const key = await addConnection(ctx, env, keys, samples("mimir", { bearerToken: "t0ken-of-mimir" }));
    const emea = await addConnection(ctx, env, keys, tenant("emea"));
    const others = secretKeys(parseEnv({ SECRETS_KEY: "another key that opens nothing in here" }));
    const change = (of: number, fields: Record<string, string>) => changeConnection(ctx, env, others, of, { fields });
    const { url, appId } = tenant("emea").fields;
    for (const [of, fields, field] of [
      [key, { url: "http://127.0.0.1:1" }, "bearerToken"],
      [emea, { url, appId }, "appSecret"],
    ] as const)
      await expect(change(of, fields)).rejects.toMatchObject({
        fields: { [field]: expect.stringContaining("cannot be decrypted") },
      });
    await change(emea, { url, appId, appSecret: "a new one for emea" });
    await change(key, { url: "http://127.0.0.1:1", bearerToken: "-" });
    const opened = await openStored(ctx, env, others);
    expect([...opened.values()].map(({ problem }) => problem)).toEqual(["", ""]);
    for (const { source } of opened.values()) await source.close();
  });

  test("say what is wrong when they are tested, and only to people who may", async () => {
    const key = await addConnection(ctx, env, keys, samples("mimir"));
    expect(await testStored(ctx, env, keys, key)).toMatchObject({ source: "mimir", ok: false });
    const emea = await addConnection(ctx, env, keys, tenant("emea", { url: "http://127.0.0.1:1" }));
    const { message } = await testStored(ctx, env, keys, emea);
    expect(message).toContain("check host and port of “Address”");
    await removeConnection(ctx, emea);
    const viewer = { kind: "person", id: "x", roles: ["finance"], projects: "all" } as const;
    const finance = { ...ctx, viewer };
    const acts = [
      () => addConnection(finance, env, keys, samples("two", { clusters: "a" })),
      () => changeConnection(finance, env, keys, key, { title: "x" }),
      () => pauseConnection(finance, key),
      () => resumeConnection(finance, key),
      () => removeConnection(finance, key),
      () => testStored(finance, env, keys, key),
      () => listConnections(finance, env),
      () => listClusterNames(finance),
      () => nameCluster(finance, { name: "x", cluster: "y" }),
      () => forgetName(finance, "", "x"),
    ];
    for (const act of acts) await expect(act()).rejects.toMatchObject({ code: "forbidden" });
    expect(await rows()).toHaveLength(1);
  });

  test("never ask a name that leads to the metadata service of a cloud", async () => {
    const answer = (addresses: string[]) =>
      vi.spyOn(dns, "lookup").mockImplementation(((_host: string, _options: object, done: LookedUp) =>
        done(
          null,
          addresses.map((address) => ({ address, family: 4 })),
        )) as unknown as typeof dns.lookup);
    try {
      for (const given of [
        tenant("emea", { url: "http://rebound.example:1" }),
        samples("mimir", { url: "http://rebound.example:1" }),
      ]) {
        const key = await addConnection(ctx, env, keys, given);
        answer(["127.0.0.1", "169.254.169.254"]);
        const { message } = await testStored(ctx, env, keys, key);
        expect(message).toContain("metadata service of a cloud");
        answer(["127.0.0.1"]);
        expect((await testStored(ctx, env, keys, key)).message).toMatch(/refused the connection|ECONNREFUSED/);
      }
    } finally {
      vi.restoreAllMocks();
    }
  });

  test("call clusters by names that people explain, and take back", async () => {
    await ctx.db.write((tx) =>
      tx.run(sql`insert into clusters (id, source, name, state, first_seen_at, last_seen_at)
        values ('c1', 'runai', 'prod', '', 1, 1), ('c2', 'runai', 'test', '', 1, 1), ('c3', 'other', 'prod-old', '', 1, 1)`),
    );
    await nameCluster(ctx, { name: "c3", cluster: "prod" });
    expect(await listClusterNames(ctx)).toEqual([{ source: "", name: "c3", clusterId: "c1", clusterName: "prod" }]);
    await expect(nameCluster(ctx, { name: "c2", cluster: "c1" })).rejects.toThrow(/two clusters/);
    await expect(nameCluster(ctx, { name: "x", cluster: "c3" })).rejects.toThrow(/another cluster itself/);
    await expect(nameCluster(ctx, { name: "c1", cluster: "c2" })).rejects.toMatchObject({ code: "conflict" });
    await expect(nameCluster(ctx, { name: "x", cluster: "nowhere" })).rejects.toThrow(/No cluster is called/);
    await expect(nameCluster(ctx, { source: "nobody", name: "x", cluster: "c1" })).rejects.toThrow(/no connection/);
    await forgetName(ctx, "", "c3");
    expect(await listClusterNames(ctx)).toEqual([]);
  });

  test("keep a name by which a cluster may be counted, and give none to one that is counted", async () => {
    const at = ctx.now();
    const run = (statement: ReturnType<typeof sql>) => ctx.db.write((tx) => tx.run(statement));
    await run(sql`insert into clusters (id, source, name, state, first_seen_at, last_seen_at, deleted_at)
      values ('old', 'runai', 'prod', '', 1, 1, 1), ('new', 'runai', 'prod', '', 1, 1, null), ('third', 'runai', 'x', '', 1, 1, 1)`);
    await nameCluster(ctx, { name: "new", cluster: "old" });
    await forgetName(ctx, "", "new");
    await run(sql`insert into metered_buckets (cluster_id, bucket_at, revision) values ('new', 1789999200, 1)`);
    await expect(nameCluster(ctx, { name: "new", cluster: "old" })).rejects.toMatchObject({
      code: "conflict",
      fields: { name: expect.stringMatching(/"new" is counted .* since 2026-09-21.*remove one of them/) },
    });
    // A label of series moves no pod: it is taken back at any time.
    await nameCluster(ctx, { name: "label", cluster: "new" });
    await nameCluster(ctx, { name: "third", cluster: "new" });
    await run(sql`update clusters set last_seen_at = ${at + 60} where id = 'new'`);
    await forgetName(ctx, "", "label");
    const kept = {
      code: "conflict",
      fields: { name: expect.stringMatching(/^"third" stands for the cluster "prod"/) },
    };
    await expect(forgetName(ctx, "", "third")).rejects.toMatchObject(kept);
    await expect(nameCluster(ctx, { name: "third", cluster: "old" })).rejects.toMatchObject(kept);
    await run(sql`insert into leases (name, owner, until_at) values ('live', 'elsewhere/1/x/1', ${at + 60})`);
    const id = "9f5c0b7e-1d2a-4c3b-8e4f-5a6b7c8d9e0f";
    await expect(nameCluster(ctx, { name: id, cluster: "new" })).rejects.toMatchObject({ code: "busy" });
    expect((await listClusterNames(ctx)).map((one) => one.name)).toEqual(["third"]);
  });
});
