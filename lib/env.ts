import { readFileSync } from "node:fs";
import { z } from "zod";
import { AppError } from "./errors.ts";
import { hideFromTexts, hideLatest } from "./redact.ts";
import {
  aesKey,
  amountMicros,
  currency,
  databaseUrl,
  decimal,
  durationSeconds,
  flag,
  fontFiles,
  headerSecret,
  headers,
  listenHost,
  listOf,
  mailbox,
  networks,
  onOff,
  pathPrefix,
  schedule,
  secrets,
  smtpUrl,
  stepSeconds,
  timerMs,
  timeZone,
  url,
  whole,
} from "./setting-values.ts";
import { bucketSecondsFor, DAY } from "./time.ts";

const schema = z.object({
  RUNAI_URL: url.optional(),
  RUNAI_APP_ID: z.string().min(1).optional(),
  RUNAI_APP_SECRET: z.string().min(1).optional(),
  RUNAI_CA_FILE: z.string().optional(),
  PROMETHEUS_URL: url.optional(),
  PROMETHEUS_PATH_PREFIX: pathPrefix,
  PROMETHEUS_USERNAME: z.string().optional(),
  PROMETHEUS_PASSWORD: z.string().optional(),
  PROMETHEUS_BEARER_TOKEN: headerSecret.optional(),
  PROMETHEUS_BEARER_TOKEN_FILE: z.string().optional(),
  PROMETHEUS_CA_FILE: z.string().optional(),
  PROMETHEUS_CERT_FILE: z.string().optional(),
  PROMETHEUS_KEY_FILE: z.string().optional(),
  PROMETHEUS_HEADERS: headers,
  PROMETHEUS_CLUSTER: z.string().optional(),
  OPENCOST_URL: url.optional(),
  OPENCOST_CLUSTER: z.string().optional(),
  OPENCOST_CURRENCY: currency,
  OPENCOST_PARTS: listOf(
    /^(?:cpu|memory|storage|network|load-balancer)$/,
    "cpu, memory, storage, network or load-balancer",
  ),
  OPENCOST_TIMEOUT: timerMs("2m", 100),
  OPENCOST_CA_FILE: z.string().optional(),
  COST_EXPLORER: onOff("off"),
  COST_EXPLORER_ENDPOINT: url.optional(),
  COST_EXPLORER_REGION: z
    .string()
    .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, "expected a region such as us-east-1")
    .default("us-east-1"),
  COST_EXPLORER_TAG: z.string().min(1).max(128).default("team"),
  COST_EXPLORER_NET: onOff("off"),
  COST_EXPLORER_EVERY: durationSeconds("12h", 6 * 3600),
  COST_EXPLORER_MONTHLY_CALLS: whole(300, 0, 100_000),
  PRICE_FEEDS: listOf(/^(?:skypilot|aws|azure|gcp|infracost)$/, "skypilot, aws, azure, gcp or infracost"),
  PRICE_FEED_REGIONS: listOf(/^(?:aws|azure|gcp)\/[a-z0-9-]{2,40}$/, "clouds and regions such as aws/us-east-1"),
  GOOGLE_PRICE_KEY: headerSecret.optional(),
  INFRACOST_API_KEY: headerSecret.optional(),
  DATABASE_URL: databaseUrl,
  BILLING_TIME_ZONE: timeZone,
  LEDGER_CURRENCY: currency,
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
  FOCUS_VERSION: z.enum(["1.2", "1.3", "1.4"], { error: 'expected "1.2", "1.3" or "1.4"' }).default("1.2"),
  RECOVERY_COST_CENTRE: z.string().default(""),
  RECOVERY_GL_ACCOUNT: z.string().default(""),
  GPU_BURST: flag.optional(),
  GPU_BURST_COST_DOLLARS: amountMicros.optional(),
  GPU_COST_DAILY_THRESHOLD: amountMicros.optional(),
  GPU_COST_MONTHLY_THRESHOLD: amountMicros.optional(),
  MONTHLY_BUDGET: amountMicros.optional(),
  SYNC_SCHEDULE: schedule("@every 60s"),
  METRICS_OFFSET: durationSeconds("30s", 0),
  SETTLE_DELAY: durationSeconds("2m", 0),
  RESOURCE_TYPE: z.enum(["workload", "pod"], { error: 'expected "workload" or "pod"' }).default("workload"),
  METRICS: listOf(/^[A-Z][A-Z0-9_]*$/, "metric types such as GPU_UTILIZATION"),
  SAMPLE_STEP: stepSeconds("15s"),
  BACKFILL_STEP: stepSeconds("60s"),
  INITIAL_BACKFILL: durationSeconds("24h", 0).refine((s) => s <= 1100 * DAY, "expected at most 1100d"),
  SERIES_RETENTION: durationSeconds("14d", 3600),
  SOURCE_RETENTION: durationSeconds("30d", 3600),
  METER_STARTING_GRACE: durationSeconds("15m", 0),
  METER_IDLE_AFTER: durationSeconds("10m", 60),
  METER_HELD_MEMORY_PERCENT: decimal(2, 0, 100),
  METER_HELD_MEMORY_MIB: whole(512, 0, 1_000_000),
  METER_INEFFICIENT_PERCENT: decimal(25, 0, 100),
  METER_ACTIVITY_PERCENT: decimal(1, 0, 100),
  METER_HOLD_STEPS: decimal(2.5, 1, 20),
  FINDING_RULES: z.string().default(""),
  ANOMALY_RULES: z.string().default(""),
  KNOWN_IMAGES: listOf(/^\S+$/, "image names, * for any characters"),
  HTTP_TIMEOUT: timerMs("30s", 100),
  HTTP_RETRY_COUNT: whole(5, 0, 20),
  HTTP_RETRY_WAIT: timerMs("200ms", 0),
  HTTP_RETRY_MAX_WAIT: timerMs("10s", 0),
  HTTP_DEADLINE: timerMs("5m", 100),
  HTTP_CONCURRENCY: whole(5, 1, 64),
  SCHEDULER: onOff("on"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
  HOST: listenHost,
  ALLOWED_HOSTS: listOf(/^([a-z0-9.-]+|\[[0-9a-f:.]+\])$/i, "host names without scheme and port").transform((names) =>
    names.map((name) => name.toLowerCase()),
  ),
  PORT: whole(3000, 0, 65_535),
  TRUSTED_PROXIES: whole(0, 0, 10),
  DEMO: onOff("off"),
  AUTH: onOff("on"),
  NEXTAUTH_URL: url.optional(),
  NEXTAUTH_SECRET: secrets,
  NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: aesKey.optional(),
  SECRETS_KEY: secrets,
  SECRETS_KEY_FILE: z.string().optional(),
  SMTP_URL: smtpUrl.optional(),
  SMTP_CA_FILE: z.string().optional(),
  MAIL_FROM: mailbox.optional(),
  ALERT_EMAIL_TO: listOf(/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/, "e-mail addresses"),
  ALERT_ALLOWED_HOSTS: listOf(
    /^(\[?[0-9a-f:.]+\]?(\/\d{1,3})?|[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?)$/i,
    "host names, addresses or networks such as alertmanager.monitoring:9093 or 10.0.0.0/8",
  ).transform((names) => names.map((name) => name.toLowerCase().replace(/[[\]]/g, ""))),
  ALERT_TIMEOUT: timerMs("15s", 100),
  EVENT_DELAY: durationSeconds("15m", 0),
  API_RATE_LIMIT: whole(600, 0, 1_000_000),
  METRICS_ALLOWED_ADDRESSES: networks,
  METRICS_SERIES_LIMIT: whole(1000, 10, 100_000),
  METRICS_ALIASES: onOff("off"),
  TELEMETRY: onOff("off"),
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
  OIDC_TRUST_EMAIL: onOff("off"),
  OIDC_CA_FILE: z.string().optional(),
  OIDC_TIMEOUT: timerMs("10s", 100),
  OIDC_ALLOWED_DOMAINS: listOf(/^@?[a-z0-9.-]+\.[a-z]{2,}$/i, "domains such as example.com").transform((names) =>
    names.map((name) => name.toLowerCase().replace(/^@/, "")),
  ),
  OIDC_DEFAULT_ROLE: z
    .enum(["engineer", "viewer", "none"], { error: 'expected "engineer", "viewer" or "none"' })
    .default("engineer"),
});

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
  refuseContradictions(env);
  const own = env.NEXTAUTH_URL ? [new URL(env.NEXTAUTH_URL).hostname.toLowerCase()] : [];
  const ALLOWED_HOSTS = [...new Set([...env.ALLOWED_HOSTS, ...own])];
  return { ...env, ALLOWED_HOSTS, BUCKET_SECONDS: bucketSecondsFor(env.BILLING_TIME_ZONE) };
}

/** Where people reach the ledger, as far as the settings say: on this machine, without NEXTAUTH_URL. */
export const ownAddress = ({ NEXTAUTH_URL, PORT }: Pick<Env, "NEXTAUTH_URL" | "PORT">): string =>
  NEXTAUTH_URL ?? `http://127.0.0.1:${PORT}`;

/** Settings that are each possible, but not together. @throws AppError `invalid` naming the keys. */
function refuseContradictions(env: z.output<typeof schema>): void {
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
  if (Boolean(env.SMTP_URL) !== Boolean(env.MAIL_FROM))
    throw new AppError("invalid", "SMTP_URL and MAIL_FROM belong together: set both, or neither.");
  refuseBurst(env);
  for (const key of ["METRICS_OFFSET", "SETTLE_DELAY", "METER_IDLE_AFTER", "METER_STARTING_GRACE"] as const)
    if (env[key] >= env.SERIES_RETENTION)
      throw new AppError(
        "invalid",
        `${key} must be shorter than SERIES_RETENTION: samples would be removed before they are metered.`,
      );
}

function refuseBurst(env: z.output<typeof schema>): void {
  const { GPU_BURST_COST_DOLLARS: rate, GPU_COST_DAILY_THRESHOLD: daily, GPU_COST_MONTHLY_THRESHOLD: monthly } = env;
  if (rate !== undefined && env.LEDGER_CURRENCY !== "USD")
    throw new AppError(
      "invalid",
      `GPU_BURST_COST_DOLLARS is in US dollars, and the ledger is in ${env.LEDGER_CURRENCY}: unset it, and set the rate with "ledger burst rate".`,
    );
  if (daily !== undefined && monthly !== undefined && daily > monthly)
    throw new AppError(
      "invalid",
      "GPU_COST_DAILY_THRESHOLD is above GPU_COST_MONTHLY_THRESHOLD: a day would always pass the monthly one first.",
    );
}

let current: Env | undefined;

/** The settings of this process, read once. @throws AppError `invalid` as parseEnv. */
export function env(): Env {
  if (!current) {
    current = parseEnv(process.env);
    hideFromTexts(...secretsOf(current));
  }
  return current;
}

const userPartsOf = (address: string | undefined): string[] => {
  const parts = address ? URL.parse(address) : null;
  if (!parts?.password) return [];
  const [user, password] = [parts.username, parts.password].map((part) => works(() => decodeURIComponent(part)));
  // One that stands in plain sight beside it, as in postgres://ledger:ledger@db/ledger, would be cut out of every sentence.
  if ([user, parts.hostname, parts.pathname.slice(1)].includes(password)) return [];
  return [parts.password, password as string, Buffer.from(`${user}:${password}`).toString("base64")];
};
const works = (body: () => string): string => {
  try {
    return body();
  } catch {
    return "";
  }
};

/** Every secret of the settings, also in the form in which HTTP sends it: none may appear in a text that somebody reads. */
export function secretsOf(env: Env): string[] {
  const basic = (user = "", password = "") => (password ? Buffer.from(`${user}:${password}`).toString("base64") : "");
  const tenant = /^(x-scope-orgid|tenant|thanos-tenant|accept|user-agent|x-forwarded-.*)$/i;
  return [
    ...[env.RUNAI_APP_SECRET, env.PROMETHEUS_PASSWORD, env.PROMETHEUS_BEARER_TOKEN, env.OIDC_CLIENT_SECRET],
    ...[basic(env.PROMETHEUS_USERNAME, env.PROMETHEUS_PASSWORD), basic(env.OIDC_CLIENT_ID, env.OIDC_CLIENT_SECRET)],
    ...[basic(env.RUNAI_APP_ID, env.RUNAI_APP_SECRET), ...env.NEXTAUTH_SECRET, ...env.SECRETS_KEY],
    ...[env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY, env.GOOGLE_PRICE_KEY, env.INFRACOST_API_KEY],
    // Read by libraries, not here: they may stand in what a peer answers.
    ...[process.env.AWS_SECRET_ACCESS_KEY, process.env.AWS_SESSION_TOKEN, process.env.OTEL_EXPORTER_OTLP_HEADERS],
    ...Object.entries(env.PROMETHEUS_HEADERS).flatMap(([name, value]) => (tenant.test(name) ? [] : [value])),
    ...[env.DATABASE_URL, env.RUNAI_URL, env.PROMETHEUS_URL, env.OPENCOST_URL, env.OIDC_ISSUER, env.SMTP_URL].flatMap(
      userPartsOf,
    ),
  ].filter((value): value is string => Boolean(value));
}

/** A secret's text from a file, re-read on each call so that rotation works. @throws AppError `invalid`. */
export function readSecretFile(key: string, path: string): string {
  try {
    const text = readFileSync(path, "utf8").trim();
    hideLatest(key, text);
    return text;
  } catch (error) {
    throw new AppError("invalid", `${key}: cannot read ${path}.`, { cause: error });
  }
}
