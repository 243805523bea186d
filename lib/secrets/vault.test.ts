import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, sqliteFile, type TestDb } from "@/db/testing.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { redact } from "@/lib/redact.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import {
  assertReadable,
  deleteSecret,
  deleteSecretsOf,
  deleteUnreadable,
  describeSecrets,
  findSecret,
  getSecret,
  hasSecret,
  listSecrets,
  putSecret,
  rotateSecrets,
  secretKeys,
} from "./index.ts";

const [ONE, TWO] = ["key number one of this test: 32 or more", "key number two of this test: 32 or more"];
/** On PostgreSQL, where the ledger keeps no key of its own. */
const keysOf = (...texts: string[]) =>
  secretKeys(parseEnv({ SECRETS_KEY: texts.join(","), DATABASE_URL: "postgres://ledger@db.example/ledger" }));
const URL = { of: "channel/1", field: "url" };
const TOKEN = { of: "channel/1", field: "token" };

describe.each(engines)("stored secrets on $name", (engine) => {
  let store: TestDb | null;
  let ctx: Ctx;
  beforeAll(async () => {
    store = isAbsent(engine) ? null : await engine.open();
    if (store) ctx = { db: store.db, now: () => 100, viewer: localViewer, log: silentLog, ledger: testLedger() };
  });
  afterAll(() => store?.drop());
  const put = (ref: typeof URL, value: string, keys = keysOf(ONE)) =>
    ctx.db.write((tx) => putSecret(tx, ctx, keys, ref, value, "secrets.manage"));

  it.skipIf(isAbsent(engine))(
    "are stored encrypted, read back, replaced, described without value, and deleted",
    async () => {
      await put(URL, "https://hooks.example/first-secret-path");
      await put(URL, "https://hooks.example/second-secret-path");
      await put(TOKEN, "xoxb-of-this-test");
      expect(await getSecret(ctx.db, keysOf(ONE), URL)).toBe("https://hooks.example/second-secret-path");
      expect(await hasSecret(ctx.db, TOKEN)).toBe(true);
      const facts = await describeSecrets(ctx.db, "channel/1");
      expect(facts.map((f) => Object.keys(f).sort().join())).toEqual(
        Array(2).fill("changedAt,changedBy,field,keyId,of"),
      );
      const whole = JSON.stringify([
        await ctx.db.all(sql`select * from stored_secrets`),
        await listActs(ctx.db, 50),
        facts,
      ]);
      expect(whole).not.toMatch(/secret-path|xoxb/);
      expect(redact("it said xoxb-of-this-test")).toBe("it said [secret]");
      expect(await ctx.db.write((tx) => deleteSecret(tx, ctx, TOKEN, "secrets.manage"))).toBe(true);
      expect(await ctx.db.write((tx) => deleteSecret(tx, ctx, TOKEN, "secrets.manage"))).toBe(false);
      expect(await findSecret(ctx.db, keysOf(ONE), TOKEN)).toBe(undefined);
      await expect(getSecret(ctx.db, keysOf(ONE), TOKEN)).rejects.toThrow(/No secret is stored for channel\/1 token/);
      expect(
        (await listActs(ctx.db, 10, "secret/channel/1")).map((a) => [a.subject, a.before !== null, a.after !== null]),
      ).toEqual(
        expect.arrayContaining([
          ["secret/channel/1/token", true, false],
          ["secret/channel/1/url", true, true],
        ]),
      );
    },
  );

  it.skipIf(isAbsent(engine))("do not open when a row is swapped with another", async () => {
    await put(TOKEN, "xoxb-of-this-test");
    await ctx.db.write(async (tx) => {
      await tx.run(sql`update stored_secrets set envelope = (select s.envelope from stored_secrets s
        where s.owner = 'channel/1' and s.field = 'token') where field = 'url'`);
    });
    await expect(getSecret(ctx.db, keysOf(ONE), URL)).rejects.toThrow(/cannot be decrypted/);
    await expect(assertReadable(ctx.db, keysOf(ONE))).rejects.toThrow(
      /1 stored secret cannot be decrypted: channel\/1 url/,
    );
    expect(await deleteUnreadable(ctx, keysOf(ONE))).toMatchObject([URL]);
    await assertReadable(ctx.db, keysOf(ONE));
  });

  it.skipIf(isAbsent(engine))(
    "need their key at the start, rotate, and are read with the old one until then",
    async () => {
      await put(URL, "https://hooks.example/third-secret-path");
      await expect(assertReadable(ctx.db, keysOf())).rejects.toThrow(/no key/);
      await expect(assertReadable(ctx.db, keysOf(TWO))).rejects.toThrow(
        /2 stored secrets.*\n {2}needed: key [0-9a-f]{8}\n {2}found: {2}key/,
      );
      expect(await getSecret(ctx.db, keysOf(TWO, ONE), URL)).toBe("https://hooks.example/third-secret-path");
      await expect(rotateSecrets(ctx, keysOf(TWO))).rejects.toThrow(/cannot be decrypted/);
      await expect(rotateSecrets(ctx, keysOf(ONE))).rejects.toThrow(/put a new one first in SECRETS_KEY/);
      const { keyId, count } = await rotateSecrets(ctx, keysOf(TWO, ONE));
      expect([count, keyId]).toEqual([2, keysOf(TWO).current().id]);
      await assertReadable(ctx.db, keysOf(TWO));
      expect((await listSecrets(ctx)).every((s) => s.keyId === keyId)).toBe(true);
      expect(await listActs(ctx.db, 5, `secret-key/${keyId}`)).toMatchObject([{ action: "secrets.manage" }]);
      expect(await ctx.db.write((tx) => deleteSecretsOf(tx, ctx, "channel/1", "secrets.manage"))).toBe(2);
    },
  );

  it.skipIf(isAbsent(engine))("are an administrator's to list and rotate", async () => {
    const finance = { ...ctx, viewer: { ...localViewer, roles: ["finance" as const] } };
    await expect(listSecrets(finance)).rejects.toThrow(/You may not manage stored secrets/);
    await expect(rotateSecrets(finance, keysOf(ONE))).rejects.toThrow(/You may not/);
    await expect(deleteUnreadable(finance, keysOf(ONE))).rejects.toThrow(/You may not/);
  });

  it.skipIf(isAbsent(engine))("are not stored without a key, nor empty", async () => {
    await expect(put(URL, "https://hooks.example/x", keysOf())).rejects.toThrow(/Set SECRETS_KEY or SECRETS_KEY_FILE/);
    await expect(put(URL, "")).rejects.toThrow(/1 to 16,384/);
    await assertReadable(ctx.db, keysOf());
  });
});

describe("the key file", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("gets another key while no other process writes: of two rotations at once neither loses its key", async () => {
    const store = await sqliteFile();
    const ctx: Ctx = { db: store.db, now: () => 1, viewer: localViewer, log: silentLog, ledger: testLedger() };
    const keys = secretKeys(parseEnv({ DATABASE_URL: `file:${store.file}` }));
    await store.db.write((tx) => putSecret(tx, ctx, keys, URL, "fifth-secret", "secrets.manage"));
    const whileWriting = await store.db.write(async () => {
      const rotations = Promise.all([rotateSecrets(ctx, keys), rotateSecrets(ctx, keys)]);
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      return { rotations, count: keys.list().length };
    });
    expect(whileWriting.count).toBe(1);
    const rotated = await whileWriting.rotations;
    expect(keys.list().map((k) => k.id)).toEqual([...rotated.map((r) => r.keyId).reverse(), expect.any(String)]);
    expect(await getSecret(ctx.db, keys, URL)).toBe("fifth-secret");
    await store.drop();
  });

  it("of a SQLite ledger is created with the first secret, for its owner alone, beside the database", async () => {
    const store = await sqliteFile();
    const ctx: Ctx = { db: store.db, now: () => 1, viewer: localViewer, log: silentLog, ledger: testLedger() };
    const keys = secretKeys(parseEnv({ DATABASE_URL: `file:${store.file}` }));
    await assertReadable(ctx.db, keys);
    expect([keys.list(), keys.isOwn, keys.place]).toEqual([[], true, `${store.file}.key`]);
    await store.db.write((tx) => putSecret(tx, ctx, keys, URL, "fourth-secret", "secrets.manage"));
    expect(statSync(`${store.file}.key`).mode & 0o777).toBe(0o600);
    const first = keys.current();
    expect((await rotateSecrets(ctx, keys)).count).toBe(1);
    expect(keys.list().map((k) => k.id)).toEqual([keys.current().id, first.id]);
    expect(keys.current().id).not.toBe(first.id);
    expect(statSync(`${store.file}.key`).mode & 0o777).toBe(0o600);
    expect(await getSecret(ctx.db, keys, URL)).toBe("fourth-secret");
    rmSync(`${store.file}.key`);
    await expect(assertReadable(ctx.db, keys)).rejects.toThrow(/found: {2}no key/);
    await store.drop();
  });

  it("is the one that another process created first", () => {
    const [here, there] = [1, 2].map(() => secretKeys(parseEnv({ DATABASE_URL: `file:${folder}/ledger.db` })));
    expect(here?.current().id).toBe(there?.current().id);
    expect(readFileSync(`${folder}/ledger.db.key`, "utf8").trim().split("\n")).toHaveLength(1);
  });

  it("of the settings may hold several, one a line, and is refused where it is missing, empty or too short", () => {
    const file = path.join(folder, "keys");
    const keys = secretKeys(parseEnv({ SECRETS_KEY_FILE: file }));
    expect(() => keys.list()).toThrow(/SECRETS_KEY_FILE: there is no file/);
    for (const text of ["", "short\n"]) {
      writeFileSync(file, text);
      expect(() => keys.list()).toThrow(/at least 32 characters/);
    }
    writeFileSync(file, `${TWO}\n\n${ONE}\n`);
    expect(keys.list()).toHaveLength(2);
    expect(() => keys.add()).toThrow(/put a new one first there/);
  });
});
