import { describe, expect, test } from "vitest";
import { ENV_KEYS, ENV_SYNONYMS, parseEnv } from "@/lib/env.ts";
import {
  checkApi,
  checkCommands,
  checkLinks,
  checkMetrics,
  checkPermissions,
  checkProofs,
  checkReports,
  checkRoutes,
  checkSettings,
  codeRows,
  commandsOf,
  routesOf,
} from "./docs.ts";

test("every permission is described, and no other", () => {
  const text = "| `prices.propose` | x |\n| `ledger sync` | y |\n| `teams.paint` | z |";
  expect(checkPermissions(text, ["prices.propose", "teams.edit"]).map((g) => g.detail)).toEqual([
    "permission teams.edit is not described",
    "permission teams.paint does not exist",
  ]);
});

test("every route of the API is an endpoint", () => {
  const routes = [
    "GET /api/v1/reports/[report]",
    "GET /api/v1/units/[unit]",
    "POST /api/v1/units/[unit]",
    "GET /healthz",
  ];
  expect(checkApi(routes, ["GET /api/v1/units/{unit}"]).map((g) => g.detail)).toEqual([
    "the route POST /api/v1/units/[unit] is no endpoint (CONTRIBUTING.md)",
  ]);
});

test("every metric and alias is described, and no other", () => {
  const text = "| `gpu_ledger_a` | `team` | x |\n| `gpu_ledger_gone` | – | y |\n| `ai_finops_a` | `gpu_ledger_a` | z |";
  expect(checkMetrics(text, ["gpu_ledger_a", "gpu_ledger_b"], ["ai_finops_a"]).map((g) => g.detail)).toEqual([
    "metric gpu_ledger_b is not described",
    "metric gpu_ledger_gone does not exist",
  ]);
});

describe("settings", () => {
  const parse = (given: Record<string, string>) => {
    if (given.PORT === "many") throw new Error("refused");
    return { PORT: Number(given.PORT ?? 3000), HOST: given.HOST };
  };
  const settings = { keys: ["PORT", "HOST"], synonyms: { LISTEN: "HOST" }, parse };
  const rows = [
    "| `PORT` | `3000` | where | `8080` |",
    "| `HOST` | none | where | `::1` |",
    "| `LISTEN` | | same as `HOST` | |",
  ];
  const check = (lines: string[]) => checkSettings(lines.join("\n"), settings).map((g) => g.detail);

  test("all is well", () => expect(check(rows)).toEqual([]));
  test("a key that is not described", () => {
    expect(check(rows.slice(1))).toEqual(["setting PORT is not described"]);
    expect(check(rows.slice(0, 2))).toEqual(["setting LISTEN is not described"]);
  });
  test("a key that does not exist", () => {
    expect(check([...rows, "| `COLOUR` | | | |"])).toEqual(["setting COLOUR does not exist"]);
  });
  test("a wrong default", () => {
    expect(check(["| `PORT` | `80` | where | `8080` |", ...rows.slice(1)])).toEqual([
      "setting PORT: its default is not 80",
    ]);
    expect(check(["| `PORT` | none | where | `8080` |", ...rows.slice(1)])[0]).toMatch(/its default is 3000/);
  });
  test("an example that is missing or refused", () => {
    expect(check(["| `PORT` | `3000` | where | |", ...rows.slice(1)])).toEqual(["setting PORT: there is no example"]);
    expect(check(["| `PORT` | `3000` | where | `many` |", ...rows.slice(1)])).toEqual([
      "setting PORT: the example many is refused",
    ]);
  });
  test("the program's own keys are read", () => {
    const gaps = checkSettings("", {
      keys: ENV_KEYS,
      synonyms: ENV_SYNONYMS,
      parse: (given) => ({ ...parseEnv(given) }),
    });
    expect(gaps).toHaveLength(ENV_KEYS.length + Object.keys(ENV_SYNONYMS).length);
  });
});

describe("routes", () => {
  const files = new Map([
    ["app/(dashboard)/page.tsx", ""],
    ["app/(dashboard)/workloads/[workload]/page.tsx", ""],
    ["app/api/v1/reports/[report]/route.ts", "export async function GET() {}\nexport const POST = GET;\n"],
    ["app/layout.tsx", ""],
  ]);
  const routes = ["/", "/workloads/[workload]", "GET /api/v1/reports/[report]", "POST /api/v1/reports/[report]"];
  const table = routes.map((route) => `| \`${route}\` | what |`).join("\n");
  test("are read from the files", () => expect(routesOf(files)).toEqual(routes));
  test("all is well", () => expect(checkRoutes(table, routes)).toEqual([]));
  test("one that is not described, one that does not exist, one described twice", () => {
    expect(checkRoutes(table.split("\n").slice(1).join("\n"), routes)[0]?.detail).toBe("route / is not described");
    expect(checkRoutes(`${table}\n| \`/gone\` | |`, routes)[0]?.detail).toBe("route /gone does not exist");
    expect(checkRoutes(`${table}\n| \`/\` | |`, routes)[0]?.detail).toBe("route / is described twice");
  });
});

describe("commands", () => {
  const help =
    "Usage: x\n\nCommands:\n  sync [options]   read\n                   more words\n  check            prove\n  help [command]   show\n\nSettings\n";
  const table = "| `ledger sync [--once]` | reads |\n| `ledger check` | proves |";
  test("are read from the help", () => expect(commandsOf(help)).toEqual(["sync", "check"]));
  test("all is well", () => expect(checkCommands(table, ["sync", "check"])).toEqual([]));
  test("one that is not described, one that does not exist", () => {
    expect(checkCommands(table, ["sync", "check", "close"])[0]?.detail).toBe("command close is not described");
    expect(checkCommands(table, ["sync"])[0]?.detail).toBe("command check does not exist");
  });
});

describe("reports", () => {
  const reports = [{ slug: "capacity", columns: [{ header: "gpu_hours" }], parameters: { cluster: {} } }];
  const rows = "| `cluster` | only this cluster |\n";
  test("all is well", () => {
    const text = `# Reports\n\n${rows}\n## \`capacity\`\n\nParameters: \`cluster\`.\n\n\`gpu_hours\`\n\n## Formats\n`;
    expect(checkReports(text, reports)).toEqual([]);
  });
  test("a parameter that is not described, or does not exist", () => {
    const text = `${rows}\n## \`capacity\`\n\nParameters: \`team\`.\n\n\`gpu_hours\`\n`;
    expect(checkReports(text, reports).map((g) => g.detail)).toEqual([
      "report capacity: parameter cluster is not described",
      "report capacity: parameter team does not exist",
    ]);
    expect(checkReports(text.replace(rows, ""), reports)[0]?.detail).toBe("parameter cluster is not described");
  });
  test("one that is not described, one that does not exist, a column left out", () => {
    expect(checkReports("# Reports\n", reports)[0]?.detail).toBe("report capacity is not described");
    const text = `${rows}\n## \`capacity\`\n\nParameters: \`cluster\`.\n\n## \`gone\`\n`;
    expect(checkReports(text, reports).map((g) => g.detail)).toEqual([
      "report gone does not exist",
      "report capacity: its column gpu_hours is not described",
    ]);
  });
});

test("links lead somewhere", () => {
  const documents = new Map([
    [
      "README.md",
      "[a](docs/a.md) [b](docs/none.md) ![p](p.png) [w](https://x.example/y) `[code](none)` [h](docs/a.md#two-words)",
    ],
    ["docs/a.md", '# Two words\n[up](../README.md) [bad](#three-words) <img src="none.png">\n```\n[x](none)\n```\n'],
  ]);
  const gaps = checkLinks(documents, (file) => documents.has(file) || file === "p.png");
  expect(gaps.map((g) => `${g.file}: ${g.detail}`)).toEqual([
    "README.md: the link docs/none.md leads nowhere",
    "docs/a.md: the link #three-words names no heading",
    "docs/a.md: the link none.png leads nowhere",
  ]);
});

test("table rows with bars in them", () => {
  expect(codeRows("| `a` | b \\| c |\n| no | code |\ntext")).toEqual([["a", "b | c"]]);
});

test("claims of safety name a test that is there", () => {
  const text = `| requirement | what holds | proved by |
|---|---|---|
| 1. Held | so | [a](../a.test.ts) “holds”, [a](../a.test.ts) “is gone”, [a](../a.test.ts) “hold” |
| 2. Bare | so | nothing |

| limit of | is |
|---|---|
| a name | 200 |
`;
  expect(checkProofs(text, (file) => (file === "a.test.ts" ? 'it("holds")' : undefined)).map((g) => g.detail)).toEqual([
    "a.test.ts has no test “is gone”",
    "a.test.ts has no test “hold”",
    '"2. Bare" names no test',
  ]);
});
