import { defineConfig } from "@playwright/test";
import { CLIENT, SAFETY_DATABASE, SAFETY_SECRET } from "./e2e/fixtures/people.ts";
import { chromiumPath } from "./scripts/chromium.ts";

const PORT = Number(process.env.E2E_PORT ?? 3490);
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const TYPESCRIPT = "node --import ./scripts/typescript.mjs";
const START = "node node_modules/next/dist/bin/next start -H 127.0.0.1";
/** The built app without its scheduler. */
const server = (command: string, port: number, more: Record<string, string>) => ({
  command: more.PORT ? command : `${command} -p ${port}`,
  url: `http://127.0.0.1:${port}/readyz`,
  timeout: 600_000,
  env: { AUTH: "off", ...more, SCHEDULER: "off", LOG_LEVEL: "warn", NEXT_TELEMETRY_DISABLED: "1" },
});

/** Journeys through the built app over a seeded file, over an empty one on the next port, over one to close on the port after, and over one on which people sign in on the port after that. `E2E_CHROMIUM` names the browser; E2E_PORT its port; E2E_TRACE=1 keeps a trace of what fails, for twice the time. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  workers: 2,
  // Only what hangs ends by it: axe on a table of a hundred rows takes seconds, on a busy machine many.
  timeout: 600_000,
  expect: { timeout: 30_000 },
  reporter: process.env.CI ? "line" : "list",
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    timezoneId: "Europe/Berlin",
    trace: process.env.E2E_TRACE ? "retain-on-failure" : "off",
    launchOptions: { executablePath: chromiumPath(), args: ARGS },
  },
  // One after the other: the second copies what the first has seeded.
  webServer: [
    server(`${TYPESCRIPT} e2e/fixtures/seed.ts data/e2e.db && ${START}`, PORT, {
      DATABASE_URL: "file:./data/e2e.db",
    }),
    server(`${TYPESCRIPT} e2e/fixtures/seed-close.ts data/e2e.db data/e2e-close.db && ${START}`, PORT + 2, {
      DATABASE_URL: "file:./data/e2e-close.db",
    }),
    server(`${TYPESCRIPT} e2e/fixtures/seed-people.ts data/e2e-people.db && ${START}`, PORT + 3, {
      ...{
        AUTH: "on",
        NEXTAUTH_URL: `http://127.0.0.1:${PORT + 3}`,
        NEXTAUTH_SECRET: "a secret of the end-to-end tests alone",
      },
      DATABASE_URL: "file:./data/e2e-people.db",
    }),
    server(`${TYPESCRIPT} e2e/fixtures/seed-safety.ts data/e2e-safety.db && node scripts/start.mjs`, PORT + 4, {
      ...{ AUTH: "on", PORT: String(PORT + 4), NEXTAUTH_URL: `http://127.0.0.1:${PORT + 4}` },
      ...{ NEXTAUTH_SECRET: SAFETY_SECRET, DATABASE_URL: `file:./${SAFETY_DATABASE}` },
      ...{ OIDC_ISSUER: `http://127.0.0.1:${PORT + 5}`, OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret },
      ...{ OIDC_NAME: "Test provider", OIDC_ALLOWED_DOMAINS: "corp.example" },
    }),
    server(`rm -f data/e2e-empty.db* && ${START}`, PORT + 1, { DATABASE_URL: "file:./data/e2e-empty.db" }),
  ],
});
