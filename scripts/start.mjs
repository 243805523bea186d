import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { refuseMalformedActs } from "./act-door.mjs";
import { actionKeyOf } from "./action-key.mjs";
import { guardRequests } from "./request-door.mjs";
import { endInTime } from "./stop-door.mjs";

/** `npm start`: the built app on HOST:PORT, 127.0.0.1:3000 unless set (also in a `.env` file here). */
const root = path.resolve(import.meta.dirname, "..");
process.chdir(root);
if (existsSync(".env")) process.loadEnvFile(".env");
if (!existsSync(".next/BUILD_ID")) {
  console.error("There is no build yet. Run `npm run build` first, then `npm start`.");
  process.exit(1);
}
if (Number(process.versions.napi) < 10) {
  console.error("Node 22.14 or newer is needed. Run it through npm (`npm start`), which brings its own.");
  process.exit(1);
}
// What the server writes – the ledger, its copies, its key – is for its own user alone.
process.umask(0o077);
process.env.NODE_ENV ??= "production";
process.env.NEXT_TELEMETRY_DISABLED ??= "1";
const host = process.env.HOST || "127.0.0.1";
const port = process.env.PORT || "3000";
// npm's shell does not pass a signal on: when it is gone, so is the person who started this server.
const parent = process.ppid;
if (process.env.npm_lifecycle_event)
  setInterval(() => process.ppid === parent || process.kill(process.pid, "SIGTERM"), 500).unref();
// Before Next.js says that it is ready. What needs the database is checked when it starts (lib/jobs/beside.ts).
const check = spawnSync(process.execPath, ["--import", "./scripts/typescript.mjs", "scripts/check-settings.ts"], {
  stdio: "inherit",
});
if (check.status !== 0) process.exit(check.status ?? 1);
const actionKey = actionKeyOf(process.env);
if (actionKey) process.env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY = actionKey;
guardRequests(Number(process.env.TRUSTED_PROXIES || 0), { signIn: process.env.AUTH !== "off" });
endInTime();
refuseMalformedActs();
// In this very process: a signal to it reaches the server, and nothing is left behind.
const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
process.argv = [process.execPath, next, "start", "--hostname", host, "--port", port];
await import(next);
