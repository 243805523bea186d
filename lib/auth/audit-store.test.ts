import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { localViewer } from "@/lib/ctx.ts";
import { listActs, recordAct } from "./audit-store.ts";

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
});
