import { defineConfig } from "@playwright/test";

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

/** Journeys through the built app over a seeded file. `E2E_CHROMIUM` names the browser; E2E_PORT its port. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  workers: 2,
  timeout: 30_000,
  reporter: process.env.CI ? "line" : "list",
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    timezoneId: "Europe/Berlin",
    trace: "retain-on-failure",
    launchOptions: { executablePath: process.env.E2E_CHROMIUM ?? "/usr/bin/chromium", args: ARGS },
  },
  webServer: {
    command: `tsx e2e/fixtures/seed.ts data/e2e.db 35 && node node_modules/next/dist/bin/next start -p ${PORT} -H 127.0.0.1`,
    url: `http://127.0.0.1:${PORT}/readyz`,
    timeout: 60_000,
    env: { DATABASE_URL: "file:./data/e2e.db", SCHEDULER: "off", LOG_LEVEL: "warn", NEXT_TELEMETRY_DISABLED: "1" },
  },
});
