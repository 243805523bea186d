import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqliteFile } from "@/db/testing.ts";
import { ctxOf, meterDay, NOW } from "@/lib/charges/testing-ledger.ts";
import { auditPeriod, verifyChain } from "./audit.ts";
import { closePeriod } from "./close.ts";
import { charge, held, SETTINGS, seedOctober } from "./testing-close.ts";

const december = NOW + 86_400 * 40;

/** Someone with the file in hand: the triggers that refuse a change are gone, and a row is changed. */
function tamper(file: string, statement: string): void {
  const raw = new Database(file);
  const triggers = raw.prepare("select name from sqlite_master where type = 'trigger'").pluck().all() as string[];
  for (const name of triggers) raw.exec(`drop trigger "${name}"`);
  expect(raw.prepare(statement).run().changes).toBeGreaterThan(0);
  raw.close();
}

describe("an audit of October and November, closed, with a correction", () => {
  let store: Awaited<ReturnType<typeof sqliteFile>>;
  const found = async () => {
    const ctx = ctxOf(store.db, december);
    const audits = [await auditPeriod(ctx, SETTINGS, "2026-10"), await auditPeriod(ctx, SETTINGS, "2026-11")];
    return [...audits.flatMap((a) => a.faults), ...(await verifyChain(ctx, SETTINGS))].join("\n");
  };
  beforeEach(async () => {
    store = await sqliteFile();
    await seedOctober(store.db);
    await closePeriod(ctxOf(store.db), SETTINGS, { period: "2026-10" });
    await meterDay(store.db, 20261031, [held(1, 14, 2), held(3, 2)]);
    await charge(store.db);
    const overrides = [{ item: "missing-days", reason: "in transit" }];
    await closePeriod(ctxOf(store.db, december), SETTINGS, { period: "2026-11", overrides });
  });
  afterEach(() => store.drop());

  it("finds nothing where nothing was changed", async () => {
    expect(await found()).toBe("");
  });

  it.each<[string, string, RegExp]>([
    [
      "an amount of a line",
      `update statement_lines set line = json_set(line, '$.amountMicros', 1) where number = 'GL-2026-10-0001' and position = 0`,
      /GL-2026-10-0001: its lines sum to .*\n?[\s\S]*its hash is not that of its lines/,
    ],
    [
      "a text of a line",
      `update statement_lines set line = json_set(line, '$.description', 'gift') where number = 'GL-2026-10-0001' and position = 0`,
      /GL-2026-10-0001: its hash is not that of its lines/,
    ],
    [
      "who pays",
      `update statements set header = json_set(header, '$.team.costCentre', 'CC-0') where number = 'GL-2026-10-0002'`,
      /GL-2026-10-0002: its hash is not that of its lines/,
    ],
    [
      "a line and its statement's hash",
      `update statements set hash = 'feed' where number = 'GL-2026-10-0001'`,
      /2026-10: its hash is not that of its charges and statements/,
    ],
    [
      "a charge of a closed day",
      `update charges set amount_micros = amount_micros + 1 where day = 20261030 and workload_key = 1`,
      /2026-10-30, hardware 1: 0 milli-GPU-seconds and -1 micro-units are left[\s\S]*2026-10: its hash is not/,
    ],
    [
      "the sum of a team's day",
      `update team_days set amount_micros = amount_micros - 5 where day = 20261030 and team_key = 11`,
      /Vision: its days sum to 74999995, its statement says 75000000/,
    ],
    [
      "what cards there were",
      `update capacity set capacity_milli = capacity_milli + 7 where bucket_at = (select min(bucket_at) from capacity)`,
      /2026-10-29, hardware 1: its classes are -7 milli-GPU-seconds off capacity and overlap/,
    ],
    [
      "a statement that is gone",
      `delete from statements where number = 'GL-2026-10-0002'`,
      /GL-2026-10-0003: number 2 of fiscal year 2026 is missing/,
    ],
    [
      "a correction that is gone",
      `delete from corrections where booked_in = '2026-11' and team_key = 11`,
      /Vision: its days sum to/,
    ],
    ["who closed it", `update closes set closed_by = 'nobody' where period_id = '2026-10'`, /2026-10: its hash is not/],
    [
      "the total of a close",
      `update closes set total_micros = 1 where period_id = '2026-10'`,
      /2026-10: its statements sum to 180000000, the close says 1\./,
    ],
    [
      "the place in the chain",
      `update closes set previous_hash = '' where period_id = '2026-11'`,
      /2026-11: it does not follow from the close before/,
    ],
  ])("finds %s changed", async (_, statement, message) => {
    tamper(store.file, statement);
    expect(await found()).toMatch(message);
  });
});
