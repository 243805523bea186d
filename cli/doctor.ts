import { existsSync, statfsSync, statSync } from "node:fs";
import path from "node:path";
import { openDb, sql } from "@/db/client.ts";
import { exposureWarning } from "@/db/file-access.ts";
import { checkDiscovery } from "@/lib/auth/nextauth/discovery.ts";
import { type AuthSettings, authSettings } from "@/lib/auth/settings.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Env } from "@/lib/env.ts";
import { errorText } from "@/lib/errors.ts";
import { testConnections } from "@/lib/jobs/index.ts";
import { checkLedger } from "@/lib/jobs/ledger.ts";
import { checkMailServer, mailSettingsOf } from "@/lib/mail/index.ts";
import { loadSyncHealth } from "@/lib/pages/sync-state.ts";
import { formatSeconds, HOUR } from "@/lib/time.ts";

/** What a check found: `ok`; `warning`, which works but should be looked at; `failed`, which does not work. */
export interface Finding {
  readonly state: "ok" | "warning" | "failed";
  readonly what: string;
  /** What was seen. */
  readonly detail: string;
  /** What to do; empty where nothing is to be done. */
  readonly advice: string;
}

/** Everything that a check may look at; the store is there once it could be opened. */
export interface Patient {
  readonly env: Env;
  readonly ctx: Omit<Ctx, "db">;
}

const ok = (what: string, detail: string): Finding => ({ state: "ok", what, detail, advice: "" });
const warning = (what: string, detail: string, advice: string): Finding => ({ state: "warning", what, detail, advice });
const failed = (what: string, detail: string, advice: string): Finding => ({ state: "failed", what, detail, advice });

/** The SQLite file of a ledger; null: it is on PostgreSQL. */
const fileOf = ({ DATABASE_URL: url }: Pick<Env, "DATABASE_URL">): string | null =>
  url.startsWith("file:") ? path.resolve(url.slice(5).replace(/\?.*$/, "")) : null;

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  const isNew = major > 22 || (major === 22 && minor >= 14);
  return isNew
    ? ok("Node.js", version)
    : failed("Node.js", `${version} is too old`, "Use 22.14 or newer; npm brings one: run commands through npm.");
}

export function checkSignIn(env: Env): Finding {
  try {
    const settings = authSettings(env);
    if (!settings)
      return warning(
        "Sign-in",
        "off: anyone who reaches this machine's port may do everything",
        "Set AUTH=on, NEXTAUTH_URL and NEXTAUTH_SECRET.",
      );
    const ways = [settings.password ? "password" : "", settings.provider ? "identity provider" : ""].filter(Boolean);
    return ok("Sign-in", `${settings.url}, by ${ways.join(" and ")}`);
  } catch (error) {
    return failed("Sign-in", errorText(error), "See docs/sign-in.md.");
  }
}

const LEAST_FREE_BYTES = 1e9;

/** Room for the database to grow, and for one copy of it while it is upgraded or backed up. */
export function checkDisk(env: Env, freeBytes?: number): Finding | null {
  const file = fileOf(env);
  if (!file) return null;
  const folder = existsSync(path.dirname(file)) ? path.dirname(file) : path.dirname(path.dirname(file));
  const { bavail, bsize } = statfsSync(folder);
  const free = freeBytes ?? bavail * bsize;
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  const detail = `${gigabytes(free)} free at ${folder}; the ledger has ${gigabytes(size)}`;
  return free < Math.max(LEAST_FREE_BYTES, 1.2 * size)
    ? warning("Disk", detail, "Make room: an upgrade and a backup each need as much again as the ledger has.")
    : ok("Disk", detail);
}

const MOST_SECONDS_APART = 30;

/** The clock of this machine against that of the database server, and against the newest instant that the ledger has seen. */
async function checkClock({ db, now }: Pick<Ctx, "db" | "now">): Promise<Finding> {
  const server =
    db.dialect === "postgres"
      ? await db.find<{ at: number }>(sql`select cast(extract(epoch from now()) as bigint) as "at"`)
      : undefined;
  const seen = await db.find<{ at: number | null }>(sql`select max(started_at) as "at" from sync_runs`);
  const apart = server ? Math.abs(server.at - now()) : 0;
  const advice = "Synchronise the clock (NTP): samples, leases and sessions depend on it.";
  if (apart > MOST_SECONDS_APART) return failed("Clock", `${apart} s apart from the database server`, advice);
  const ahead = (seen?.at ?? 0) - now();
  if (ahead > MOST_SECONDS_APART)
    return failed("Clock", `a sync of this ledger began ${formatSeconds(ahead)} from now: the clock went back`, advice);
  return ok("Clock", server ? `${apart} s apart from the database server` : "not behind the ledger");
}

async function checkSync(ctx: Ctx, env: Env): Promise<Finding[]> {
  const { lastSuccessAt, openGaps, dueBuckets, lastRun } = await loadSyncHealth(ctx);
  if (lastSuccessAt === null) {
    const read = await ctx.db.find<{ one: number }>(
      sql`select 1 as "one" from windows where status = 'fetched' limit 1`,
    );
    const detail = read ? "no sync has run yet; a backfill has read data" : "nothing was ever read";
    const advice = `${read ? "" : "Connect a source, then "}run: npm run ledger -- sync --once`;
    return [warning("Sync", lastRun?.error || detail, advice.replace(/^r/, "R"))];
  }
  const age = ctx.now() - lastSuccessAt;
  const detail = `last success ${formatSeconds(age)} ago, ${openGaps} open gaps, ${dueBuckets} buckets to meter`;
  const late = age > HOUR;
  const who = env.SCHEDULER ? "Is the server running?" : "SCHEDULER=off: is `ledger serve-jobs` running?";
  return [
    late ? failed("Sync", detail, `${who} ${lastRun?.error ?? ""}`.trim()) : ok("Sync", detail),
    ...(openGaps > 0 && !late
      ? [warning("Gaps", `${openGaps} open`, "They are retried automatically; the Sync page lists them with causes.")]
      : []),
  ];
}

async function checkConnections({ ctx, env }: Patient): Promise<Finding[]> {
  const reports = await testConnections(ctx, env);
  return reports.map(({ title, url, ok: works, version, message }) =>
    works
      ? ok(title, [url, version].filter(Boolean).join(", version "))
      : failed(title, url || "not configured", message),
  );
}

/** Database: it opens, is migrated, has the settings' zone and currency, and a key reads its secrets. */
async function checkStore({ ctx, env }: Patient): Promise<Finding[]> {
  const file = fileOf(env);
  if (file && !existsSync(file))
    return [warning("Database", `there is no ledger at ${file} yet`, "The first start or sync creates it.")];
  try {
    await checkLedger(env, ctx.log);
    const db = await openDb(env.DATABASE_URL);
    try {
      const whole: Ctx = { ...ctx, db };
      const exposed = exposureWarning(env.DATABASE_URL);
      return [
        ok("Database", db.dialect === "sqlite" ? (file ?? "") : "PostgreSQL, migrated"),
        ...(exposed ? [warning("Files", exposed, "")] : []),
        await checkClock(whole),
        ...(await checkSync(whole, env)),
      ];
    } finally {
      await db.close();
    }
  } catch (error) {
    return [failed("Database", errorText(error), "See docs/operations.md.")];
  }
}

/** The provider's discovery document, its issuer and its certificate; nothing where there is no provider. */
export async function checkProvider(env: Env): Promise<Finding[]> {
  const provider = signInOf(env)?.provider;
  if (!provider) return [];
  try {
    await checkDiscovery(provider);
    return [ok("Identity provider", provider.issuer)];
  } catch (error) {
    return [
      failed("Identity provider", errorText(error), "Until then nobody signs in through it. See docs/sign-in.md."),
    ];
  }
}

/** Null where settings are missing, which checkSignIn says. */
function signInOf(env: Env): AuthSettings | null {
  try {
    return authSettings(env);
  } catch {
    return null;
  }
}

/** Whether the mail server answers and lets the ledger in. No mail is sent. */
export async function checkMail(env: Env): Promise<Finding> {
  const settings = mailSettingsOf(env);
  if (!settings)
    return warning("Mail", "no mail server", "Alerts, invitations and lost passwords need SMTP_URL and MAIL_FROM.");
  try {
    await checkMailServer(settings);
    return ok("Mail", "the server answers; no mail was sent");
  } catch (error) {
    return failed("Mail", errorText(error), "Check SMTP_URL (address, port, user and password) and SMTP_CA_FILE.");
  }
}

/** Looks at everything that can keep the product from working. Changes nothing, but a database of an earlier version is upgraded when it opens. */
export async function examine(patient: Patient, nodeVersion: string): Promise<Finding[]> {
  const { env } = patient;
  const disk = checkDisk(env);
  return [
    checkNode(nodeVersion),
    checkSignIn(env),
    ...(disk ? [disk] : []),
    ...(await checkStore(patient)),
    ...(await checkConnections(patient)),
    ...(await checkProvider(env)),
    await checkMail(env),
  ];
}
