import { type Db, openDb } from "@/db/client.ts";
import { assertCurrency } from "@/lib/charges/currency-store.ts";
import { type Ctx, systemNow, type Viewer } from "@/lib/ctx.ts";
import type { Env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import type { HttpSettings } from "@/lib/http.ts";
import type { Log } from "@/lib/log.ts";
import { readMargin } from "@/lib/metering/classify.ts";
import { assertZone } from "@/lib/metering/store.ts";
import type { MeterRules } from "@/lib/metering/types.ts";
import { createPrometheusSource } from "@/lib/sources/prometheus/index.ts";
import { createRunaiSource } from "@/lib/sources/runai/index.ts";
import { SeriesKeys, WIDEST_STEP } from "@/lib/sync/samples/sample-store.ts";
import type { Sources } from "@/lib/sync/sources.ts";
import { ceilTo, floorTo, type Instant } from "@/lib/time.ts";
import { rulesOf } from "./rules.ts";

/** All that the recurring work needs, opened once for a process. */
export interface Ledger {
  readonly env: Env;
  readonly ctx: Ctx;
  readonly rules: MeterRules;
  readonly sources: Sources | null;
  readonly keys: SeriesKeys;
  /** Seconds around a range whose samples can change its classes. */
  readonly marginSeconds: number;
  /** Up to here facts and samples have settled: everything later may still arrive. */
  horizon(): Instant;
  close(): Promise<void>;
}

/** Opens the store and the sources that the settings name. @throws AppError `invalid` for settings that cannot work. */
export async function openLedger(env: Env, log: Log, viewer: Viewer, now: () => Instant = systemNow): Promise<Ledger> {
  const db = await openDb(env.DATABASE_URL);
  try {
    await assertZone(db, env.BILLING_TIME_ZONE);
    await assertCurrency(db, env.LEDGER_CURRENCY);
  } catch (error) {
    await db.close();
    throw error;
  }
  const sources = createSources(env, log);
  return assemble(env, { db, now, viewer, log }, sources);
}

/**
 * What must hold before anything is served: the database opens and is migrated, and its days and amounts are of the zone and currency set.
 * @throws AppError that says what to do.
 */
export async function checkLedger(env: Env): Promise<void> {
  const db = await openDb(env.DATABASE_URL);
  try {
    await assertZone(db, env.BILLING_TIME_ZONE);
    await assertCurrency(db, env.LEDGER_CURRENCY);
  } finally {
    await db.close();
  }
}

/** A ledger of given parts: what tests build, too. */
export function assemble(env: Env, ctx: Ctx, sources: Sources | null): Ledger {
  const rules = rulesOf(env);
  const step = Math.max(env.SAMPLE_STEP, env.BACKFILL_STEP);
  return {
    env,
    ctx,
    rules,
    sources,
    keys: new SeriesKeys(),
    marginSeconds: ceilTo(readMargin(rules, Math.max(step, WIDEST_STEP)), 60),
    horizon: () => floorTo(ctx.now() - Math.max(env.SETTLE_DELAY, env.METRICS_OFFSET), step),
    close: async () => {
      await sources?.close();
      await (ctx.db as Db).close();
    },
  };
}

/** The sources, or a plain word on what to set. @throws AppError `invalid`. */
export function needSources(ledger: Ledger): Sources {
  if (ledger.sources) return ledger.sources;
  throw new AppError(
    "invalid",
    "No source is configured: set RUNAI_URL, RUNAI_APP_ID and RUNAI_APP_SECRET (and PROMETHEUS_URL, if there is one).",
  );
}

/** Whose days are charged, in which currency. */
export const moneyOf = (env: Env) => ({ currency: env.LEDGER_CURRENCY, billingTimeZone: env.BILLING_TIME_ZONE });

function httpOf(env: Env): Omit<HttpSettings, "log" | "tls"> {
  return {
    timeoutMs: env.HTTP_TIMEOUT,
    retryCount: env.HTTP_RETRY_COUNT,
    retryWaitMs: env.HTTP_RETRY_WAIT,
    retryMaxWaitMs: env.HTTP_RETRY_MAX_WAIT,
    deadlineMs: env.HTTP_DEADLINE,
    concurrency: env.HTTP_CONCURRENCY,
  };
}

export function createSources(env: Env, log: Log): Sources | null {
  if (!env.RUNAI_URL || !env.RUNAI_APP_ID || !env.RUNAI_APP_SECRET) return null;
  const facts = createRunaiSource({
    url: env.RUNAI_URL,
    appId: env.RUNAI_APP_ID,
    appSecret: env.RUNAI_APP_SECRET,
    caFile: env.RUNAI_CA_FILE,
    metrics: env.METRICS,
    resourceType: env.RESOURCE_TYPE,
    log,
    http: httpOf(env),
  });
  const bulk = env.PROMETHEUS_URL ? createPrometheusSource(prometheusSettings(env, env.PROMETHEUS_URL, log)) : null;
  return {
    facts,
    bulk,
    resourceType: env.RESOURCE_TYPE,
    requests: () => facts.requests + (bulk?.requests ?? 0),
    close: async () => {
      await facts.close();
      await bulk?.close();
    },
  };
}

function prometheusSettings(env: Env, url: string, log: Log): Parameters<typeof createPrometheusSource>[0] {
  return {
    url,
    pathPrefix: env.PROMETHEUS_PATH_PREFIX,
    username: env.PROMETHEUS_USERNAME,
    password: env.PROMETHEUS_PASSWORD,
    bearerToken: env.PROMETHEUS_BEARER_TOKEN,
    bearerTokenFile: env.PROMETHEUS_BEARER_TOKEN_FILE,
    caFile: env.PROMETHEUS_CA_FILE,
    certFile: env.PROMETHEUS_CERT_FILE,
    keyFile: env.PROMETHEUS_KEY_FILE,
    headers: env.PROMETHEUS_HEADERS,
    cluster: env.PROMETHEUS_CLUSTER,
    http: httpOf(env),
    log,
  };
}
