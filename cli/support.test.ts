import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { sqliteFile } from "@/db/testing.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import { runLedger } from "./testing.ts";

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const SECRETS = {
  RUNAI_APP_SECRET: "runai-hunter2-secret",
  PROMETHEUS_PASSWORD: "prom-hunter2-password",
  NEXTAUTH_SECRET: "nextauth hunter2 secret of 32 characters",
  SECRETS_KEY: "the hunter2 key of this test has 32 characters",
  SMTP_URL: "smtp://mailer:smtp-hunter2@mail.corp.example:587",
};
const PRIVATE = [
  "runai.corp.example",
  "prom.corp.example",
  "ops@corp.example",
  "mail.corp.example",
  "team-header-value",
];

it("a support bundle holds no secret, no address and no name of the settings, and what helps", async () => {
  const store = await sqliteFile();
  open.push(store.drop);
  await seedOctober(store.db);
  await store.db.write((tx) =>
    tx.run(sql`insert into sync_runs (id, kind, started_at, finished_at, status, counts, error)
      values ('r', 'live', 1793577600, 1793577660, 'failed', '{}', ${`answered 401 to ${SECRETS.RUNAI_APP_SECRET}`})`),
  );
  const { code, stdout } = await runLedger(["support"], {
    ...{ ...SECRETS, DATABASE_URL: `file:${store.file}`, AUTH: "off", RUNAI_URL: "http://runai.corp.example:1" },
    ...{ RUNAI_APP_ID: "app", PROMETHEUS_URL: "http://prom.corp.example:1", PROMETHEUS_USERNAME: "promuser" },
    ...{
      MAIL_FROM: "ops@corp.example",
      ALERT_EMAIL_TO: "ops@corp.example",
      HTTP_RETRY_COUNT: "0",
      HTTP_TIMEOUT: "200ms",
    },
    ...{ PROMETHEUS_HEADERS: "X-Key=team-header-value" },
  });
  expect(code).toBe(0);
  expect(stdout).not.toMatch(/hunter2/);
  const { settings, ledger, doctor, version } = JSON.parse(stdout);
  for (const text of PRIVATE) expect(JSON.stringify(settings)).not.toContain(text);
  expect(settings).toMatchObject({
    RUNAI_URL: "(set)",
    RUNAI_APP_SECRET: "(set)",
    HTTP_RETRY_COUNT: 0,
    OIDC_ISSUER: "(not set)",
  });
  expect(ledger).toMatchObject({
    database: "sqlite",
    tables: { workloads: 3 },
    runs: [{ error: "answered 401 to [secret]" }],
  });
  expect(doctor.length).toBeGreaterThan(5);
  expect(version).toMatch(/^\d+\.\d+/);
});

it("a ledger that cannot be opened is said in the bundle", async () => {
  const { code, stdout } = await runLedger(["support"], { DATABASE_URL: "file:/dev/null/ledger.db", AUTH: "off" });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).ledger.error).not.toBe("");
});

it("a bundle about a missing ledger does not create one", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-support-"));
  open.push(async () => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "ledger.db");
  const { code, stdout } = await runLedger(["support"], { DATABASE_URL: `file:${file}`, AUTH: "off" });
  expect([code, JSON.parse(stdout).ledger.error]).toEqual([0, expect.stringContaining("There is no ledger")]);
  expect(existsSync(file)).toBe(false);
});
