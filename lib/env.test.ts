import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ENV_KEYS, ENV_SYNONYMS, parseEnv, readSecretFile } from "./env.ts";

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
    ["STATEMENT_PAPER", "Letter", "Letter"],
    ["STATEMENT_FONTS", ` ${WOFF}, `, [WOFF]],
    ["PROMETHEUS_URL", "http://prometheus:9090/", "http://prometheus:9090"],
    ["PROMETHEUS_HEADERS", "X-Scope-OrgID=team-a; X-Empty=", { "X-Scope-OrgID": "team-a", "X-Empty": "" }],
    ["SYNC_SCHEDULE", "*/30 * * * * *", "*/30 * * * * *"],
    ["SYNC_SCHEDULE", "@every 30s", "@every 30s"],
    ["SYNC_SCHEDULE", "@hourly", "@hourly"],
    ["DATABASE_URL", "postgres://localhost/ledger", "postgres://localhost/ledger"],
  ])("%s=%s", (key, text, value) => {
    expect(parseEnv({ [key]: text })[key as "METRICS"]).toEqual(value);
  });

  it.each([
    ["METRICS_OFFSET", "30"],
    ["SAMPLE_STEP", "1s"],
    ["HTTP_CONCURRENCY", "0"],
    ["HTTP_RETRY_COUNT", "1.5"],
    ["BILLING_CALENDAR", "weekly"],
    ["FISCAL_YEAR_START", "13"],
    ["PORT", "eighty"],
    ["STATEMENT_PAPER", "A5"],
    ["STATEMENT_FONTS", "/nowhere/font.ttf"],
    ["STATEMENT_FONTS", `${WOFF},package.json`],
    ["SCHEDULER", "yes"],
    ["RESOURCE_TYPE", "node"],
    ["PROMETHEUS_URL", "prometheus:9090"],
    ["PROMETHEUS_HEADERS", "novalue"],
    ["BILLING_TIME_ZONE", "Mars/Olympus"],
    ["LEDGER_CURRENCY", "usd"],
    ["SYNC_SCHEDULE", "@every 10ms"],
    ["SYNC_SCHEDULE", "often"],
    ["DATABASE_URL", "mysql://x"],
  ])("refuses %s=%s by name", (key, text) => {
    expect(() => parseEnv({ [key]: text })).toThrow(`\n  ${key}: `);
  });

  it("names every wrong key at once", () => {
    expect(() => parseEnv({ PORT: "x", DEMO: "x" })).toThrow(/PORT: .*\n {2}DEMO: /);
  });

  it("takes empty values as unset", () => {
    expect(parseEnv({ PORT: "", RUNAI_URL: "" }).PORT).toBe(3000);
  });

  it("wants the Run:ai settings and the client certificate whole", () => {
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

it("reads a secret file anew each time, and names the key of one that is not there", () => {
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
