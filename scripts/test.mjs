import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { findPostgres, startPostgres } from "./postgres.mjs";

/**
 * `npm test`: every check, in the order in which a mistake is cheapest to find; stops at the first stage that fails.
 * `npm test -- --only unit,layers` runs some stages.
 */
const root = path.resolve(import.meta.dirname, "..");
const bin = path.join(root, "node_modules", ".bin");
const results = mkdtempSync(path.join(tmpdir(), "gpu-ledger-test-"));
const vitestResult = path.join(results, "vitest.json");
const playwrightResult = path.join(results, "playwright.json");
const baseEnv = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}`, NEXT_TELEMETRY_DISABLED: "1" };
const TYPESCRIPT = ["node", "--import", "./scripts/typescript.mjs"];
let child;

function run(command, env = {}) {
  return new Promise((resolve, reject) => {
    child = spawn(command[0], command.slice(1), {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...baseEnv, ...env },
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });
}

async function series(...commands) {
  for (const command of commands) {
    const code = await run(command);
    if (code !== 0) return code;
  }
  return 0;
}

let server;
async function unit() {
  const given = process.env.TEST_POSTGRES_URL;
  const postgres = given ? null : findPostgres();
  if (!given && !postgres) {
    const words = "PostgreSQL is not installed: run `npm run test:setup`";
    if (process.env.CI) {
      console.error(`${words}. In CI this is a failure.`);
      return 1;
    }
    console.log(`${words} to run its tests too. Skipped: every test named "postgres".`);
  }
  server = postgres ? await startPostgres(postgres) : undefined;
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${vitestResult}`];
  try {
    return await run(["vitest", "run", ...reporters], { TEST_POSTGRES_URL: given ?? server?.url ?? "" });
  } finally {
    await server?.stop();
    server = undefined;
  }
}

const STAGES = {
  types: () => series(["next", "typegen"], ["tsc", "--noEmit"]),
  lint: () => run(["biome", "check", "--error-on-warnings", "."]),
  layers: () => run([...TYPESCRIPT, "scripts/check-layers.ts"]),
  docs: () => run([...TYPESCRIPT, "scripts/check-docs.ts"]),
  unit,
  build: () => run(["next", "build"]),
  e2e: () => run(["playwright", "test", "--reporter=list,json"], { PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightResult }),
};

/** Passed, failed and skipped of both runners; what never ran counts as nothing. */
function totals() {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null);
  const vitest = read(vitestResult);
  if (vitest) {
    sum.passed += vitest.numPassedTests;
    sum.failed += vitest.numFailedTests;
    sum.skipped += vitest.numPendingTests + vitest.numTodoTests;
  }
  const playwright = read(playwrightResult)?.stats;
  if (playwright) {
    sum.passed += playwright.expected + playwright.flaky;
    sum.failed += playwright.unexpected;
    sum.skipped += playwright.skipped;
  }
  return sum;
}

function chosen() {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  const names = values.only?.split(",") ?? Object.keys(STAGES);
  const unknown = names.filter((name) => !STAGES[name]);
  if (unknown.length === 0) return names;
  console.error(`No such stage: ${unknown.join(", ")}. Stages: ${Object.keys(STAGES).join(", ")}.`);
  process.exit(2);
}

async function main() {
  const times = [];
  let failed;
  for (const name of chosen()) {
    console.log(`\n== ${name}`);
    const started = performance.now();
    const code = await STAGES[name]();
    times.push(`${name} ${((performance.now() - started) / 1000).toFixed(1)} s`);
    if (code !== 0) {
      failed = name;
      break;
    }
  }
  const sum = totals();
  if (failed && sum.failed === 0) sum.failed = 1;
  console.log(`\n${times.join(" · ")}`);
  console.log(failed ? `FAILED at ${failed}.` : "All stages passed.");
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  return failed ? 1 : 0;
}

for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, async () => {
    child?.kill(signal);
    await server?.stop();
    rmSync(results, { recursive: true, force: true });
    process.exit(130);
  });
process.exitCode = await main().finally(() => rmSync(results, { recursive: true, force: true }));
