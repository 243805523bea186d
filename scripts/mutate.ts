import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { ROOMS, type Room } from "./mutation/rooms.ts";
import { LEAST_SCORE, type Outcome, outcomeOf, type Report, render, scoreOf } from "./mutation/survivors.ts";

/**
 * `npm run mutate [-- room …] [--file lib/x.ts]`: changes the pure files of each room, one mutant after the other, and runs the
 * tests nearest to them (Stryker with Vitest). Keeps what it finds in scripts/mutation/outcomes.json and docs/mutation.md. Fails
 * below the least score and where a survivor has no reason: write it into outcomes.json, or a test. With `--file` it only
 * prints, with `--page` it only writes the page. Half a second of a processor for each mutant, so it is not part of `npm test`.
 */
const root = path.resolve(import.meta.dirname, "..");
const KEPT = path.join(root, "scripts", "mutation", "outcomes.json");
const PAGE = path.join(root, "docs", "mutation.md");

function configOf(room: Room, files: readonly string[], folder: string): object {
  return {
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    vitest: { configFile: "vitest.mutate.config.ts", related: false },
    mutate: files,
    testFiles: room.tests,
    mutator: { excludedMutations: room.words ? ["StringLiteral"] : [] },
    // A mutant may run for ever; one on a busy machine only takes long.
    timeoutMS: 120_000,
    concurrency: Number(process.env.MUTATE_CONCURRENCY ?? 2),
    // Outside of the project: Vitest passes over what is below node_modules.
    tempDirName: path.join(folder, "sandbox"),
    ignorePatterns: ["/.next", "/bench", "/data", "/docs", "/e2e", "/public", "/test-results"],
    // Stryker reads tsconfig.json by TypeScript's old interface, which TypeScript 7 has no more; Vitest needs no copy of it.
    tsconfigFile: "none.json",
    reporters: ["progress-append-only", "json"],
    jsonReporter: { fileName: path.join(folder, "report.json") },
    allowConsoleColors: false,
  };
}

function runRoom(room: Room, files: readonly string[]): Report {
  const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-mutate-"));
  try {
    const config = path.join(folder, "stryker.json");
    writeFileSync(config, JSON.stringify(configOf(room, files, folder)));
    const { status } = spawnSync(path.join(root, "node_modules", ".bin", "stryker"), ["run", config], {
      cwd: root,
      stdio: "inherit",
      // Each property runs for each mutant that it covers: a few cases of it will do.
      env: { ...process.env, RUNS_DIVISOR: process.env.RUNS_DIVISOR ?? "10", TEST_POSTGRES_URL: "", CI: "" },
    });
    if (status !== 0) throw new Error(`Stryker ended with ${status} in ${room.name}.`);
    return JSON.parse(readFileSync(path.join(folder, "report.json"), "utf8")) as Report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const read = (): Outcome[] => (existsSync(KEPT) ? (JSON.parse(readFileSync(KEPT, "utf8")) as Outcome[]) : []);

function keep(outcomes: readonly Outcome[]): void {
  const order = ROOMS.map((r) => r.name);
  const sorted = [...outcomes].sort((a, b) => order.indexOf(a.room) - order.indexOf(b.room));
  writeFileSync(KEPT, `${JSON.stringify(sorted, null, 2)}\n`);
  writeFileSync(PAGE, render(sorted));
}

function printed(outcome: Outcome): string {
  const open = outcome.survivors.filter((s) => s.reason === "");
  const lines = open.map((s) => `  ${s.file}: ${s.was}  →  ${s.mutant}`);
  return [`${outcome.room}: ${scoreOf(outcome).toFixed(1)} % of ${outcome.mutants} mutants killed`, ...lines].join(
    "\n",
  );
}

function main(): number {
  const options = { file: { type: "string" }, page: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const unknown = positionals.filter((name) => !ROOMS.some((r) => r.name === name));
  if (unknown.length) {
    console.error(`No such room: ${unknown.join(", ")}. Rooms: ${ROOMS.map((r) => r.name).join(", ")}.`);
    return 2;
  }
  const { file, page } = values;
  if (page) {
    keep(read());
    return 0;
  }
  const rooms = ROOMS.filter((r) =>
    file ? r.files.includes(file) : !positionals.length || positionals.includes(r.name),
  );
  const day = new Date().toISOString().slice(0, 10);
  let failed = rooms.length === 0;
  for (const room of rooms) {
    const kept = read();
    const before = kept.find((o) => o.room === room.name)?.survivors ?? [];
    const outcome = outcomeOf(room.name, day, runRoom(room, file ? [file] : room.files), before);
    if (!file) keep([...kept.filter((o) => o.room !== room.name), outcome]);
    console.log(printed(outcome));
    failed ||= scoreOf(outcome) < LEAST_SCORE || outcome.survivors.some((s) => s.reason === "");
  }
  return failed ? 1 : 0;
}

process.exitCode = main();
