// `npm run demo`: a simulated cluster with two months of history, read through the real APIs and metered, in a browser.
// Everything it makes is in data/: `npm run demo -- --fresh` starts over.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const DAYS = 62;
const root = path.resolve(import.meta.dirname, "..");
const database = path.join(root, "data", "demo.db");
const stateFile = path.join(root, "data", "demo.json");
const args = new Set(process.argv.slice(2));
const children = new Map();
const started = Date.now();

const say = (text) => console.log(`[${String(Math.round((Date.now() - started) / 1000)).padStart(3)} s] ${text}`);

function run(name, command, options = {}) {
  const child = spawn(process.execPath, command, { cwd: root, stdio: ["ignore", "inherit", "inherit"], ...options });
  children.set(name, child);
  child.on("exit", () => children.delete(name));
  return child;
}

const ended = (child) => new Promise((resolve) => child.on("exit", (code) => resolve(code ?? 1)));

let stopping = false;
async function stop(code) {
  if (stopping) return;
  stopping = true;
  for (const child of children.values()) child.kill("SIGTERM");
  await Promise.race([Promise.all([...children.values()].map(ended)), sleep(5000)]);
  process.exit(code);
}
process.on("SIGINT", () => void stop(0));
process.on("SIGTERM", () => void stop(0));
// npm's shell does not pass a signal on: when it is gone, so is the person who started this demo.
const parent = process.ppid;
if (process.env.npm_lifecycle_event) setInterval(() => process.ppid === parent || void stop(0), 500).unref();

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

async function firstFree(from) {
  for (let port = from; port < from + 50; port++) if (await isFree(port)) return port;
  throw new Error(`No free port from ${from} on.`);
}

async function startSimulator(start) {
  const command = [
    "--import",
    "./scripts/typescript.mjs",
    "simulator/main.ts",
    "--days",
    String(DAYS),
    "--seed",
    "7",
    "--future-days",
    "30",
    "--with-parent",
  ];
  if (start) command.push("--start", start);
  const child = run("simulator", command, { stdio: ["ignore", "pipe", "inherit"] });
  const ready = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (part) => {
      text += part;
      const line = text.split("\n").find((l) => l.includes('"ready"'));
      if (line) resolve(JSON.parse(line));
    });
    child.once("exit", () => reject(new Error("The simulator ended before it was ready.")));
  });
  child.once("exit", () => {
    if (!stopping) console.error("The simulated cluster ended, and the demo with it. Start it again: npm run demo");
    void stop(1);
  });
  return ready;
}

/** Is anything that the pages are made of newer than the build that is there? */
function mustBuild() {
  const id = path.join(root, ".next", "BUILD_ID");
  if (!existsSync(id)) return true;
  const built = statSync(id).mtimeMs;
  const newer = (entry) => {
    const stat = statSync(entry);
    return stat.isDirectory() ? readdirSync(entry).some((name) => newer(path.join(entry, name))) : stat.mtimeMs > built;
  };
  const parts = [
    "app",
    "components",
    "lib",
    "db",
    "instrumentation.ts",
    "proxy.ts",
    "next.config.mjs",
    "package-lock.json",
  ];
  return parts.some((part) => newer(path.join(root, part)));
}

async function build() {
  const code = await ended(
    run("build", ["node_modules/next/dist/bin/next", "build"], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
    }),
  );
  if (code !== 0) throw new Error("The build failed.");
}

async function until(url) {
  for (let i = 0; i < 300; i++) {
    if (
      await fetch(url).then(
        (r) => r.ok,
        () => false,
      )
    )
      return;
    await sleep(200);
  }
  throw new Error(`${url} did not answer.`);
}

async function main() {
  if (args.has("--fresh")) for (const suffix of ["", "-wal", "-shm"]) rmSync(database + suffix, { force: true });
  if (args.has("--fresh") || !existsSync(database)) rmSync(stateFile, { force: true });
  mkdirSync(path.dirname(database), { recursive: true });
  const state = existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, "utf8")) : null;
  // Of this demo alone: the person who signed in stays so when it is started again.
  const secret = state?.secret ?? randomBytes(32).toString("base64url");

  const simulator = await startSimulator(state?.start);
  const from = new Date(Date.now() - DAYS * 86_400_000).toISOString().slice(0, 10);
  say(`A GPU cluster is being simulated behind the Run:ai and Prometheus APIs, with history from ${from}.`);
  writeFileSync(stateFile, JSON.stringify({ start: simulator.start, filled: state?.filled ?? false, secret }));

  const port = await firstFree(Number(process.env.PORT ?? 3000));
  const env = {
    ...process.env,
    NEXT_TELEMETRY_DISABLED: "1",
    RUNAI_URL: simulator.runaiUrl,
    RUNAI_APP_ID: simulator.appId,
    RUNAI_APP_SECRET: simulator.appSecret,
    PROMETHEUS_URL: simulator.prometheusUrl,
    DATABASE_URL: `file:${database}`,
    SAMPLE_STEP: "60s",
    BACKFILL_STEP: "180s",
    SYNC_SCHEDULE: "@every 30s",
    INITIAL_BACKFILL: "0",
    // The history begins with a whole day, up to a day before DAYS days ago.
    SOURCE_RETENTION: `${DAYS + 1}d`,
    DEMO: "on",
    AUTH: "on",
    NEXTAUTH_URL: `http://127.0.0.1:${port}`,
    NEXTAUTH_SECRET: secret,
    LOG_LEVEL: process.env.LOG_LEVEL ?? "warn",
    PORT: String(port),
    HOST: process.env.HOST ?? "127.0.0.1",
  };
  let filling = null;
  if (!state?.filled) {
    say("Reading and metering its history, newest days first…");
    const backfill = run(
      "backfill",
      ["--import", "./scripts/typescript.mjs", "cli/ledger.ts", "backfill", "--from", from],
      { env },
    );
    // Behind the build and the pages: the person who waits for the first figure waits for those.
    os.setPriority(backfill.pid, os.constants.priority.PRIORITY_BELOW_NORMAL);
    filling = ended(backfill);
  }
  if (mustBuild()) {
    say("Building the pages…");
    await build();
  }
  const server = run("server", ["scripts/start.mjs"], { env, stdio: ["ignore", "ignore", "inherit"] });
  server.once("exit", (code) => void stop(code ?? 1));
  const url = `http://127.0.0.1:${port}`;
  await until(`${url}/healthz`);
  // Nobody can sign in before its people are there. Days are charged as they are metered, by the server's own schedule.
  const priced = await ended(
    run("money", ["--import", "./scripts/typescript.mjs", "scripts/demo-money.ts", from.replaceAll("-", "")], { env }),
  );
  if (priced !== 0) throw new Error("The demo's people, teams and prices could not be added.");
  say(`Ready: ${url}   Choose who you are: manager, engineer, finance or administrator. (Ctrl-C stops everything)`);
  if (filling) {
    const progress = report(url, await readToken(env));
    const code = await filling;
    progress.abort();
    if (code !== 0) throw new Error("The history could not be read whole; the server keeps trying.");
    writeFileSync(stateFile, JSON.stringify({ start: simulator.start, filled: true, secret }));
    // Their amounts follow from what the teams have cost.
    await ended(run("budgets", ["--import", "./scripts/typescript.mjs", "scripts/demo-budgets.ts"], { env }));
    say("The whole history is metered. New samples arrive every 30 s.");
  }
}

/** A token with which the demo asks its own server how far the history is. */
async function readToken(env) {
  const command = ["--import", "./scripts/typescript.mjs", "cli/ledger.ts", "tokens", "create"];
  const child = run("token", [...command, "--name", "demo progress", "--scope", "read", "--expires", "1d"], {
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  let text = "";
  child.stdout.on("data", (part) => {
    text += part;
  });
  await ended(child);
  return text.trim();
}

/** Where stderr is no terminal, the command line shows no progress of its own: then say it from time to time. */
function report(url, token) {
  const stopping = new AbortController();
  if (process.stderr.isTTY) return stopping;
  let first = null;
  void (async () => {
    while (!stopping.signal.aborted) {
      await sleep(10_000, undefined, { signal: stopping.signal }).catch(() => undefined);
      const state = await fetch(`${url}/api/v1/sync`, { headers: { authorization: `Bearer ${token}` } }).then(
        (r) => r.json(),
        () => null,
      );
      const backfill = state?.backfills?.find((b) => b.requestedBy.startsWith("cli") && b.status === "running");
      if (!backfill || stopping.signal.aborted) continue;
      // From the pace since the first look: what went before was shared with the build.
      first ??= { at: Date.now(), fraction: backfill.fraction };
      const pace = (backfill.fraction - first.fraction) / (Date.now() - first.at);
      const minutes = (1 - backfill.fraction) / pace / 60_000;
      const left = pace > 0 ? `, about ${Math.max(1, Math.round(minutes))} min left` : "";
      say(`History: ${Math.round(100 * backfill.fraction)} % read and metered${left}.`);
    }
  })();
  return stopping;
}

main().catch((error) => {
  console.error(error.message);
  void stop(1);
});
