import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

/**
 * `npm run nightly`: what takes too long for each change. Every stage runs, also after one that failed; the summary says how much was
 * tried. `npm run nightly -- --only kills,soak` runs some. `ATTACKS=0.05` tries a twentieth of the attacks, `SOAK_MINUTES` is how long the
 * soak lasts (30).
 */
const root = path.resolve(import.meta.dirname, "..");
const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-nightly-"));
const tally = path.join(folder, "tally.txt");
writeFileSync(tally, "");

interface Step {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}
const attack = (name: string): Step => ({
  command: ["vitest", "run", "-c", "vitest.nightly.config.ts", `scripts/attacks/${name}.attack.ts`],
});

/** Stages in their order: what finds most in the least time comes first. */
const STAGES: Readonly<Record<string, readonly Step[]>> = {
  build: [{ command: ["next", "build"] }],
  addresses: [attack("addresses")],
  acts: [attack("acts")],
  uploads: [attack("uploads"), attack("doors")],
  smuggling: [attack("smuggling")],
  sources: [attack("sources")],
  kills: [attack("kills"), { command: ["vitest", "run", "lib/closing/killed.test.ts", "db/processes.test.ts"] }],
  postgres: [attack("postgres-stops")],
  names: [{ command: ["playwright", "test", "hostile-input", "safety", "other-sites", "large-file"] }],
  upgrade: [{ command: ["vitest", "run", "db/upgrade"], env: { UPGRADE_REFERENCES: "all" } }],
  properties: [{ command: ["vitest", "run"], env: { FULL: "1" } }],
  soak: [attack("soak")],
  mutation: [{ command: ["node", "--import", "./scripts/typescript.mjs", "scripts/mutate.ts"] }],
  bench: [{ command: ["node", "--import", "./scripts/typescript.mjs", "bench/run.ts"] }],
};

const bin = path.join(root, "node_modules", ".bin");
const base = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}`, NEXT_TELEMETRY_DISABLED: "1" };

function run({ command: [program = "", ...args], env = {} }: Step): boolean {
  const { status } = spawnSync(program, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...base, NIGHTLY_TALLY: tally, ...env },
  });
  return status === 0;
}

function main(): number {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  const names = values.only?.split(",") ?? Object.keys(STAGES);
  const unknown = names.filter((name) => !Object.hasOwn(STAGES, name));
  if (unknown.length) {
    console.error(`No such stage: ${unknown.join(", ")}. Stages: ${Object.keys(STAGES).join(", ")}.`);
    return 2;
  }
  const lines: string[] = [];
  const failed: string[] = [];
  for (const name of names) {
    console.log(`\n== ${name}`);
    const began = performance.now();
    const right = (STAGES[name] ?? []).map(run).every(Boolean);
    lines.push(`${right ? "passed" : "FAILED"}  ${name}  ${Math.round((performance.now() - began) / 1000)} s`);
    if (!right) failed.push(name);
  }
  console.log(`\n${lines.join("\n")}\n\nTried:\n${readFileSync(tally, "utf8")}`);
  if (failed.length) console.log(`Failed: ${failed.join(", ")}`);
  return failed.length ? 1 : 0;
}

try {
  process.exitCode = main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
