import { type Db, openDb } from "@/db/client.ts";
import { sendingOf } from "@/lib/alerts/index.ts";
import { assertCurrency } from "@/lib/charges/currency-store.ts";
import { type Ctx, ledgerOf, systemNow, type Viewer } from "@/lib/ctx.ts";
import type { Env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import type { Log } from "@/lib/log.ts";
import { readMargin } from "@/lib/metering/classify.ts";
import { assertZone } from "@/lib/metering/store.ts";
import type { MeterRules } from "@/lib/metering/types.ts";
import { assertReadable, secretKeys } from "@/lib/secrets/index.ts";
import { openSources, whatToSet } from "@/lib/sources/index.ts";
import type { Source } from "@/lib/sources/source.ts";
import { boundedNow, skewWarning } from "@/lib/sync/clock.ts";
import { SeriesKeys, WIDEST_STEP } from "@/lib/sync/samples/sample-store.ts";
import type { Sources } from "@/lib/sync/sources.ts";
import { ceilTo, floorTo, type Instant } from "@/lib/time.ts";
import { Connected } from "./connected.ts";
import { rulesOf } from "./rules.ts";

/** What the recurring work needs, opened once per process. */
export interface Ledger {
  readonly env: Env;
  readonly ctx: Ctx;
  readonly rules: MeterRules;
  /** Null while none of them has an inventory: then there is nothing to sync. */
  readonly sources: Sources | null;
  /** Opens connections that were added or changed, and leaves those that were paused or removed. @returns why some cannot be opened. */
  refresh(): Promise<readonly string[]>;
  /** Reads again what sources mean by names of clusters: after an inventory, more of them are known. */
  learnNames(): Promise<void>;
  readonly keys: SeriesKeys;
  /** Seconds around a range whose samples can change its classes. */
  readonly marginSeconds: number;
  /** The instant up to which facts and samples have settled: later ones may still arrive. */
  horizon(): Instant;
  /** Learns the time of sources that have not answered yet. @returns what to say of clocks that are apart. */
  readTime(): Promise<readonly string[]>;
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
  const ledger = assemble(
    env,
    { db, now, viewer, log, ledger: ledgerOf(env) },
    openSources(env, log),
    now === systemNow,
  );
  await ledger.refresh();
  return ledger;
}

/**
 * Checks what must hold before anything is served: the settings and files of each source can be read, the database
 * opens and is migrated, it has the configured time zone and currency, and a key reads its stored secrets. Nothing is sent to a source.
 * @throws AppError that says what to do.
 */
export async function checkLedger(env: Env, log: Log): Promise<void> {
  for (const source of openSources(env, log)) await source.close();
  sendingOf(env, () => 0);
  const db = await openDb(env.DATABASE_URL);
  try {
    await assertZone(db, env.BILLING_TIME_ZONE);
    await assertCurrency(db, env.LEDGER_CURRENCY);
    await assertReadable(db, secretKeys(env));
  } finally {
    await db.close();
  }
}

/**
 * A ledger built from given parts, also for tests. Stored connections join the given sources with `refresh`.
 * @param bounded its clock is no later than those of its sources: the clock of a machine may be a day ahead, and what is
 *   booked then cannot have happened (docs/decisions/0191).
 */
export function assemble(env: Env, given: Ctx, list: readonly Source[], bounded = false): Ledger {
  const own = given.now;
  const connected = new Connected(env, given, list);
  const { sources } = connected;
  const theirs = () => (bounded ? sources.times() : []);
  const ctx: Ctx = {
    ...given,
    now: () =>
      boundedNow(
        own(),
        theirs().map(({ at }) => at),
      ),
  };
  const rules = rulesOf(env);
  const step = Math.max(env.SAMPLE_STEP, env.BACKFILL_STEP);
  return {
    env,
    ctx,
    rules,
    get sources() {
      return sources.providers("inventory").length > 0 ? sources : null;
    },
    refresh: () => connected.refresh(),
    learnNames: () => connected.learnNames(),
    keys: new SeriesKeys(),
    marginSeconds: ceilTo(readMargin(rules, Math.max(step, WIDEST_STEP)), 60),
    readTime: async () => {
      if (bounded) await sources.askTime(own());
      return theirs().flatMap(({ title, at }) => skewWarning(own(), title, at) ?? []);
    },
    horizon: () => floorTo(ctx.now() - Math.max(env.SETTLE_DELAY, env.METRICS_OFFSET), step),
    close: async () => {
      await connected.close();
      await (ctx.db as Db).close();
    },
  };
}

/** The sources of a ledger that must have some. @throws AppError `invalid` saying what to set. */
export function needSources(ledger: Ledger): Sources {
  if (ledger.sources) return ledger.sources;
  throw new AppError("invalid", `No source is configured: add a connection, or ${whatToSet()}.`);
}

/** The currency of the ledger, and the zone of its days. */
export const moneyOf = (env: Env) => ({ currency: env.LEDGER_CURRENCY, billingTimeZone: env.BILLING_TIME_ZONE });
