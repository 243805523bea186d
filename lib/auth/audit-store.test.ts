import type { SQL } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { localViewer } from "@/lib/ctx.ts";
import { type AuditEntry, listActs, recordAct } from "./audit-store.ts";
import { verifyAuditLog } from "./chain/audit-chain-store.ts";

describe.each(engines)("audit log on $name", (engine) => {
  let store: TestDb | null;
  beforeAll(async () => {
    store = isAbsent(engine) ? null : await engine.open();
  });
  afterAll(() => store?.drop());

  it.skipIf(isAbsent(engine))("only grows", async () => {
    const { db } = store as TestDb;
    const act = { action: "teams.edit", before: null, after: { name: "Vision" }, reason: "new" } as const;
    await db.write((tx) => recordAct(tx, { viewer: localViewer, now: () => 10 }, { ...act, subject: "team/3" }));
    await db.write((tx) => recordAct(tx, { viewer: localViewer, now: () => 20 }, { ...act, subject: "team/30" }));
    await expect(db.write((tx) => tx.run(sql`update audit_log set reason = 'other'`))).rejects.toThrow();
    await expect(db.write((tx) => tx.run(sql`delete from audit_log`))).rejects.toThrow();
    expect(await listActs(db, 10, "team/3")).toMatchObject([{ at: 10, after: '{"name":"Vision"}', reason: "new" }]);
    expect((await listActs(db, 10)).map((a) => a.at)).toEqual([20, 10]);
  });

  it.skipIf(isAbsent(engine))("is proven by its chain: no entry changes, vanishes or appears unnoticed", async () => {
    const { db } = store as TestDb;
    const act = { action: "teams.edit", before: null, after: { n: 1 }, reason: "" } as const;
    const record = (subject: string) =>
      db.write((tx) => recordAct(tx, { viewer: localViewer, now: () => 30 }, { ...act, subject }));
    for (const subject of ["a", "b", "c"]) await record(subject);
    expect(await verifyAuditLog(db)).toEqual([]);
    const entries = await listActs(db, 10);
    const id = entries.find((e) => e.subject === "b")?.id ?? "";
    // Somebody with the database in hand takes the triggers away.
    const past = async (change: SQL, undo: SQL) => {
      const off = engine.name === "sqlite" ? null : sql`set session_replication_role = replica`;
      await db.write(async (tx) => {
        if (off) await tx.run(off);
        else
          for (const { name } of await tx.all<{ name: string }>(
            sql`select name from sqlite_master where type = 'trigger' and tbl_name in ('audit_log', 'audit_chain', 'audit_head')`,
          ))
            await tx.run(sql.raw(`drop trigger "${name}"`));
        await tx.run(change);
      });
      const found = await verifyAuditLog(db);
      await db.write(async (tx) => {
        if (off) await tx.run(off);
        await tx.run(undo);
      });
      expect(await verifyAuditLog(db)).toEqual([]);
      return found;
    };
    expect(
      await past(
        sql`update audit_log set reason = 'gift' where id = ${id}`,
        sql`update audit_log set reason = '' where id = ${id}`,
      ),
    ).toEqual([expect.stringContaining("teams.edit of b, or one before it was changed or added")]);
    const copy = entries.find((e) => e.id === id) as AuditEntry;
    const back = sql`insert into audit_log (id, at, actor_kind, actor_id, action, subject, before, after, reason)
      values (${id}, ${copy.at}, ${copy.actorKind}, ${copy.actorId}, ${copy.action}, 'b', null, ${copy.after}, '')`;
    expect(await past(sql`delete from audit_log where id = ${id}`, back)).toEqual([
      expect.stringMatching(/^Entry 4 of the audit log, .*, was removed\.$/),
    ]);
    const added = sql`insert into audit_log (id, at, actor_kind, actor_id, action, subject, reason)
      values ('x', 15, 'person', 'eve', 'teams.edit', 'x', '')`;
    expect(await past(added, sql`delete from audit_log where id = 'x'`)).toHaveLength(1);
    const head = await db.find<{ sequence: number; hash: string }>(sql`select sequence, hash from audit_head`);
    const headBack = sql`insert into audit_head (key, sequence, hash) values (1, ${head?.sequence}, ${head?.hash})`;
    expect(await past(sql`delete from audit_head`, headBack)).toEqual([
      "The end of the audit log's chain is missing: its row in audit_head was deleted.",
    ]);
  });
});
