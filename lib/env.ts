import { readFileSync } from "node:fs";
import { z } from "zod";
import { AppError } from "./errors.ts";
import { minorDigits } from "./money.ts";
import { bucketSecondsFor, checkZone, DAY, parseDurationMs } from "./time.ts";

/** `1h30m`, `30s`, `100ms`, `14d` → milliseconds. */
const durationMs = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, issues) => {
      const ms = parseDurationMs(text);
      if (ms === null)
        issues.addIssue({ code: "custom", message: "expected a duration such as 30s, 5m, 1h30m or 14d" });
      return ms ?? 0;
    });
const durationSeconds = (fallback: string, leastSeconds = 1) =>
  durationMs(fallback)
    .refine((ms) => ms >= leastSeconds * 1000, `expected at least ${leastSeconds}s`)
    .transform((ms) => Math.round(ms / 1000));
const whole = (fallback: number, least: number, most: number) =>
  z.coerce
    .number({ error: "expected a whole number" })
    .int("expected a whole number")
    .min(least)
    .max(most)
    .default(fallback);
const onOff = (fallback: "on" | "off") =>
  z
    .enum(["on", "off"], { error: 'expected "on" or "off"' })
    .default(fallback)
    .transform((v) => v === "on");
const url = z
  .url({ protocol: /^https?$/, error: "expected an http:// or https:// address" })
  .transform((u) => u.replace(/\/+$/, ""));
const commaSeparated = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean),
  );
/** Files of one font each, looked at before a document needs them. */
const fontFiles = commaSeparated.superRefine((files, issues) => {
  for (const file of files.filter((f) => !isFont(f)))
    issues.addIssue({
      code: "custom",
      message: `expected files of TrueType, OpenType or WOFF fonts, separated by commas; "${file}" is none`,
    });
});
/** `Name=value;Name=value`: extra request headers, such as a tenant. */
const headers = z
  .string()
  .default("")
  .transform((text, issues) => {
    const out: Record<string, string> = {};
    for (const part of text.split(";").filter((p) => p.trim())) {
      const at = part.indexOf("=");
      if (at < 1) issues.addIssue({ code: "custom", message: 'expected "Name=value;Name=value"' });
      else out[part.slice(0, at).trim()] = part.slice(at + 1).trim();
    }
    return out;
  });

/** Random texts of which the first signs and all are read, so that one can be replaced while people are signed in. */
const secrets = commaSeparated.superRefine((list, issues) => {
  if (list.some((secret) => secret.length < 32))
    issues.addIssue({
      code: "custom",
      message: "expected random texts of at least 32 characters, separated by commas (openssl rand -base64 32)",
    });
});

const schema = z.object({
  RUNAI_URL: url.optional(),
  RUNAI_APP_ID: z.string().min(1).optional(),
  RUNAI_APP_SECRET: z.string().min(1).optional(),
  RUNAI_CA_FILE: z.string().optional(),
  PROMETHEUS_URL: url.optional(),
  PROMETHEUS_PATH_PREFIX: z
    .string()
    .default("")
    .transform((p) => p.replace(/\/+$/, "")),
  PROMETHEUS_USERNAME: z.string().optional(),
  PROMETHEUS_PASSWORD: z.string().optional(),
  PROMETHEUS_BEARER_TOKEN: z.string().optional(),
  PROMETHEUS_BEARER_TOKEN_FILE: z.string().optional(),
  PROMETHEUS_CA_FILE: z.string().optional(),
  PROMETHEUS_CERT_FILE: z.string().optional(),
  PROMETHEUS_KEY_FILE: z.string().optional(),
  PROMETHEUS_HEADERS: headers,
  PROMETHEUS_CLUSTER: z.string().optional(),
  DATABASE_URL: z
    .string()
    .regex(/^(file:|postgres(ql)?:\/\/)/, "expected file:<path> or postgres://…")
    .default("file:./data/ledger.db"),
  BILLING_TIME_ZONE: z
    .string()
    .default("UTC")
    .transform((zone, issues) => {
      try {
        return checkZone(zone);
      } catch {
        issues.addIssue({ code: "custom", message: 'expected an IANA time zone such as "UTC" or "Europe/Berlin"' });
        return "UTC";
      }
    }),
  LEDGER_CURRENCY: z.string().refine(isCurrency, "expected an ISO 4217 code such as USD").default("USD"),
  BILLING_CALENDAR: z.enum(["month", "4-4-5"], { error: 'expected "month" or "4-4-5"' }).default("month"),
  FISCAL_YEAR_START: z
    .string()
    .regex(/^(0?[1-9]|1[0-2])$/, "expected a month from 01 to 12")
    .default("01")
    .transform(Number),
  CLOSE_GRACE_DAYS: whole(5, 0, 60),
  STATEMENT_ISSUER: z.string().default("GPU platform"),
  DISPUTE_CONTACT: z.string().default(""),
  STATEMENT_PAPER: z.enum(["A4", "Letter"], { error: 'expected "A4" or "Letter"' }).default("A4"),
  STATEMENT_FONTS: fontFiles,
  RECOVERY_COST_CENTRE: z.string().default(""),
  RECOVERY_GL_ACCOUNT: z.string().default(""),
  SYNC_SCHEDULE: z
    .string()
    .default("@every 60s")
    .refine(isSchedule, "expected a cron line with seconds, or @every 30s"),
  METRICS_OFFSET: durationSeconds("30s", 0),
  SETTLE_DELAY: durationSeconds("2m", 0),
  RESOURCE_TYPE: z.enum(["workload", "pod"], { error: 'expected "workload" or "pod"' }).default("workload"),
  METRICS: commaSeparated,
  SAMPLE_STEP: durationSeconds("15s", 5),
  BACKFILL_STEP: durationSeconds("60s", 5),
  INITIAL_BACKFILL: durationSeconds("24h", 0).refine((s) => s <= 1100 * DAY, "expected at most 1100d"),
  SERIES_RETENTION: durationSeconds("14d", 3600),
  SOURCE_RETENTION: durationSeconds("30d", 3600),
  METER_STARTING_GRACE: durationSeconds("15m", 0),
  METER_IDLE_AFTER: durationSeconds("10m", 60),
  METER_HELD_MEMORY_PERCENT: z.coerce.number().min(0).max(100).default(2),
  METER_HELD_MEMORY_MIB: whole(512, 0, 1_000_000),
  METER_INEFFICIENT_PERCENT: z.coerce.number().min(0).max(100).default(25),
  METER_ACTIVITY_PERCENT: z.coerce.number().min(0).max(100).default(1),
  METER_HOLD_STEPS: z.coerce.number().min(1).max(20).default(2.5),
  HTTP_TIMEOUT: durationMs("30s"),
  HTTP_RETRY_COUNT: whole(5, 0, 20),
  HTTP_RETRY_WAIT: durationMs("200ms"),
  HTTP_RETRY_MAX_WAIT: durationMs("10s"),
  HTTP_DEADLINE: durationMs("5m"),
  HTTP_CONCURRENCY: whole(5, 1, 64),
  SCHEDULER: onOff("on"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
  HOST: z.string().default("127.0.0.1"),
  ALLOWED_HOSTS: commaSeparated.transform((names) => names.map((name) => name.toLowerCase())),
  PORT: whole(3000, 0, 65_535),
  TRUSTED_PROXIES: whole(0, 0, 10),
  DEMO: onOff("off"),
  AUTH: onOff("on"),
  NEXTAUTH_URL: url.optional(),
  NEXTAUTH_SECRET: secrets,
  PASSWORD_SIGN_IN: onOff("on"),
  SESSION_LIFETIME: durationSeconds("12h", 300),
  SESSION_IDLE: durationSeconds("4h", 300),
  FIRST_ADMIN_EMAIL: z.string().default(""),
  OIDC_ISSUER: url.optional(),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  OIDC_NAME: z.string().default("Single sign-on"),
  OIDC_SCOPES: z.string().default("openid email profile"),
  OIDC_GROUPS_CLAIM: z.string().default("groups"),
  OIDC_CA_FILE: z.string().optional(),
  OIDC_TIMEOUT: durationMs("10s"),
  OIDC_ALLOWED_DOMAINS: commaSeparated.transform((names) => names.map((name) => name.toLowerCase().replace(/^@/, ""))),
  OIDC_DEFAULT_ROLE: z
    .enum(["engineer", "viewer", "none"], { error: 'expected "engineer", "viewer" or "none"' })
    .default("engineer"),
});

function isCurrency(code: string): boolean {
  try {
    minorDigits(code);
    return true;
  } catch {
    return false;
  }
}

function isSchedule(text: string): boolean {
  if (text.startsWith("@every ")) return (parseDurationMs(text.slice(7).trim()) ?? 0) >= 1000;
  return /^(@(yearly|monthly|weekly|daily|hourly))$/.test(text) || /^(\S+\s+){4,6}\S+$/.test(text);
}

/** By its first four bytes; false for what cannot be read. */
function isFont(file: string): boolean {
  try {
    const start = readFileSync(file).subarray(0, 4).toString("latin1");
    return ["\0\x01\0\0", "OTTO", "true", "wOFF"].includes(start);
  } catch {
    return false;
  }
}

export type Env = z.output<typeof schema> & {
  /** One hour, or 15 minutes in zones that are not a whole hour from UTC. */
  readonly BUCKET_SECONDS: number;
};

/** Names that earlier tools used for the same thing. Ours wins when both are set. */
const SYNONYMS: Record<string, string> = {
  BASE_URL: "RUNAI_URL",
  CLIENT_ID: "RUNAI_APP_ID",
  CLIENT_SECRET: "RUNAI_APP_SECRET",
};

export const ENV_KEYS = Object.keys(schema.shape);
export const ENV_SYNONYMS = SYNONYMS;

/**
 * The settings in a set of environment variables. Empty values count as unset.
 * @throws AppError `invalid`, one line for each wrong key: its name and what is expected.
 */
export function parseEnv(variables: Readonly<Record<string, string | undefined>>): Env {
  const given: Record<string, string> = {};
  for (const [key, value] of Object.entries(variables)) if (value) given[key] = value;
  // BASE_URL alone belongs to somebody else: many tools set it.
  const meansRunai = Boolean(given.CLIENT_ID || given.RUNAI_APP_ID);
  for (const [old, name] of Object.entries(SYNONYMS))
    if (given[old] && !given[name] && (old !== "BASE_URL" || meansRunai)) given[name] = given[old];
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${String(issue.path[0])}: ${issue.message}`);
    throw new AppError(
      "invalid",
      `Settings (environment variables) are wrong:\n${lines.join("\n")}\nSee docs/configuration.md.`,
    );
  }
  const env = parsed.data;
  const runai = [env.RUNAI_URL, env.RUNAI_APP_ID, env.RUNAI_APP_SECRET].filter(Boolean).length;
  if (runai !== 0 && runai !== 3)
    throw new AppError(
      "invalid",
      "RUNAI_URL, RUNAI_APP_ID and RUNAI_APP_SECRET belong together: set all three, or none.",
    );
  if (Boolean(env.PROMETHEUS_CERT_FILE) !== Boolean(env.PROMETHEUS_KEY_FILE))
    throw new AppError(
      "invalid",
      "PROMETHEUS_CERT_FILE and PROMETHEUS_KEY_FILE belong together: set both, or neither.",
    );
  const oidc = [env.OIDC_ISSUER, env.OIDC_CLIENT_ID, env.OIDC_CLIENT_SECRET].filter(Boolean).length;
  if (oidc !== 0 && oidc !== 3)
    throw new AppError(
      "invalid",
      "OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together: set all three, or none.",
    );
  const own = env.NEXTAUTH_URL ? [new URL(env.NEXTAUTH_URL).hostname.toLowerCase()] : [];
  const ALLOWED_HOSTS = [...new Set([...env.ALLOWED_HOSTS, ...own])];
  return { ...env, ALLOWED_HOSTS, BUCKET_SECONDS: bucketSecondsFor(env.BILLING_TIME_ZONE) };
}

let current: Env | undefined;

/** The settings of this process, read once. @throws AppError `invalid` as parseEnv. */
export function env(): Env {
  current ??= parseEnv(process.env);
  return current;
}

/** A secret's text from a file, re-read on each call so that rotation works. @throws AppError `invalid`. */
export function readSecretFile(key: string, path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new AppError("invalid", `${key}: cannot read ${path}.`, { cause: error });
  }
}
