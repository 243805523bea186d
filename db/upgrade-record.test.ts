import { describe, expect, test } from "vitest";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { verifyAuditLog } from "@/lib/auth/chain/audit-chain-store.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { type Db, sql } from "./client.ts";
import { LEDGER_OF_MIGRATIONS, listMigrations } from "./migrate.ts";
import { engines, isAbsent } from "./testing.ts";
import { headQuery, upgradeEntry } from "./upgrade-entry.ts";

/** Empties a database, and gives it the migrations before one. @returns the name of the newest of them. */
async function asBefore(db: Db, migration: string): Promise<string> {
  const list = listMigrations(db.dialect);
  const earlier = list.slice(
    0,
    list.findIndex((m) => m.name.endsWith(migration)),
  );
  await db.write(async (tx) => {
    const tables = sql`select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`;
    if (db.dialect === "sqlite")
      for (const { name } of await tx.all<{ name: string }>(tables)) await tx.run(sql.raw(`drop table "${name}"`));
    else for (const text of ["drop schema public cascade", "create schema public"]) await tx.run(sql.raw(text));
    for (const text of [LEDGER_OF_MIGRATIONS, ...earlier.flatMap((m) => m.statements)]) await tx.run(sql.raw(text));
    for (const [i, { name, hash }] of earlier.entries())
      await tx.run(sql`insert into schema_migrations (position, name, hash) values (${i}, ${name}, ${hash})`);
  });
  return earlier.at(-1)?.name ?? "";
}

describe.each(engines)("an upgrade on $name", (engine) => {
  test.skipIf(isAbsent(engine))("is on record, and gives a name that several people had to one of them", async () => {
    const opened = await engine.open();
    if (!opened) return;
    const { db } = opened;
    expect(await db.all(sql`select id from audit_log`)).toEqual([]);
    const before = await asBefore(db, "one-person-for-a-name");
    const people = ["gone@a.example", "ada@b.example", "bea@c.example"];
    await db.write(async (tx) => {
      for (const [i, email] of people.entries())
        await tx.run(sql`insert into users (key, email, name, password_hash, issuer, subject, created_at, created_by, disabled_at)
          values (${i + 1}, ${email}, 'x', '', '', '', 1, 'x', ${i === 0 ? 5 : null})`);
      for (const [key, name] of [
        [1, "shared"],
        [2, "shared"],
        [3, "shared"],
        [1, "bea@c.example"],
        [3, "bea@c.example"],
        [1, 'own "and" odd'],
      ] as const)
        await tx.run(sql`insert into user_names (user_key, name) values (${key}, ${name})`);
    });
    const again = await opened.again();
    expect(await again.all(sql`select user_key as "key", name from user_names order by user_key, name`)).toEqual([
      { key: 1, name: 'own "and" odd' },
      { key: 2, name: "shared" },
      { key: 3, name: "bea@c.example" },
    ]);
    const acts = await again.all<Record<string, string>>(
      sql`select action, actor_kind as "kind", actor_id as "actor", subject, before, after, reason from audit_log order by action, subject, id`,
    );
    const last = listMigrations(db.dialect).at(-1)?.name;
    expect(
      acts.map(({ before: b, after: a, ...act }) => ({
        ...act,
        before: JSON.parse(b ?? ""),
        after: JSON.parse(a ?? ""),
      })),
    ).toEqual([
      ...[{ action: "ledger.migrate", kind: "job", actor: "upgrade", subject: "ledger", reason: "" }].map((act) => ({
        ...act,
        before: { migration: before },
        after: { migration: last },
      })),
      ...[
        ["user/1", "bea@c.example", "bea@c.example"],
        ["user/1", "shared", "ada@b.example"],
        ["user/3", "shared", "ada@b.example"],
      ].map(([subject, name, keeper]) => ({
        ...{ action: "users.manage", kind: "job", actor: "upgrade", subject },
        ...{ before: { submitters: [name] }, after: { submitters: [] } },
        reason: `A name belongs to one person. ${name} stays with ${keeper}.`,
      })),
    ]);
    // Opened again without anything to do, nothing is recorded.
    await (await opened.again()).close();
    expect(await again.all(sql`select id from audit_log`)).toHaveLength(4);
    const at = await again.find<{ at: number }>(sql`select max(at) as at from audit_log`);
    expect(Math.abs((at?.at ?? 0) - Date.now() / 1000)).toBeLessThan(86_400);
    // What was recorded by the upgrade is the beginning of the chain.
    await again.write((tx) =>
      recordAct(tx, ctxOf(again), { action: "session", subject: "user/1", before: null, after: null, reason: "" }),
    );
    expect(await verifyAuditLog(again)).toEqual([]);
    await again.close();
    await opened.drop();
  });

  test.skipIf(isAbsent(engine))(
    "takes the newest session through the provider as when it last vouched for somebody",
    async () => {
      const opened = await engine.open();
      if (!opened) return;
      await asBefore(opened.db, "vouched-at");
      await opened.db.write(async (tx) => {
        for (const key of [1, 2])
          await tx.run(sql`insert into users (key, email, name, password_hash, issuer, subject, created_at, created_by)
          values (${key}, ${`person${key}@a.example`}, 'x', '', '', '', 1, 'x')`);
        for (const [id, key, method, at] of [
          ["a", 1, "provider", 100],
          ["b", 1, "provider", 200],
          ["c", 1, "password", 300],
          ["d", 2, "link", 400],
        ] as const)
          await tx.run(sql`insert into sessions (id_hash, user_key, method, created_at, last_seen_at, ends_at, address, agent)
          values (${id}, ${key}, ${method}, ${at}, ${at}, ${at}, '', '')`);
      });
      const again = await opened.again();
      expect(await again.all(sql`select key, vouched_at as "vouchedAt" from users order by key`)).toEqual([
        { key: 1, vouchedAt: 200 },
        { key: 2, vouchedAt: null },
      ]);
      await again.close();
      await opened.drop();
    },
  );

  test.skipIf(isAbsent(engine))("is the next link of the chain of the audit log, where that has begun", async () => {
    const opened = await engine.open();
    if (!opened) return;
    const { db } = opened;
    const act = { action: "session", subject: "user/1", before: null, after: { n: 1 }, reason: "" } as const;
    await db.write((tx) => recordAct(tx, ctxOf(db), act));
    const list = listMigrations(db.dialect);
    const newest = list.at(-1)?.name ?? "";
    for (const row of [2, 3]) {
      // As an upgrade finds it, with nothing left to do but to say so.
      const head = await db.find<Parameters<typeof upgradeEntry>[0]>(sql.raw(headQuery(db.dialect)));
      const [before, after] = [
        { name: `000${row}_x`, hash: "" },
        { name: newest, hash: "" },
      ];
      if (!head) throw new Error("The database has no clock.");
      await db.write(async (tx) => {
        for (const text of upgradeEntry(head, before, after)) await tx.run(sql.raw(text));
      });
      await db.write((tx) => recordAct(tx, ctxOf(db), act));
      expect(await verifyAuditLog(db)).toEqual([]);
    }
    expect(await db.all(sql`select sequence from audit_chain order by sequence`)).toHaveLength(5);
    await opened.drop();
  });
});
