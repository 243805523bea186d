import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { OPERATIONS as API_OPERATIONS } from "@/lib/api/openapi.ts";
import { ACTIONS } from "@/lib/auth/permissions.ts";
import { ENV_KEYS, ENV_SYNONYMS, parseEnv } from "@/lib/env.ts";
import { ALIASES } from "@/lib/metrics/aliases.ts";
import { LEDGER_METRICS } from "@/lib/metrics/snapshot.ts";
import { listReports } from "@/lib/reports/index.ts";
import {
  ARCHITECTURE,
  CONFIGURATION,
  checkApi,
  checkCommands,
  checkLinks,
  checkMetrics,
  checkNamedTests,
  checkPermissions,
  checkProofs,
  checkReports,
  checkRoutes,
  checkSettings,
  commandsOf,
  METRICS,
  OPERATIONS,
  REPORTS,
  routesOf,
  SAFETY,
} from "./docs.ts";
import { checkSubjects, checkWords } from "./words.ts";

/**
 * `npm run check:docs`: settings, routes, commands, permissions, reports and links are documented, and what is documented exists; texts, code
 * and the last commits are in plain words.
 */
const root = path.resolve(import.meta.dirname, "..");
process.chdir(root);

/** Files under some folders (or files) that pass, by path from the root. */
function read(tops: readonly string[], wanted: RegExp): Map<string, string> {
  const out = new Map<string, string>();
  const take = (file: string) => wanted.test(file) && out.set(file, readFileSync(file, "utf8"));
  for (const top of tops.filter((name) => existsSync(name))) {
    if (wanted.test(top)) take(top);
    else
      for (const entry of readdirSync(top, { withFileTypes: true, recursive: true }))
        if (entry.isFile()) take(path.posix.join(entry.parentPath.replaceAll(path.sep, "/"), entry.name));
  }
  return out;
}

const documents = read(["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs", "simulator", "bench"], /\.md$/);
const text = (file: string) => documents.get(file) ?? "";
const settings = {
  keys: ENV_KEYS,
  synonyms: ENV_SYNONYMS,
  parse: (given: Record<string, string>) => ({ ...parseEnv(given) }),
};
const { stdout: help } = await promisify(execFile)(process.execPath, [
  ...["--import", "./scripts/typescript.mjs"],
  ...["cli/ledger.ts", "--help"],
]);

const TOPS = ["app", "bench", "cli", "components", "db", "deploy", "docs", "e2e", "lib", "scripts", "simulator"];
/** The word list itself, references that an earlier version wrote, and the history of benchmarks. */
const QUOTED = /^scripts\/words|^db\/upgrade\/.*\/|^bench\/RESULTS\.md$/;
const wording = read(
  [...TOPS, "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "proxy.ts"],
  /\.(?:tsx?|mjs|md|ya?ml|sh)$/,
);
/** Subjects of the last commits; none where there is no history, as in an archive. */
const subjects = await promisify(execFile)("git", ["log", "-20", "--no-merges", "--format=%s"]).then(
  ({ stdout }) => stdout.split("\n").filter(Boolean),
  () => [],
);

const routes = routesOf(read(["app"], /\.tsx?$/));
const gaps = [
  ...checkSettings(text(CONFIGURATION), settings),
  ...checkRoutes(text(ARCHITECTURE), routes),
  ...checkApi(
    routes,
    API_OPERATIONS.map((o) => `${o.method} ${o.path}`),
  ),
  ...checkCommands(text(OPERATIONS), commandsOf(help)),
  ...checkPermissions(text(OPERATIONS), Object.keys(ACTIONS)),
  ...checkReports(text(REPORTS), listReports()),
  ...checkMetrics(
    text(METRICS),
    LEDGER_METRICS.map((m) => m.name),
    ALIASES.map((a) => a.name),
  ),
  ...checkProofs(text(SAFETY), (file) => (existsSync(file) ? readFileSync(file, "utf8") : undefined)),
  ...[...documents].flatMap(([file, content]) =>
    file === SAFETY
      ? []
      : checkNamedTests(file, content, (test) => (existsSync(test) ? readFileSync(test, "utf8") : undefined)),
  ),
  ...checkLinks(documents, existsSync),
  ...[...wording].flatMap(([file, content]) => (QUOTED.test(file) ? [] : checkWords(file, content))),
  ...checkSubjects(subjects),
];
for (const { file, detail } of gaps) console.error(`${file}: ${detail}`);
console.log(gaps.length ? `${gaps.length} problems.` : `Docs: ${documents.size} documents agree with what is built.`);
process.exitCode = gaps.length ? 1 : 0;
