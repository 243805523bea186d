import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listReports } from "@/lib/reports/index.ts";
import { type Attacked, seededLedger, startServer } from "./server.ts";
import { some, tally } from "./tally.ts";

/** What nobody's address should break on, percent-encoded where HTTP asks for it. */
const VALUES = [
  ...[
    "",
    "0",
    "-1",
    "1e309",
    "NaN",
    "9".repeat(400),
    "9007199254740993",
    "2026-02-30",
    "0000-01-01",
    "99999-12-31",
    "2026-13",
    "../../etc/passwd",
  ],
  ...[
    "constructor",
    "__proto__",
    "toString",
    "valueOf",
    "hasOwnProperty",
    "team:constructor",
    "user:__proto__",
    "label:constructor",
  ],
  ...[
    "' or 1=1 --",
    '"; drop table teams; --',
    "\u0000",
    "a\u0000b",
    "\ud800",
    "\u202egnp.exe",
    "a\r\nset-cookie: b=c",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "$[7*7]",
  ],
  ...[
    "%",
    "%25",
    "%00",
    "%E0%A4%A",
    "javascript:alert(1)",
    "//evil.example",
    "x".repeat(5000),
    "😀".repeat(200),
    "last-7-days,last-7-days",
    "[]",
    "{}",
    "null",
  ],
];
/** Names that pages, downloads and the API read. */
const NAMES = [
  ...[
    "period",
    "from",
    "to",
    "team",
    "project",
    "user",
    "workload",
    "cluster",
    "search",
    "sort",
    "dir",
    "page",
    "cursor",
    "limit",
    "by",
    "grain",
    "view",
    "format",
  ],
  ...[
    "of",
    "state",
    "kind",
    "rule",
    "severity",
    "cost_centre",
    "label",
    "category",
    "gpu_model",
    "act",
    "id",
    "day",
    "until",
    "pattern",
    "columns",
    "day",
    "span",
    "group",
  ],
];
const encode = (value: string): string => {
  try {
    return encodeURIComponent(value);
  } catch {
    return "%ED%A0%80";
  }
};

/** Every address of the build; a part in brackets is where a value goes. */
function addresses(): string[] {
  const manifest = JSON.parse(readFileSync(".next/server/app-paths-manifest.json", "utf8")) as Record<string, string>;
  return Object.keys(manifest)
    .map((route) => route.replace(/\/\([^/]+\)/g, "").replace(/\/(page|route)$/, "") || "/")
    .filter((route) => !/^\/(_|api\/auth)/.test(route) && !route.includes("icon"))
    .sort();
}

let server: Attacked;
beforeAll(async () => {
  server = await startServer(await seededLedger());
});
afterAll(async () => {
  await server.close();
});

it("no value in any address is a failure of the server", async () => {
  const all: string[] = [];
  const whole = { report: listReports()[0]?.slug ?? "", period: "2026-10", team: "11", format: "csv" } as Record<
    string,
    string
  >;
  for (const route of addresses()) {
    const parts = [...route.matchAll(/\[(?:\.\.\.)?(\w+)\]/g)].map(([, name]) => name ?? "");
    const filled = route.replace(/\[(?:\.\.\.)?(\w+)\]/g, (_, name: string) => whole[name] ?? "1");
    for (const part of parts)
      for (const value of VALUES.filter((v) => v !== ""))
        all.push(
          route.replace(/\[(?:\.\.\.)?(\w+)\]/g, (_, name: string) =>
            name === part ? encode(value) : (whole[name] ?? "1"),
          ),
        );
    for (const name of NAMES) for (const value of VALUES) all.push(`${filled}?${name}=${encode(value)}`);
  }
  // All of them, 137,000, in two weeks.
  const tried = some(all, 1 / 13);
  const failures: string[] = [];
  const queue = [...tried];
  const work = async () => {
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      const { status, text } = await server.send(path);
      if (status === 0 || status >= 500) failures.push(`${status} ${path}`);
      // No value comes back as markup. Data and scripts of pages have it escaped.
      if (text.includes("<script>alert(1)</script>")) failures.push(`markup ${path}`);
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  tally("values in addresses", tried.length);
  expect(failures).toEqual([]);
});
