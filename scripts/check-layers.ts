import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  CONFINED,
  DATABASE_PACKAGES,
  FACE_OF_SOURCES,
  FORBIDDEN_FOLDERS,
  MOST_FILES,
  MOST_LINES,
  NAMES_NO_VENDOR,
  NETWORK,
  NEVER,
  ORDER,
  PARTS,
  PERMITS,
  SEES_DATABASE,
  SEES_NETWORK,
  SEES_SIGN_IN,
  SIGN_IN_PACKAGES,
  TOOLS,
  VENDOR_WORDS,
} from "./layers.ts";
import { lookupProblems } from "./lookup-rules.ts";
import { sumProblems } from "./sum-rules.ts";
import { viewerProblems } from "./viewer-rules.ts";

export interface Problem {
  readonly rule: string;
  readonly file: string;
  readonly detail: string;
}
interface Import {
  /** A path from the root for our own files, else the package's name. */
  readonly target: string;
  readonly typeOnly: boolean;
}
interface Source {
  readonly file: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const isTest = (file: string) => /\.(test|spec)\.tsx?$|(^|\/)testing[^/]*\.tsx?$|^e2e\//.test(file);

/** Every rule against a set of files (path from the root → text). No disk: tests give it files that break each rule. */
export function checkLayers(files: ReadonlyMap<string, string>): Problem[] {
  const sources = [...files].map(([file, text]) => ({ file, text, imports: importsOf(file, text, files) }));
  const problems = sources.flatMap((source) => [
    ...(isTest(source.file)
      ? focused(source)
      : [
          ...directions(source),
          ...doors(source),
          ...vendors(source),
          ...ambient(source),
          ...viewerProblems(source.file, code(source.text)),
        ]),
    ...shape(source),
  ]);
  const product = sources.filter((s) => !isTest(s.file));
  const bodies = product
    .filter(({ file }) => /^(lib|app|components|cli|db)\//.test(file))
    .map(({ file, text }) => ({ file, body: code(text) }));
  return [...problems, ...rooms(product), ...cycles(product), ...lookupProblems(bodies), ...sumProblems(bodies)];
}

/** Rooms of `lib/`, `components/` and `cli/` that hold too many files to be one. */
function rooms(sources: readonly Source[]): Problem[] {
  const count = new Map<string, number>();
  for (const { file } of sources)
    if (/^(lib|components|cli)\//.test(file)) {
      const folder = path.posix.dirname(file);
      count.set(folder, (count.get(folder) ?? 0) + 1);
    }
  return [...count]
    .filter(([, n]) => n > MOST_FILES)
    .map(([file, n]) => ({
      rule: "room",
      file,
      detail: `${n} files, at most ${MOST_FILES}: split it by what they do`,
    }));
}

/** The import and re-export statements of a file; `import type` is recognised, `import { type X }` is not: it stays at run time. */
export function importsOf(file: string, text: string, files: ReadonlyMap<string, string>): Import[] {
  const found: Import[] = [];
  const statement = /^[ \t]*(?:import|export)\b([^;"'`()]*?)\bfrom\s*["']([^"']+)["']/gm;
  for (const [, clause = "", name = ""] of text.matchAll(statement))
    found.push({ target: resolve(file, name, files), typeOnly: /^\s*type\s*(?!,|from\b)/.test(clause) });
  for (const [, name = ""] of text.matchAll(/^[ \t]*import\s*["']([^"']+)["']/gm))
    found.push({ target: resolve(file, name, files), typeOnly: false });
  for (const [, name = ""] of text.matchAll(/\bimport\(\s*["']([^"']+)["']/g))
    found.push({ target: resolve(file, name, files), typeOnly: false });
  return found;
}

function resolve(file: string, name: string, files: ReadonlyMap<string, string>): string {
  if (!name.startsWith("@/") && !name.startsWith(".")) return name;
  const base = name.startsWith("@/") ? name.slice(2) : path.posix.join(path.posix.dirname(file), name);
  const forms = [base, `${base}.ts`, `${base}.tsx`, `${base}/index.ts`, `${base}/index.tsx`];
  return forms.find((form) => files.has(form)) ?? base;
}

export function layerOf(file: string): string {
  const part = PARTS[file];
  if (part) return part;
  const [top = "", second = "", third] = file.split("/");
  if (top === "lib") return third === undefined ? "foundation" : second;
  return file.includes("/") ? top : "app";
}

function permitted(rule: string, file: string, target = "", typeOnly = false): boolean {
  return PERMITS.some(
    (p) =>
      p.rule === rule &&
      p.file.test(file) &&
      (!p.target || p.target.test(target)) &&
      (!p.typeOnly || typeOnly === true),
  );
}

const isOurs = (target: string) => /^(app|components|lib|db|cli|simulator|scripts|e2e|bench)\//.test(target);
const rank = (layer: string) => ORDER.findIndex((row) => row.includes(layer));

function directions({ file, imports }: Source): Problem[] {
  const from = layerOf(file);
  if (TOOLS.includes(from) || /\.config\.(ts|mjs)$/.test(file)) return [];
  const known = rank(from) >= 0 || CONFINED[from];
  if (!known) return [{ rule: "direction", file, detail: `"${from}" is not in scripts/layers.ts: give it a place` }];
  const leaks = imports
    .filter(({ target }) => isTest(target))
    .map(({ target }) => ({ rule: "direction", file, detail: `${target} is for tests` }));
  const wrong = imports
    .filter(({ target }) => isOurs(target))
    .filter(({ target, typeOnly }) => !mayImport(from, target) && !permitted("direction", file, target, typeOnly))
    .map(({ target }) => ({ rule: "direction", file, detail: `${from} may not import ${target}` }));
  return [...leaks, ...wrong];
}

function mayImport(from: string, target: string): boolean {
  const to = layerOf(target);
  if (to === from) return true;
  const confined = CONFINED[from];
  if (confined) return confined.test(target);
  if (to === "components") return from === "app";
  if (rank(to) < 0 || NEVER[from]?.includes(to)) return false;
  return rank(to) < rank(from);
}

function doors({ file, imports }: Source): Problem[] {
  if (layerOf(file) === "foundation" || !file.startsWith("lib/")) return [];
  const out: Problem[] = [];
  for (const { target, typeOnly } of imports) {
    if (typeOnly) continue;
    const database = target.startsWith("db/") || DATABASE_PACKAGES.test(target);
    const network = NETWORK.test(target);
    if (database && !SEES_DATABASE.test(file) && !permitted("database", file))
      out.push({ rule: "database", file, detail: `names ${target}: only store.ts, load.ts and reports do` });
    if (network && !SEES_NETWORK.test(file))
      out.push({ rule: "network", file, detail: `names ${target}: only sources and alert channels do` });
    if (/store\.ts$/.test(file) && target.startsWith("lib/sources/"))
      out.push({ rule: "network", file, detail: `a store does not see ${target}` });
  }
  return out;
}

/** Vendors stop at the door of `lib/sources`: other rooms import its face alone, and some do not even name a vendor. */
function vendors({ file, text, imports }: Source): Problem[] {
  const signIn = imports.find(({ target }) => SIGN_IN_PACKAGES.test(target));
  if (signIn && !SEES_SIGN_IN.test(file))
    return [{ rule: "vendor", file, detail: `imports ${signIn.target}: only lib/auth/nextauth does` }];
  if (file.startsWith("lib/sources/")) return [];
  const inside = imports
    .filter(({ target }) => target.startsWith("lib/sources/") && !FACE_OF_SOURCES.test(target))
    .map(({ target }) => ({ rule: "vendor", file, detail: `imports ${target}: only lib/sources knows a vendor` }));
  const word = NAMES_NO_VENDOR.test(file) ? VENDOR_WORDS.exec(text)?.[0] : undefined;
  return word
    ? [...inside, { rule: "vendor", file, detail: `names "${word}": say what a source reports instead` }]
    : inside;
}

/** A text without its comments, good enough to look for names in: strings with `//` after a colon are kept. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"'`\\])\/\/.*$/gm, "$1");
}

function ambient({ file, text }: Source): Problem[] {
  const body = code(text);
  const out: Problem[] = [];
  if (/\bprocess\.env\b(?!\.(?:NODE_ENV|NEXT_RUNTIME)\b)/.test(body) && !permitted("environment", file))
    out.push({ rule: "environment", file, detail: "reads process.env: use lib/env.ts" });
  if (
    /\bDate\.now\(|\bnew Date\(\s*\)|\bTemporal\.Now\.(?!zonedDateTimeISO\(zone\))/.test(body) &&
    !permitted("clock", file)
  )
    out.push({ rule: "clock", file, detail: "reads the clock: use ctx.now()" });
  return out;
}

function focused({ file, text }: Source): Problem[] {
  const out: Problem[] = [];
  const body = code(text);
  for (const [found] of body.matchAll(/(?<!["'`.\w])(?:it|test|describe)(?:\.\w+)*\.(?:only|fixme|todo)\b/g))
    out.push({ rule: "tests", file, detail: `${found} is left in` });
  // A condition may skip a test, by name, when a peer is missing; tools for tests may do so for them.
  if (/(^|\/)testing[^/]*\.tsx?$/.test(file)) return out;
  for (const [found] of body.matchAll(/(?<!["'`.\w])(?:it|test|describe)(?:\.\w+)*\.skip\(\s*(?:["'`)]|\))/g))
    out.push({ rule: "tests", file, detail: `${found}…) is left in` });
  return out;
}

function shape({ file, text }: Source): Problem[] {
  const out: Problem[] = [];
  const lines = text.split("\n").length - 1;
  if (lines > MOST_LINES) out.push({ rule: "length", file, detail: `${lines} lines, at most ${MOST_LINES}` });
  const folder = file
    .split("/")
    .slice(0, -1)
    .find((name) => FORBIDDEN_FOLDERS.includes(name));
  if (folder) out.push({ rule: "folder", file, detail: `a folder named "${folder}" says nothing: name what it holds` });
  return out;
}

/** Import cycles, those of types alone included, each reported once from its first file in the alphabet. */
function cycles(sources: readonly Source[]): Problem[] {
  const edges = new Map(sources.map((s) => [s.file, [...new Set(s.imports.map((i) => i.target))]]));
  const done = new Set<string>();
  const out = new Map<string, Problem>();
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) {
      const ring = trail.slice(at);
      const key = [...ring].sort().join(" ");
      const first = [...ring].sort()[0] as string;
      if (!out.has(key)) out.set(key, { rule: "cycle", file: first, detail: [...ring, file].join(" → ") });
      return;
    }
    if (done.has(file)) return;
    for (const target of edges.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of [...edges.keys()].sort()) visit(file, []);
  return [...out.values()];
}

const ROOTS = ["app", "components", "lib", "db", "cli", "simulator", "scripts", "e2e", "bench"];

/** Every TypeScript file of the project, by path from the root. */
export function readProject(root: string): Map<string, string> {
  const files = new Map<string, string>();
  const take = (file: string) => files.set(file, readFileSync(path.join(root, file), "utf8"));
  for (const entry of readdirSync(root, { withFileTypes: true }))
    if (entry.isFile() && /\.tsx?$/.test(entry.name) && entry.name !== "next-env.d.ts") take(entry.name);
  for (const top of ROOTS.filter((name) => existsSync(path.join(root, name)))) {
    const entries = readdirSync(path.join(root, top), { withFileTypes: true, recursive: true });
    for (const entry of entries) {
      const file = path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/");
      if (entry.isFile() && /\.tsx?$/.test(file)) take(file);
    }
  }
  return files;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const files = readProject(path.resolve(import.meta.dirname, ".."));
  const problems = checkLayers(files);
  for (const { rule, file, detail } of problems) console.error(`${file}: ${detail} (${rule})`);
  console.log(problems.length ? `${problems.length} problems.` : `Layers: ${files.size} files keep to the rules.`);
  process.exitCode = problems.length ? 1 : 0;
}
