import { sql } from "@/db/client.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { CLASSES, classColumn } from "@/lib/classes.ts";
import { type Ctx, jobViewer, ledgerOf } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { openSources, SOURCES } from "@/lib/sources/index.ts";
import type { SourceDefinition } from "@/lib/sources/source.ts";
import type { Instant } from "@/lib/time.ts";
import { assemble, type Ledger } from "./ledger.ts";

/** Addresses and keys of the peers that a test runs. */
export interface Peers {
  readonly runaiUrl: string;
  readonly prometheusUrl?: string | undefined;
  readonly credentials: { readonly appId: string; readonly appSecret: string };
}

/** A ledger on a fresh database, or on `store`, with peers, a clock and more sources of the test's. Close it, then drop `store`. */
export async function testLedger(
  peers: Peers,
  now: () => Instant,
  settings: Readonly<Record<string, string>> = {},
  store?: TestDb,
  more: readonly SourceDefinition[] = [],
): Promise<{ ledger: Ledger; store: TestDb }> {
  const env = parseEnv({
    RUNAI_URL: peers.runaiUrl,
    RUNAI_APP_ID: peers.credentials.appId,
    RUNAI_APP_SECRET: peers.credentials.appSecret,
    ...(peers.prometheusUrl ? { PROMETHEUS_URL: peers.prometheusUrl } : {}),
    HTTP_RETRY_WAIT: "5ms",
    HTTP_RETRY_MAX_WAIT: "50ms",
    INITIAL_BACKFILL: "0",
    ...settings,
  });
  const used = store ?? (await sqliteFile());
  const ctx: Ctx = { db: used.db, now, viewer: jobViewer("test"), log: silentLog, ledger: ledgerOf(env) };
  return { ledger: assemble(env, ctx, openSources(env, silentLog, [...SOURCES, ...more])), store: used };
}

/**
 * Whether the ledger has what is true, by `bucket|workload|model|class`: to the milli-GPU-second, and less than one away where sevenths
 * of a card are given out in whole ones.
 */
export function isTrue(key: string, got: number | undefined, truth: number | undefined): boolean {
  const off = Math.abs((got ?? 0) - (truth ?? 0));
  return key.includes("-MIG|") ? off < 1 : off === 0;
}

/** Milli-GPU-seconds by `bucket|workload|model|class`, without zeros; nobody's rows have an empty workload. */
export async function usageByClass(ctx: Ctx): Promise<Map<string, number>> {
  const columns = sql.raw(CLASSES.map((c) => `u.${classColumn(c, "milli")} as "${c}"`).join(", "));
  type Row = { bucketAt: number; workload: string | null; gpuModel: string } & Record<string, number>;
  const rows =
    await ctx.db.all<Row>(sql`select u.bucket_at as "bucketAt", w.id as workload, h.gpu_model as "gpuModel", ${columns}
    from usage u join hardware h on h.key = u.hardware_key left join workloads w on w.key = u.workload_key`);
  const out = new Map<string, number>();
  for (const row of rows)
    for (const c of CLASSES) {
      const key = `${row.bucketAt}|${row.workload ?? ""}|${row.gpuModel}|${c}`;
      if (row[c]) out.set(key, (out.get(key) ?? 0) + row[c]);
    }
  return out;
}
