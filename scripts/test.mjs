import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { findPostgres, startPostgres } from "./postgres.mjs";
import { printResults, readResults } from "./test-report.mjs";

/**
 * `npm test`: every check, in the order in which a mistake is cheapest to find; stops at the first stage that fails. The build
 * runs beside the stages that read sources alone.
 * `npm test -- --only unit,layers` runs some stages, one after the other. `FULL=1 npm test` tries every property ten times as
 * often, on every database.
 */
const root = path.resolve(import.meta.dirname, "..");
const bin = path.join(root, "node_modules", ".bin");
const results = mkdtempSync(path.join(tmpdir(), "gpu-ledger-test-"));
const reports = { vitest: path.join(results, "vitest.json"), playwright: path.join(results, "playwright.json") };
const baseEnv = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}`, NEXT_TELEMETRY_DISABLED: "1" };
const TYPESCRIPT = ["node", "--import", "./scripts/typescript.mjs"];
const children = new Set();

/** @param quiet what the command prints is kept, and printed when it ends: another one is printing. */
function run(command, env = {}, quiet = false) {
  return new Promise((resolve, reject) => {
    const output = quiet ? "pipe" : "inherit";
    const child = spawn(command[0], command.slice(1), {
      cwd: root,
      stdio: ["ignore", output, output],
      env: { ...baseEnv, ...env },
    });
    children.add(child);
    const printed = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part) => printed.push(part));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      children.delete(child);
      if (quiet) process.stdout.write(Buffer.concat(printed));
      resolve(code ?? (signal ? 1 : 0));
    });
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
    console.log(`${words} to run its tests too. PGlite stands in for it.`);
  }
  server = postgres ? await startPostgres(postgres) : undefined;
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reports.vitest}`];
  try {
    return await run(["vitest", "run", ...reporters], { TEST_POSTGRES_URL: given ?? server?.url ?? "" });
  } finally {
    await server?.stop();
    server = undefined;
  }
}

const build = (quiet) => run(["next", "build"], {}, quiet);

/** Each stage by name. */
const STAGES = {
  types: () => series(["next", "typegen"], ["tsc", "--noEmit"]),
  lint: () => run(["biome", "check", "--error-on-warnings", "."]),
  layers: () => run([...TYPESCRIPT, "scripts/check-layers.ts"]),
  docs: () => run([...TYPESCRIPT, "scripts/check-docs.ts"]),
  unit,
  build: () => build(false),
  e2e: () => run(["playwright", "test", "--reporter=list,json"], { PLAYWRIGHT_JSON_OUTPUT_FILE: reports.playwright }),
};
/** All of them: each row in order, one row after the other; in a row what stands beside it runs at the same time. */
const PLAN = [
  // What the build writes, types read.
  { stages: ["types"] },
  { stages: ["lint", "layers", "docs"], beside: ["build", build] },
  { stages: ["unit", "e2e"] },
];

function plan() {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  if (values.only === undefined) return PLAN;
  const names = values.only.split(",");
  const unknown = names.filter((name) => !STAGES[name]);
  if (unknown.length === 0) return [{ stages: names }];
  console.error(`No such stage: ${unknown.join(", ")}. Stages: ${Object.keys(STAGES).join(", ")}.`);
  process.exit(2);
}

const times = [];
/** @returns the name where it failed. */
async function timed(name, stage) {
  const started = performance.now();
  const code = await stage();
  times.push(`${name} ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return code === 0 ? undefined : name;
}

/** @returns the first stage of a row that failed; then the others are stopped. */
async function row({ stages, beside }) {
  const [name, act] = beside ?? [];
  let failed;
  const stop = (where) => {
    if (where && !failed) for (const child of children) child.kill("SIGTERM");
    failed ??= where;
  };
  const other = beside && timed(name, () => act(true)).then(stop);
  for (const stage of stages) {
    if (failed) break;
    console.log(`\n== ${stage}${beside && stage === stages[0] ? `, and ${name} beside` : ""}`);
    stop(await timed(stage, STAGES[stage]));
  }
  await other;
  return failed;
}

async function main() {
  let failed;
  for (const step of plan()) {
    failed = await row(step);
    if (failed) break;
  }
  printResults(readResults(reports, root), times, failed);
  return failed ? 1 : 0;
}

for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, async () => {
    for (const child of children) child.kill(signal);
    await server?.stop();
    rmSync(results, { recursive: true, force: true });
    process.exit(130);
  });
process.exitCode = await main().finally(() => rmSync(results, { recursive: true, force: true }));
