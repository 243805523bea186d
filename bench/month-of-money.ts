import { monitorEventLoopDelay } from "node:perf_hooks";
import Database from "better-sqlite3";
import { openDb, sql } from "@/db/client.ts";
import { periodFile, statementFile } from "@/lib/api/statement-files.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { closePeriod } from "@/lib/closing/close.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { statementPdf } from "@/lib/exports/pdf/statement.ts";
import { previewPrices } from "@/lib/previews/price.ts";
import type { Price } from "@/lib/pricing/types.ts";
import { MONEY } from "./charged-ledger.ts";
import { timed } from "./measure.ts";
import { SETTINGS } from "./money-pages.ts";
import { ctxOf } from "./philly-ledger.ts";

/** November 2017 of the Philly replay: the month that is rated, closed and downloaded. */
const MONTH = { id: "2017-11", from: 20171101, until: 20171201, days: 30 };
const BEFORE = ["2017-09", "2017-10"];
const NOW = Date.UTC(2017, 11, 22, 9) / 1000;
const ACCOUNTS = { recoveryAccount: "4900", recoveryCostCentre: "CC-1" };

export interface Step {
  readonly seconds: number;
  /** Rows, lines or bytes that it dealt with. */
  readonly size: number;
  /** Milliseconds: the longest that anything else asked of the process would have waited. */
  readonly waitMs?: number;
}

/** A step as a server does it: SQLite is read in threads. */
async function over(file: string, body: (ctx: Ctx) => Promise<Step>): Promise<Step> {
  const db = await openDb(`file:${file}`, "threads");
  const waits = monitorEventLoopDelay({ resolution: 5 });
  waits.enable();
  try {
    const step = await body(ctxOf(db, NOW));
    waits.disable();
    return { ...step, waitMs: waits.max / 1e6 };
  } finally {
    await db.close();
  }
}

/** Task: every day of the month rated and allocated again, as after a change of prices. */
export const rate = ({ file }: { file: string }): Promise<Step> =>
  over(file, async (ctx) => {
    const within = sql`day >= ${MONTH.from} and day < ${MONTH.until}`;
    await ctx.db.write((tx) => tx.run(sql`update metered_days set revision = revision + 1 where ${within}`));
    const { seconds, result } = await timed(() => chargeDue(ctx, MONEY));
    if (result !== MONTH.days) throw new Error(`${result} days were charged, not ${MONTH.days}`);
    const row = await ctx.db.find<{ n: number }>(
      sql`select count(distinct workload_key) as n from charges where ${within}`,
    );
    return { seconds, size: row?.n ?? 0 };
  });

/** Task: the rows that rating reads and writes, read bare: what the engine alone needs. */
export async function bare({ file }: { file: string }): Promise<Step> {
  const db = new Database(file, { readonly: true });
  const start = performance.now();
  let size = 0;
  for (const table of ["usage_days", "charges", "team_days", "shares"])
    size += db.prepare(`select * from ${table} where day >= ? and day < ?`).raw().all(MONTH.from, MONTH.until).length;
  const seconds = (performance.now() - start) / 1000;
  db.close();
  return { seconds, size };
}

/** Task: what a higher price would do to the month, team by team, without writing. */
export const dryRun = ({ file }: { file: string }): Promise<Step> =>
  over(file, async (ctx) => {
    const proposed: Price = {
      ...{
        key: 1,
        proposalId: "bench",
        version: null,
        kind: "gpu",
        match: "P100",
        clusterId: "",
        priceClass: "standard",
      },
      ...{ unitPriceNanos: 3_500_000_000, currency: "USD", effectiveFrom: MONTH.from },
      origin: { type: "entered", note: "" },
    };
    const { seconds, result } = await timed(() => previewPrices(ctx, [proposed], MONTH, MONEY));
    if (result.days !== MONTH.days || result.total.changeMicros <= 0) throw new Error("the dry run found no change");
    return { seconds, size: result.teams.length };
  });

async function drained(chunks: AsyncIterable<string | Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) bytes += chunk.length;
  return bytes;
}

/** Task: one file of the whole month, made from nothing but the database. */
export const periodFileTask = ({ file, format }: { file: string; format: string }): Promise<Step> =>
  over(file, async (ctx) => {
    const { seconds, result } = await timed(async () =>
      drained((await periodFile(ctx, SETTINGS, ACCOUNTS, MONTH.id, format)).chunks),
    );
    return { seconds, size: result };
  });

/** Task: the same of the team with the most workloads. */
export const teamFile = ({ file, format }: { file: string; format: string }): Promise<Step> =>
  over(file, async (ctx) => {
    const [team] = await ctx.db.all<{ key: number }>(sql`select team_key as key from charges
      where day >= ${MONTH.from} and day < ${MONTH.until} and workload_key <> 0
      group by team_key order by count(distinct workload_key) desc limit 1`);
    const { seconds, result } = await timed(async () =>
      drained((await statementFile(ctx, SETTINGS, MONTH.id, team?.key ?? 0, format, ACCOUNTS)).chunks),
    );
    return { seconds, size: result };
  });

/** Task: a PDF of a thousand lines. */
export async function pdf(): Promise<Step> {
  // Only here: it brings the library of property tests, whose memory is not the product's.
  const { statementOf, usageLine, workloadPages } = await import("@/lib/exports/testing-statement.ts");
  const lines = Array.from({ length: 1000 }, (_, i) =>
    usageLine(1_000_000 + i * 7919, 2_500_000_000, { key: `line-${i}`, project: `project-${i % 40}` }),
  );
  const workloads = (await workloadPages(15).next()).value ?? [];
  const { seconds, result } = await timed(() => statementPdf(statementOf({ lines }), { workloads }));
  return { seconds, size: result.length };
}

/** Task: the month closed, with all that this proves; the months before were closed first. */
export const close = ({ file }: { file: string }): Promise<Step> =>
  over(file, async (ctx) => {
    const shut = async (period: string) => (await closePeriod(ctx, SETTINGS, { period })).statements.length;
    for (const period of BEFORE) await shut(period);
    const { seconds, result } = await timed(() => shut(MONTH.id));
    return { seconds, size: result };
  });
