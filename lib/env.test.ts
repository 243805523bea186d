import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ENV_KEYS, ENV_SYNONYMS, parseEnv, readSecretFile, secretsOf } from "./env.ts";

const RUNAI = { RUNAI_URL: "https://acme.run.ai/", RUNAI_APP_ID: "ledger", RUNAI_APP_SECRET: "s3cret" };

const WOFF = "node_modules/@fontsource/inter/files/inter-latin-400-normal.woff";

describe("parseEnv", () => {
  it("needs nothing", () => {
    expect(parseEnv({})).toMatchObject({
      DATABASE_URL: "file:./data/ledger.db",
      BILLING_TIME_ZONE: "UTC",
      BUCKET_SECONDS: 3600,
      RESOURCE_TYPE: "workload",
      METRICS: [],
      SAMPLE_STEP: 15,
      HTTP_TIMEOUT: 30_000,
      HTTP_RETRY_COUNT: 5,
      SCHEDULER: true,
      DEMO: false,
    });
    expect(parseEnv({}).RUNAI_URL).toBeUndefined();
  });

  it.each([
    ["METRICS", " GPU_UTILIZATION, ,CPU_USAGE_CORES ", ["GPU_UTILIZATION", "CPU_USAGE_CORES"]],
    ["METRICS_OFFSET", "1m30s", 90],
    ["HTTP_RETRY_WAIT", "100ms", 100],
    ["SERIES_RETENTION", "30d", 2_592_000],
    ["SCHEDULER", "off", false],
    ["FISCAL_YEAR_START", "10", 10],
    ["CLOSE_GRACE_DAYS", "0", 0],
    ["PORT", "0", 0],
    ["GPU_BURST", "1", true],
    ["GPU_BURST", "off", false],
    ["GPU_BURST_COST_DOLLARS", "0.50", 500_000],
    ["MONTHLY_BUDGET", "250", 250_000_000],
    ["STATEMENT_PAPER", "Letter", "Letter"],
    ["STATEMENT_FONTS", ` ${WOFF}, `, [WOFF]],
    ["PROMETHEUS_URL", "http://prometheus:9090/", "http://prometheus:9090"],
    ["PROMETHEUS_HEADERS", "X-Scope-OrgID=team-a; X-Empty=", { "X-Scope-OrgID": "team-a", "X-Empty": "" }],
    ["SYNC_SCHEDULE", "*/30 * * * * *", "*/30 * * * * *"],
    ["SYNC_SCHEDULE", "@every 30s", "@every 30s"],
    ["SYNC_SCHEDULE", "@every 24d", "@every 24d"],
    ["SYNC_SCHEDULE", "@hourly", "@hourly"],
    ["SYNC_SCHEDULE", "*/5 * * * *", "*/5 * * * *"],
    ["SYNC_SCHEDULE", "0 */5 * * * MON-FRI", "0 */5 * * * MON-FRI"],
    ["METER_HOLD_STEPS", "1.5", 1.5],
    ["METER_HELD_MEMORY_PERCENT", "0", 0],
    ["BACKFILL_STEP", "5m", 300],
    ["HOST", "::1", "::1"],
    ["HOST", "ledger.internal", "ledger.internal"],
    ["METRICS_ALLOWED_ADDRESSES", "10.0.0.0/8, fd00::/8,127.0.0.1", ["10.0.0.0/8", "fd00::/8", "127.0.0.1"]],
    ["ALERT_ALLOWED_HOSTS", "AM.example:9093, 10.0.0.0/8, [fd00::]/8", ["am.example:9093", "10.0.0.0/8", "fd00::/8"]],
    ["ALERT_EMAIL_TO", "a@example.com,b@example.com", ["a@example.com", "b@example.com"]],
    ["ALLOWED_HOSTS", "Ledger.Example.com, [::1]", ["ledger.example.com", "[::1]"]],
    ["PROMETHEUS_PATH_PREFIX", "/prometheus/", "/prometheus"],
    ["DATABASE_URL", "postgres://localhost/ledger", "postgres://localhost/ledger"],
  ])("%s=%s", (key, text, value) => {
    expect(parseEnv({ [key]: text })[key as "METRICS"]).toEqual(value);
  });

  // What does not parse, and what parses but cannot work.
  it.each([
    ["RUNAI_URL", "acme.run.ai"],
    ["SMTP_URL", "mail.example.com"],
    ["SMTP_URL", "smtp://mail.example.com/path"],
    ["MAIL_FROM", "ledger"],
    ["MAIL_FROM", "a@example.com\r\nBcc: b@example.com"],
    ["ALERT_EMAIL_TO", "gpu-costs"],
    ["METRICS_ALLOWED_ADDRESSES", "10.0.0.0/33"],
    ["METRICS_ALLOWED_ADDRESSES", "monitoring.example"],
    ["ALERT_ALLOWED_HOSTS", "https://alertmanager"],
    ["RUNAI_URL", "https://acme.run.ai/?tenant=1"],
    ["PROMETHEUS_URL", "prometheus:9090"],
    ["PROMETHEUS_URL", "http://prometheus:9090/graph#x"],
    ["PROMETHEUS_PATH_PREFIX", "http://prometheus/x"],
    ["PROMETHEUS_PATH_PREFIX", "/a b"],
    ["PROMETHEUS_BEARER_TOKEN", "two words"],
    ["PROMETHEUS_BEARER_TOKEN", "line\nbreak"],
    ["PROMETHEUS_HEADERS", "novalue"],
    ["PROMETHEUS_HEADERS", "X Scope=team-a"],
    ["PROMETHEUS_HEADERS", "X-Scope=line\nbreak"],
    ["DATABASE_URL", "mysql://x"],
    ["DATABASE_URL", "file:"],
    ["DATABASE_URL", "postgres://"],
    ["DATABASE_URL", "postgres://host:port/ledger"],
    ["BILLING_TIME_ZONE", "Mars/Olympus"],
    ["LEDGER_CURRENCY", "usd"],
    ["LEDGER_CURRENCY", "XXQ"],
    ["BILLING_CALENDAR", "weekly"],
    ["FISCAL_YEAR_START", "13"],
    ["CLOSE_GRACE_DAYS", "61"],
    ["CLOSE_GRACE_DAYS", " "],
    ["STATEMENT_PAPER", "A5"],
    ["STATEMENT_FONTS", "/nowhere/font.ttf"],
    ["STATEMENT_FONTS", `${WOFF},package.json`],
    ["SYNC_SCHEDULE", "often"],
    ["SYNC_SCHEDULE", "every day at noon please"],
    ["SYNC_SCHEDULE", "0 0 25 * * *"],
    ["SYNC_SCHEDULE", "0 61 * * * *"],
    ["SYNC_SCHEDULE", "0 0 0 30 2 *"],
    ["SYNC_SCHEDULE", "0 0 0 1 1 * 2020"],
    ["SYNC_SCHEDULE", "2199-01-01T00:00:00"],
    ["SYNC_SCHEDULE", "@fortnightly"],
    ["SYNC_SCHEDULE", "@every 10ms"],
    ["SYNC_SCHEDULE", "@every day"],
    ["SYNC_SCHEDULE", "@every 25d"],
    ["METRICS_OFFSET", "30"],
    ["SETTLE_DELAY", "-2m"],
    ["RESOURCE_TYPE", "node"],
    ["METRICS", "GPU_UTILIZATION GPU_ALLOCATION"],
    ["METRICS", "gpu utilisation"],
    ["SAMPLE_STEP", "1s"],
    ["SAMPLE_STEP", "2h"],
    ["BACKFILL_STEP", "6m"],
    ["INITIAL_BACKFILL", "1101d"],
    ["SERIES_RETENTION", "30m"],
    ["SERIES_RETENTION", "40000d"],
    ["SOURCE_RETENTION", "0"],
    ["METER_STARTING_GRACE", "a while"],
    ["METER_IDLE_AFTER", "59s"],
    ["METER_HELD_MEMORY_PERCENT", "101"],
    ["METER_HELD_MEMORY_MIB", "0x200"],
    ["METER_INEFFICIENT_PERCENT", "25%"],
    ["METER_ACTIVITY_PERCENT", " "],
    ["METER_HOLD_STEPS", "0.5"],
    ["HTTP_TIMEOUT", "0s"],
    ["HTTP_TIMEOUT", "30d"],
    ["HTTP_RETRY_COUNT", "1.5"],
    ["HTTP_RETRY_WAIT", "25d"],
    ["HTTP_RETRY_MAX_WAIT", "10"],
    ["HTTP_DEADLINE", "0"],
    ["HTTP_CONCURRENCY", "0"],
    ["SCHEDULER", "yes"],
    ["LOG_LEVEL", "loud"],
    ["HOST", "0.0.0.0:3000"],
    ["HOST", "http://localhost"],
    ["ALLOWED_HOSTS", "https://ledger.example.com"],
    ["ALLOWED_HOSTS", "ledger.example.com:3000"],
    ["PORT", "eighty"],
    ["PORT", "65536"],
    ["DEMO", "true"],
  ])("refuses %s=%s by name", (key, text) => {
    expect(() => parseEnv({ [key]: text })).toThrow(`\n  ${key}: `);
  });

  it("says of a schedule what is wrong with it, and how one is written", () => {
    expect(() => parseEnv({ SYNC_SCHEDULE: "0 0 25 * * *" })).toThrow(
      /SYNC_SCHEDULE: "0 0 25 \* \* \*" is not a cron line \(Invalid value for hour: 25\); expected "@every 60s", or a cron line such as/,
    );
    expect(() => parseEnv({ SYNC_SCHEDULE: "0 0 0 30 2 *" })).toThrow(/never comes true/);
  });

  it.each([
    ["METRICS_OFFSET", "1h"],
    ["SETTLE_DELAY", "90m"],
    ["METER_IDLE_AFTER", "1h"],
    ["METER_STARTING_GRACE", "2h"],
  ])("refuses %s=%s where samples are kept for an hour", (key, text) => {
    expect(() => parseEnv({ SERIES_RETENTION: "1h", [key]: text })).toThrow(`${key} must be shorter than`);
    expect(() => parseEnv({ SERIES_RETENTION: "3h", [key]: text })).not.toThrow();
  });

  it("refuses a rate in dollars for a ledger in euros, and thresholds that contradict each other", () => {
    expect(() => parseEnv({ GPU_BURST_COST_DOLLARS: "0.5", LEDGER_CURRENCY: "EUR" })).toThrow(
      /is in US dollars, and the ledger is in EUR/,
    );
    const thresholds = { GPU_COST_DAILY_THRESHOLD: "100", GPU_COST_MONTHLY_THRESHOLD: "25" };
    expect(() => parseEnv(thresholds)).toThrow(/GPU_COST_DAILY_THRESHOLD is above GPU_COST_MONTHLY_THRESHOLD/);
    for (const wrong of ["-1", "five", "$5", "0.0000001"])
      expect(() => parseEnv({ GPU_COST_DAILY_THRESHOLD: wrong })).toThrow(/expected an amount such as 25 or 0.50/);
  });

  it("names every wrong key at once", () => {
    expect(() => parseEnv({ PORT: "x", DEMO: "x" })).toThrow(/PORT: .*\n {2}DEMO: /);
  });

  it("takes empty values as unset", () => {
    expect(parseEnv({ PORT: "", RUNAI_URL: "" }).PORT).toBe(3000);
  });

  it("needs the Run:ai settings and the client certificate whole", () => {
    expect(parseEnv(RUNAI).RUNAI_URL).toBe("https://acme.run.ai");
    expect(() => parseEnv({ ...RUNAI, RUNAI_APP_SECRET: undefined })).toThrow(/belong together/);
    expect(() => parseEnv({ PROMETHEUS_CERT_FILE: "cert.pem" })).toThrow(/PROMETHEUS_KEY_FILE belong together/);
  });

  it("knows the names of earlier tools; ours win", () => {
    const old = { BASE_URL: "https://old.run.ai", CLIENT_ID: "old", CLIENT_SECRET: "old" };
    expect(parseEnv(old)).toMatchObject({ RUNAI_URL: "https://old.run.ai", RUNAI_APP_ID: "old" });
    expect(parseEnv({ ...old, ...RUNAI })).toMatchObject({
      RUNAI_URL: "https://acme.run.ai",
      RUNAI_APP_SECRET: "s3cret",
    });
    for (const name of Object.values(ENV_SYNONYMS)) expect(ENV_KEYS).toContain(name);
  });

  it.each([
    ["Europe/Berlin", 3600],
    ["Asia/Kolkata", 900],
    ["Australia/Lord_Howe", 900],
  ])("%s has buckets of %d s", (zone, seconds) => {
    expect(parseEnv({ BILLING_TIME_ZONE: zone }).BUCKET_SECONDS).toBe(seconds);
  });
});

it("reads a secret file again each time, and names the key of a missing one", () => {
  const folder = mkdtempSync(join(tmpdir(), "ledger-env-"));
  const path = join(folder, "token");
  writeFileSync(path, " one\n");
  expect(readSecretFile("PROMETHEUS_BEARER_TOKEN_FILE", path)).toBe("one");
  writeFileSync(path, "two");
  expect(readSecretFile("PROMETHEUS_BEARER_TOKEN_FILE", path)).toBe("two");
  rmSync(folder, { recursive: true });
  expect(() => readSecretFile("PROMETHEUS_BEARER_TOKEN_FILE", path)).toThrow(
    /^PROMETHEUS_BEARER_TOKEN_FILE: cannot read/,
  );
});

describe("secrets of the settings", () => {
  it("are all that no text may show, in the forms in which they are sent", () => {
    const env = parseEnv({
      ...{ RUNAI_URL: "https://acme.run.ai", RUNAI_APP_ID: "app", RUNAI_APP_SECRET: "run-secret" },
      ...{
        PROMETHEUS_USERNAME: "bo",
        PROMETHEUS_PASSWORD: "prom-secret",
        PROMETHEUS_URL: "http://al:url%20secret@p:9090",
      },
      ...{ PROMETHEUS_HEADERS: "X-Scope-OrgID=gpu;X-Api-Key=header-secret", SECRETS_KEY: "k".repeat(32) },
      ...{ NEXTAUTH_SECRET: `${"a".repeat(32)},${"b".repeat(32)}`, DATABASE_URL: "postgres://u:db-secret@db/ledger" },
    });
    expect(secretsOf(env)).toEqual(
      expect.arrayContaining([
        ...["run-secret", "prom-secret", "url%20secret", "url secret", "header-secret", "db-secret"],
        ...["k".repeat(32), "a".repeat(32), "b".repeat(32), Buffer.from("bo:prom-secret").toString("base64")],
      ]),
    );
    expect(secretsOf(env)).not.toContain("gpu");
    expect(secretsOf(parseEnv({ DATABASE_URL: "postgres://ledger:ledger@db/ledger" }))).toEqual([]);
  });
});
