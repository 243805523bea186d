import { afterEach, describe, expect, it } from "vitest";
import { startLedger } from "@/cli/testing.ts";
import { type Db, sql } from "@/db/client.ts";
import { moveLedger } from "@/db/move.ts";
import { teams } from "@/db/schema/index.ts";
import { engines, isAbsent, postgresDatabase, sqliteFile, type TestDb } from "@/db/testing.ts";
import { verifyAuditLog } from "@/lib/auth/chain/audit-chain-store.ts";
import { ctxOf, NOW } from "@/lib/charges/testing-ledger.ts";
import { auditPeriod } from "@/lib/closing/audit.ts";
import { closePeriod } from "@/lib/closing/close.ts";
import { SETTINGS, seedOctober } from "@/lib/closing/testing-close.ts";
import { listReports } from "@/lib/reports/index.ts";
import { parsePeriod } from "@/lib/reports/period.ts";
import { loadReport } from "@/lib/reports/testing.ts";
import { rowsOf } from "@/lib/reports/testing-cost.ts";

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** October, closed, and the first of November: with seals, statements and an audit chain. */
async function closedLedger() {
  const source = await sqliteFile();
  open.push(source.drop);
  await seedOctober(source.db);
  await closePeriod(ctxOf(source.db), SETTINGS, { period: "2026-10" });
  return source;
}

async function everyReport(db: Db): Promise<Record<string, unknown>> {
  const ctx = ctxOf(db);
  const period = parsePeriod({ month: "2026-10" }, "UTC", NOW);
  const out: Record<string, unknown> = {};
  for (const report of listReports()) out[report.slug] = await rowsOf(loadReport(ctx, report, period));
  return out;
}

describe.each(engines.filter((e) => e.name !== "sqlite"))("a ledger that moves to $name", (engine) => {
  it.skipIf(isAbsent(engine))("has every row, every report and its chains", async () => {
    const source = await closedLedger();
    const target = (await engine.open()) as TestDb;
    open.push(target.drop);
    const { rows, tables } = await moveLedger(source.file, target.db);
    expect(rows).toBeGreaterThan(50);
    expect(tables).toBeGreaterThan(70);
    expect(await everyReport(target.db)).toEqual(await everyReport(source.db));
    expect(await verifyAuditLog(target.db)).toEqual([]);
    expect(await auditPeriod(ctxOf(target.db), SETTINGS, "2026-10")).toMatchObject({ faults: [] });
    // What is closed stays so, and new keys follow the old ones.
    await expect(target.db.write((tx) => tx.run(sql`delete from closes`))).rejects.toThrow(/never changes/);
    const team = { name: "New", costCentre: "", glAccount: "", owner: "", createdAt: 0, archivedAt: null };
    await target.db.write((tx) => tx.insert(teams, [team]));
    expect(await target.db.find(sql`select key from teams where name = 'New'`)).toEqual({ key: 12 });
    // A second time there is something already.
    await expect(moveLedger(source.file, target.db)).rejects.toThrow(/has a ledger already/);
  });

  it.skipIf(isAbsent(engine))(
    "is not there at all where the file changes meanwhile, or a row does not arrive",
    async () => {
      const source = await closedLedger();
      const target = (await engine.open()) as TestDb;
      open.push(target.drop);
      await target.db.write(async (tx) => {
        await tx.run(sql`create function lose() returns trigger language plpgsql as 'begin return null; end'`);
        await tx.run(sql`create trigger lose before insert on charges for each row execute function lose()`);
      });
      await expect(moveLedger(source.file, target.db)).rejects.toThrow(/charges has 0 rows in PostgreSQL/);
      expect(await target.db.all(sql`select key from workloads`)).toEqual([]);
    },
  );
});

it.skipIf(isAbsent({ name: "postgres" }))("moves by its command", async () => {
  const source = await closedLedger();
  const database = await postgresDatabase("empty");
  if (!database) throw new Error("no PostgreSQL");
  open.push(database.drop);
  const { ended } = startLedger(["move", database.url], { DATABASE_URL: `file:${source.file}`, LOG_LEVEL: "silent" });
  expect(await ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/every row was read back and is equal/) });
});
