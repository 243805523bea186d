import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { checkLayers, importsOf, layerOf, type Problem, readProject } from "./check-layers.ts";

/** What the rules say of some files; each stands for itself. */
function check(files: Record<string, string>): Problem[] {
  return checkLayers(new Map(Object.entries(files)));
}
const rules = (files: Record<string, string>) => check(files).map((p) => p.rule);
const NOTHING = "export const x = 1;\n";
const importing = (target: string) => `import { x } from "${target}";\nexport const y = x;\n`;

test("the project keeps to its own rules", () => {
  expect(checkLayers(readProject(path.resolve(import.meta.dirname, "..")))).toEqual([]);
});

test("objects with free keys are asked for their own keys alone", () => {
  const names = 'export const NAMES: Readonly<Record<string, string>> = { a: "A" };\n';
  const using = (use: string) =>
    `import { NAMES } from "@/lib/sync/names";\nexport const f = (key: string) => ${use};\n`;
  const of = (use: string, home = "") => rules({ "lib/sync/names.ts": names + home, "lib/sync/use.ts": using(use) });
  expect(of("NAMES[key]")).toContain("lookup");
  expect(of("own(NAMES, key)")).not.toContain("lookup");
  expect(of('NAMES["a"]')).not.toContain("lookup");
  expect(of("key", "export const g = (key: string) => NAMES[key.trim()];\n")).toContain("lookup");
  expect(rules({ "lib/sync/other.ts": "export const f = (NAMES: string[], i: number) => NAMES[i];\n" })).toEqual([]);
});

describe("sums of money as plain numbers", () => {
  const of = (text: string) => rules({ "lib/sync/sums.ts": `${text}\n` });
  test.each([
    "total += row.amountMicros;",
    "to.amountMicros += x;",
    "to.amountMicros -= x;",
    "const s = rows.reduce((sum, r) => sum + r.amountMicros, 0);",
    "const s = rows.reduce<number>((a, r) => a + (r.usageMicros ?? 0), 0);",
    "sums.set(key, (sums.get(key) ?? 0) + micros);",
    "const s = { amountMicros: sum.amountMicros + row.amountMicros };",
    "const s = a.usageMicros + a.shareMicros - a.costMicros;",
  ])("refuses %s", (text) => {
    expect(of(text)).toContain("sum of money");
  });
  test.each([
    "const s = sumMicros(rows.map((r) => r.amountMicros));",
    "const s = addExactly(a.usageMicros, b.usageMicros);",
    "sum += BigInt(row.amountMicros);",
    "const s = rows.reduce((sum, r) => sum + BigInt(r.amountMicros), 0n);",
    "const s = a.afterMicros - a.beforeMicros;",
    "const s = sql`sum(usage_micros + share_micros + cost_micros)`;",
    "rows.sort((a, b) => (b.savingMicros ?? 0) - (a.savingMicros ?? 0));",
    "const s = rows.reduce((sum, r) => sum + r.milli, 0);",
  ])("takes %s", (text) => {
    expect(of(text)).toEqual([]);
  });
});

describe("left never imports right", () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ["the foundation, the store", "lib/time.ts", "db/client.ts"],
    ["the foundation, a module", "lib/time.ts", "lib/sync/plan.ts"],
    ["the store, a module", "db/client.ts", "lib/sync/plan.ts"],
    ["sources, the store", "lib/sources/runai/client.ts", "db/client.ts"],
    ["sources, sync", "lib/sources/runai/client.ts", "lib/sync/plan.ts"],
    ["sync, metering", "lib/sync/run.ts", "lib/metering/meter.ts"],
    ["metering, reports", "lib/metering/meter.ts", "lib/reports/index.ts"],
    ["reports, exports", "lib/reports/capacity.ts", "lib/exports/csv.ts"],
    ["reports, alerts beside it", "lib/reports/capacity.ts", "lib/alerts/evaluate.ts"],
    ["exports, the API", "lib/exports/csv.ts", "lib/api/respond.ts"],
    ["jobs, reports", "lib/jobs/run.ts", "lib/reports/index.ts"],
    ["jobs, exports", "lib/jobs/run.ts", "lib/exports/csv.ts"],
    ["jobs, the API", "lib/jobs/run.ts", "lib/api/respond.ts"],
    ["the API, jobs", "lib/api/respond.ts", "lib/jobs/run.ts"],
    ["a module, a page", "lib/reports/index.ts", "app/page.tsx"],
    ["the command line, a page", "cli/ledger.ts", "app/page.tsx"],
    ["a module, a component", "lib/reports/index.ts", "components/money.tsx"],
    ["a component, a module", "components/table.tsx", "lib/metering/meter.ts"],
    ["a component, a store", "components/table.tsx", "lib/reports/report.ts"],
    ["the simulator, a module", "simulator/main.ts", "lib/metering/meter.ts"],
    ["the simulator, the settings", "simulator/main.ts", "lib/env.ts"],
    ["a module, the simulator", "lib/jobs/run.ts", "simulator/main.ts"],
    ["a page, a chore", "app/page.tsx", "scripts/demo.ts"],
    ["a module, a test's tool", "lib/sync/run.ts", "lib/sync/testing.ts"],
  ];
  test.each(refused)("%s", (_, file, target) => {
    expect(rules({ [file]: importing(`@/${target.replace(/\.tsx?$/, "")}`), [target]: NOTHING })).toContain(
      "direction",
    );
  });

  const allowed: readonly (readonly [string, string, string])[] = [
    ["a module, the foundation", "lib/metering/meter.ts", "lib/time.ts"],
    ["a store, the database", "lib/metering/store.ts", "db/client.ts"],
    ["sync, sources", "lib/sync/run.ts", "lib/sources/index.ts"],
    ["a report, the database", "lib/reports/capacity.ts", "db/client.ts"],
    ["jobs, metering", "lib/jobs/run.ts", "lib/metering/meter.ts"],
    ["a page, a component", "app/page.tsx", "components/table.tsx"],
    ["a page, a report", "app/page.tsx", "lib/reports/index.ts"],
    ["a component, a module's types", "components/table.tsx", "lib/metering/types.ts"],
    ["the simulator, time", "simulator/main.ts", "lib/time.ts"],
    ["a test, anything", "lib/time.test.ts", "lib/reports/index.ts"],
    ["a chore, anything", "scripts/demo.ts", "simulator/main.ts"],
  ];
  test.each(allowed)("but %s", (_, file, target) => {
    expect(rules({ [file]: importing(`@/${target.replace(/\.tsx?$/, "")}`), [target]: NOTHING })).toEqual([]);
  });

  test("a permit by type does not cover a value", () => {
    const files = { "lib/ctx.ts": 'import type { Db } from "@/db/client.ts";\n', "db/client.ts": NOTHING };
    expect(rules(files)).toEqual([]);
    expect(rules({ ...files, "lib/ctx.ts": importing("@/db/client") })).toContain("direction");
  });

  test("a module that has no place yet is reported", () => {
    expect(check({ "lib/magic/spell.ts": NOTHING })).toEqual([
      expect.objectContaining({ rule: "direction", detail: expect.stringContaining('"magic"') }),
    ]);
  });
});

describe("doors", () => {
  test("pure files do not see the database", () => {
    expect(rules({ "lib/metering/classify.ts": importing("@/db/client"), "db/client.ts": NOTHING })).toEqual([
      "database",
    ]);
    expect(rules({ "lib/metering/classify.ts": importing("drizzle-orm") })).toEqual(["database"]);
    expect(rules({ "lib/metering/classify.ts": importing("better-sqlite3") })).toEqual(["database"]);
  });
  test("nor the network", () => {
    expect(rules({ "lib/metering/classify.ts": importing("@/lib/http"), "lib/http.ts": NOTHING })).toEqual(["network"]);
    expect(rules({ "lib/metering/classify.ts": importing("undici") })).toEqual(["network"]);
    expect(rules({ "lib/sources/runai/reshape.ts": importing("node:https") })).toEqual(["network"]);
    expect(rules({ "lib/sources/runai/client.ts": importing("undici") })).toEqual([]);
  });
  test("nor the library of sign-in, but one folder", () => {
    for (const file of ["lib/auth/sign-in.ts", "app/ctx.ts", "components/x.ts"])
      expect(rules({ [file]: importing("next-auth/jwt") })).toEqual(["vendor"]);
    expect(rules({ "lib/auth/nextauth/cookie.ts": importing("next-auth/jwt") })).toEqual([]);
  });

  test("a store sees neither network nor sources, but by type", () => {
    expect(rules({ "lib/sync/store.ts": importing("@/lib/http"), "lib/http.ts": NOTHING })).toEqual(["network"]);
    const source = { "lib/sources/source.ts": NOTHING };
    expect(rules({ "lib/sync/store.ts": importing("@/lib/sources/source"), ...source })).toEqual(["network"]);
    const byType = 'import type { X } from "@/lib/sources/source.ts";\nexport type Y = X;\n';
    expect(rules({ "lib/sync/store.ts": byType, ...source })).toEqual([]);
  });
});

describe("vendors stop at the door", () => {
  const inside = { "lib/sources/runai/index.ts": NOTHING, "lib/sources/index.ts": NOTHING };
  test("of lib/sources: other rooms import its face alone", () => {
    for (const file of ["lib/sync/run.ts", "lib/jobs/run.ts", "app/page.tsx", "cli/x.ts"]) {
      expect(new Set(rules({ [file]: importing("@/lib/sources/runai/index"), ...inside }))).toEqual(
        new Set(["vendor"]),
      );
      expect(rules({ [file]: importing("@/lib/sources/index"), ...inside })).toEqual([]);
    }
    expect(
      rules({ "lib/sources/index.ts": importing("./runai/index"), "lib/sources/runai/index.ts": NOTHING }),
    ).toEqual([]);
  });
  test.each(["Run:ai", "runai", "Prometheus", "DCGM_FI_DEV_GPU_UTIL"])(
    "%s is not named in sync and metering",
    (word) => {
      const text = `// as ${word} has it\n${NOTHING}`;
      expect(rules({ "lib/sync/run.ts": text })).toEqual(["vendor"]);
      expect(rules({ "lib/metering/meter.ts": text })).toEqual(["vendor"]);
      expect(rules({ "lib/sources/index.ts": text, "lib/jobs/run.ts": text, "lib/sync/run.test.ts": text })).toEqual(
        [],
      );
    },
  );
});

describe("clock and settings", () => {
  test.each(["Date.now()", "new Date()", "new Date( )", "Temporal.Now.instant()"])("%s", (expression) => {
    const text = `export const at = ${expression};\n`;
    expect(rules({ "lib/metering/classify.ts": text })).toEqual(["clock"]);
    expect(rules({ "app/page.tsx": text })).toEqual(["clock"]);
    expect(rules({ "lib/metering/classify.ts": `// not ${expression}\n` })).toEqual([]);
  });
  test("process.env is read in lib/env.ts; Next's own constants anywhere", () => {
    expect(rules({ "lib/metering/classify.ts": "export const x = process.env.X;\n" })).toEqual(["environment"]);
    expect(rules({ "app/page.tsx": "export const x = process.env.NODE_ENV;\n" })).toEqual([]);
    expect(rules({ "lib/env.ts": "export const x = process.env;\n" })).toEqual([]);
  });
});

describe("tests", () => {
  test.each(["test.only('x')", "describe.only('x')", "it.todo('x')", "test.skip('x', f)", "test.describe.skip('x')"])(
    "%s is found",
    (text) => {
      expect(rules({ "lib/time.test.ts": `${text};\n` })).toEqual(["tests"]);
      expect(rules({ "e2e/sign-in.spec.ts": `${text};\n` })).toEqual(["tests"]);
    },
  );
  test("a condition may skip", () => {
    expect(
      rules({ "lib/time.test.ts": "test.skipIf(absent)('x');\n", "e2e/a.spec.ts": "test.skip(!peer, 'why');\n" }),
    ).toEqual([]);
  });
});

describe("shape", () => {
  test("a file over 400 lines", () => {
    expect(rules({ "lib/time.ts": NOTHING.repeat(400) })).toEqual([]);
    expect(rules({ "lib/time.ts": NOTHING.repeat(401) })).toEqual(["length"]);
  });
  test("a folder that says nothing", () => {
    expect(rules({ "lib/metering/utils/x.ts": NOTHING })).toEqual(["folder"]);
  });
  test("a function over 70 lines (by lint)", () => {
    const long = (lines: number) => `export function f() {\n${"  f();\n".repeat(lines)}}\n`;
    const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-lint-"));
    const lint = (text: string) => {
      writeFileSync(path.join(folder, "long.ts"), text);
      const { stdout, stderr } = spawnSync("biome", ["lint", `--config-path=${folder}`, folder], { encoding: "utf8" });
      return stdout + stderr;
    };
    const { vcs: _, files: __, ...config } = JSON.parse(readFileSync("biome.json", "utf8"));
    writeFileSync(path.join(folder, "biome.json"), JSON.stringify(config));
    expect(lint(long(71))).toMatch(/noExcessiveLinesPerFunction/);
    expect(lint(long(60))).not.toMatch(/noExcessiveLinesPerFunction/);
    rmSync(folder, { recursive: true });
  });
});

test("a room of lib holds 25 files at most, tests aside", () => {
  const room = (n: number) =>
    Object.fromEntries(
      Array.from({ length: n }, (_, i) => [`lib/sync/f${i}.ts`, NOTHING]).concat([["lib/sync/f.test.ts", NOTHING]]),
    );
  expect(rules(room(25))).toEqual([]);
  expect(check(room(26))).toMatchObject([{ rule: "room", file: "lib/sync" }]);
});

test("import cycles are reported once, those of types too", () => {
  const files = { "lib/a.ts": importing("./b"), "lib/b.ts": importing("./c"), "lib/c.ts": importing("./a") };
  expect(check(files)).toEqual([
    { rule: "cycle", file: "lib/a.ts", detail: "lib/a.ts → lib/b.ts → lib/c.ts → lib/a.ts" },
  ]);
  expect(rules({ ...files, "lib/c.ts": 'import type { A } from "./a";\n' })).toEqual(["cycle"]);
});

test("every form of import is read", () => {
  const text = [
    'import a, { b } from "@/lib/a";',
    'import type { T } from "@/lib/t";',
    "import {\n  type U,\n  u,\n} from './u.ts';",
    'export * from "./all";',
    'export type { V } from "./v";',
    'import "./side";',
    'const later = await import("../db/later.ts");',
    'const words = "import x from nowhere";',
    '// import { y } from "commented";',
  ].join("\n");
  expect(importsOf("lib/x.ts", text, new Map([["lib/a.ts", ""]]))).toEqual([
    { target: "lib/a.ts", typeOnly: false },
    { target: "lib/t", typeOnly: true },
    { target: "lib/u.ts", typeOnly: false },
    { target: "lib/all", typeOnly: false },
    { target: "lib/v", typeOnly: true },
    { target: "lib/side", typeOnly: false },
    { target: "db/later.ts", typeOnly: false },
  ]);
});

test("a file's layer", () => {
  expect(
    ["lib/time.ts", "lib/sync/plan.ts", "app/page.tsx", "instrumentation.ts", "db/client.ts"].map(layerOf),
  ).toEqual(["foundation", "sync", "app", "app", "db"]);
});

describe("who reads what starts from the viewer", () => {
  const problemsOf = (file: string, text: string) =>
    checkLayers(new Map([[file, text]])).filter((p) => p.rule === "viewer");
  const loader = (head: string, body = "return ctx.db.all(sql`select * from teams`);") =>
    `export async function loadTeams(${head}) {\n  ${body}\n}\n`;

  test.each([
    ["a page that takes the store out of its context", "app/(dashboard)/teams/page.tsx", "await listTeams(ctx.db);"],
    ["… of its input", "app/lists.ts", "await listTeams(input.ctx.db);"],
    ["… by taking it apart", "app/lists.ts", "const { db, viewer } = input.ctx;"],
    ["… in a parameter", "app/lists.ts", "async function names({ db }: Ctx) {}"],
    ["a loader of a store alone", "lib/pages/teams.ts", loader("db: Reader")],
    ["a loader that has a viewer and does not look", "lib/pages/teams.ts", loader("ctx: Ctx")],
    ["… as a constant", "lib/reports/read/x.ts", "export const listTeams = (ctx: Ctx) =>\n  ctx.db.all(sql`x`);\n"],
    [
      "… that calls another which does not look",
      "lib/pages/teams.ts",
      `${loader("ctx: Ctx", "return read(ctx);")}function read(ctx: Ctx) {\n  return ctx.db.all(sql\`x\`);\n}\n`,
    ],
  ])("%s is found", (_, file, text) => {
    expect(problemsOf(file, text)).toHaveLength(1);
  });

  test.each([
    ["a page with a reader for an action", "app/x.ts", 'await listTeams(readerFor(ctx, "teams.read"));'],
    ["a page that hands on its context", "app/x.ts", "await loadTeams(ctx);"],
    ["where a context is built", "app/ctx.ts", "const { db } = ctx;"],
    ["a comment", "app/x.ts", "// not ctx.db\n"],
    ["a loader that asks permission", "lib/pages/x.ts", loader("ctx: Ctx", 'allow(ctx.viewer, "teams.read");')],
    ["a loader that starts from a scope", "lib/pages/x.ts", loader("ctx: Ctx", "return findScope(ctx, {});")],
    ["a loader that is given a scope", "lib/reports/read/x.ts", loader("ctx: Ctx, scope: Scope")],
    [
      "a loader whose helper looks",
      "lib/pages/x.ts",
      `${loader("ctx: Ctx", "return read(ctx);")}function read({ viewer }: Ctx) {\n  return viewer.id;\n}\n`,
    ],
    ["a calculation", "lib/pages/x.ts", "export function sumOf(rows: readonly number[]) {\n  return rows.length;\n}\n"],
  ])("%s is not", (_, file, text) => {
    expect(problemsOf(file, text)).toEqual([]);
  });
});
