import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Browser, chromium } from "@playwright/test";
import { chromiumPath } from "./chromium.ts";

/**
 * `npm run screenshots`: pictures of the built pages with the demo's figures, for the README (public/screenshots).
 * With `-- --all`: every page, light and dark, at 360, 768 and 1440 px, into test-results/screenshots, to be looked at;
 * `-- --all --only statements,STATEMENT`: those whose name holds one of these words.
 */
const root = path.resolve(import.meta.dirname, "..");
const database = path.join(root, "data", "demo.db");
const { values: options } = parseArgs({ options: { all: { type: "boolean" }, only: { type: "string" } } });
const all = options.all === true;

interface Shot {
  readonly page: string;
  readonly name: string;
  readonly theme: "light" | "dark";
  readonly width: number;
  readonly height?: number;
}

const README: readonly Shot[] = [
  { page: "/", name: "overview-light", theme: "light", width: 1440, height: 1000 },
  { page: "/", name: "overview-dark", theme: "dark", width: 1440, height: 1000 },
  { page: "/gpus", name: "gpus-light", theme: "light", width: 1440, height: 1000 },
  { page: "WORKLOAD", name: "workload-dark", theme: "dark", width: 1440, height: 1000 },
];
const PAGES = [
  "/",
  "/projects",
  "PROJECT",
  "/workloads",
  "WORKLOAD",
  "/gpus",
  "/gpus?view=table",
  "/sync",
  "/reports",
  "/reports/usage-by-project",
  "/reports/capacity",
  "/reports/usage-by-workload",
  "/reports/project-allocations",
  "/reports/suspicious",
  "/reports/cost-by-team?period=last-month",
  "/reports/cost-trend?period=last-month",
  "/reports/cost-bridge?period=last-month",
  "/reports/top-movers?period=last-month",
  "/spend",
  "/spend?period=last-month",
  "EXPLAIN",
  "/prices",
  "/prices/propose",
  "/teams",
  "TEAM",
  "/teams/rules",
  "/policies",
  "/costs",
  "/statements",
  "STATEMENT",
  "/statements/close",
  "/reconciliation",
  "/help",
];
const EVERY: readonly Shot[] = PAGES.flatMap((page) =>
  (["light", "dark"] as const).flatMap((theme) =>
    [360, 768, 1440].map((width) => ({
      page,
      name: `${page.replace(/\W+/g, "-").replace(/^-|-$/g, "") || "overview"}-${theme}-${width}`,
      theme,
      width,
    })),
  ),
);

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

async function until(url: string): Promise<void> {
  for (let i = 0; i < 150; i++) {
    const ok = await fetch(url).then(
      (r) => r.ok,
      () => false,
    );
    if (ok) return;
    await sleep(200);
  }
  throw new Error(`${url} did not answer.`);
}

/** The first project, the workload with the most idle time, the dearest team: pages that have something to show. */
async function examples(base: string): Promise<Record<string, string>> {
  const first = async (page: string, pattern: RegExp) =>
    pattern.exec(await (await fetch(base + page)).text())?.[0] ?? page;
  return {
    PROJECT: await first("/projects", /\/projects\/\d+/),
    WORKLOAD: await first("/workloads?sort=idle&dir=desc", /\/workloads\/\d+/),
    EXPLAIN: (await first("/spend", /\/explain\?[^"]+/)).replaceAll("&amp;", "&"),
    TEAM: await first("/teams", /\/teams\/\d+/),
    STATEMENT: await first("/statements", /\/statements\/[\w-]+\/\d+(?=")/),
  };
}

async function take(
  browser: Browser,
  base: string,
  shot: Shot,
  folder: string,
  places: Record<string, string>,
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: shot.width, height: shot.height ?? 900 },
    colorScheme: shot.theme,
    timezoneId: "UTC",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(base + (places[shot.page] ?? shot.page), { waitUntil: "networkidle" });
  await page.screenshot({ path: path.join(folder, `${shot.name}.png`), fullPage: shot.height === undefined });
  await context.close();
  console.log(`${shot.name}.png`);
}

async function main(): Promise<void> {
  if (!existsSync(database) || !existsSync(path.join(root, ".next", "BUILD_ID")))
    throw new Error("Run `npm run demo` first: the pictures show its figures.");
  const folder = path.join(root, all ? "test-results/screenshots" : "public/screenshots");
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const env = {
    ...process.env,
    DATABASE_URL: `file:${database}`,
    SCHEDULER: "off",
    DEMO: "on",
    AUTH: "off",
    PORT: String(port),
    HOST: "127.0.0.1",
    LOG_LEVEL: "error",
  };
  const server = spawn(process.execPath, ["scripts/start.mjs"], {
    cwd: root,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  try {
    const base = `http://127.0.0.1:${port}`;
    await until(`${base}/healthz`);
    const places = await examples(base);
    const words = options.only?.toLowerCase().split(",");
    const wanted = (all ? EVERY : README).filter((s) => !words || words.some((w) => s.name.toLowerCase().includes(w)));
    for (const shot of wanted) await take(browser, base, shot, folder, places);
  } finally {
    await browser.close();
    server.kill("SIGTERM");
  }
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
