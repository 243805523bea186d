import { statSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { getTableName, is } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { type Db, sql } from "@/db/client.ts";
import * as schema from "@/db/schema/index.ts";
import { ENV_KEYS, type Env } from "@/lib/env.ts";
import { VERSION } from "@/lib/product.ts";
import { redact, withoutControls } from "@/lib/redact.ts";
import { formatInstant, type Instant } from "@/lib/time.ts";
import type { Finding } from "./doctor.ts";

/** Settings whose text is shown: none of them can hold a secret, an address or a name of somebody. */
const SHOWN: ReadonlySet<string> = new Set([
  ...["BILLING_TIME_ZONE", "LEDGER_CURRENCY", "BILLING_CALENDAR", "SYNC_SCHEDULE", "RESOURCE_TYPE", "LOG_LEVEL"],
  ...["STATEMENT_PAPER", "OIDC_DEFAULT_ROLE"],
]);

/** What a setting is, without what it says: numbers and switches as they are, everything else as `set` or `not set`. */
export function settingsShown(env: Env): Record<string, unknown> {
  return Object.fromEntries(
    ENV_KEYS.map((key) => {
      const value = env[key as keyof Env];
      if (typeof value === "number" || typeof value === "boolean" || SHOWN.has(key)) return [key, value];
      const isSet = value !== undefined && value !== null && value !== "" && !isEmpty(value);
      return [key, isSet ? "(set)" : "(not set)"];
    }),
  );
}

const isEmpty = (value: unknown): boolean => typeof value === "object" && Object.keys(value as object).length === 0;

const RUNS = 30;

/** What the ledger itself says of its state: sizes, counts and the last runs. No rows of people, workloads or money. */
export async function ledgerFacts(db: Db, env: Env): Promise<Record<string, unknown>> {
  const tables: Record<string, number> = {};
  for (const table of Object.values(schema) as readonly SQLiteTable[]) {
    if (!is(table, SQLiteTable)) continue;
    const row = await db.find<{ n: number }>(sql`select cast(count(*) as bigint) as n from ${table}`);
    tables[getTableName(table)] = row?.n ?? 0;
  }
  const [migrations, runs, gaps, backfills, leases, events, deliveries] = await Promise.all([
    db.all<{ name: string }>(sql`select name from schema_migrations order by position`),
    db.all<{
      kind: string;
      startedAt: Instant;
      finishedAt: Instant | null;
      status: string;
      counts: string;
      error: string;
    }>(
      sql`select kind, started_at as "startedAt", finished_at as "finishedAt", status, counts, error from sync_runs
        order by started_at desc limit ${RUNS}`,
    ),
    db.all(sql`select cause, cast(count(*) as bigint) as n from gaps group by cause order by cause`),
    db.all(sql`select status, cast(count(*) as bigint) as n from backfills group by status order by status`),
    db.all(sql`select name, until_at as "untilAt" from leases order by name`),
    db.all(sql`select state, cast(count(*) as bigint) as n from event_usage group by state order by state`),
    db.all(sql`select state, cast(count(*) as bigint) as n from alert_deliveries group by state order by state`),
  ]);
  return {
    ...{ database: db.dialect, bytes: await bytesOf(db, env), tables, migrations: migrations.map((m) => m.name) },
    runs: runs.map(({ startedAt, finishedAt, error, ...run }) => ({
      ...{
        ...run,
        started: formatInstant(startedAt),
        finished: finishedAt === null ? null : formatInstant(finishedAt),
      },
      error,
    })),
    ...{ gaps, backfills, leases, usageEvents: events, alertMessages: deliveries },
  };
}

async function bytesOf(db: Db, { DATABASE_URL: url }: Env): Promise<number | null> {
  if (url.startsWith("file:"))
    return statSync(url.slice(5).replace(/\?.*$/, ""), { throwIfNoEntry: false })?.size ?? null;
  const row = await db.find<{ n: number }>(sql`select cast(pg_database_size(current_database()) as bigint) as n`);
  return row?.n ?? null;
}

/** A bundle as text: one JSON document that people can read before they send it. Every known secret is replaced. */
export function bundleText(parts: {
  readonly at: Instant;
  readonly env: Env;
  readonly findings: readonly Finding[];
  readonly ledger: Readonly<Record<string, unknown>> | { readonly error: string };
}): string {
  const { at, env, findings, ledger } = parts;
  const bundle = {
    ...{ product: "GPU Ledger", version: VERSION, created: formatInstant(at) },
    machine: {
      ...{ node: process.version, platform: process.platform, arch: process.arch, release: release() },
      ...{ cores: cpus().length, memoryBytes: totalmem() },
    },
    ...{ settings: settingsShown(env), doctor: findings, ledger },
  };
  return withoutControls(redact(`${JSON.stringify(bundle, null, 2)}\n`));
}
