import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { navigationFor } from "@/app/navigation.ts";
import { Server } from "@/e2e/fixtures/roles/server.ts";
import { findUserByEmail } from "@/lib/auth/user-store.ts";
import { addUser } from "@/lib/auth/users.ts";
import { loadViewer } from "@/lib/auth/viewer-load.ts";
import { localViewer } from "@/lib/ctx.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { type Benchmark, type Outcome, percentile } from "./measure.ts";

const DAYS = 35;
const PEOPLE = 300;
const READER = "person0@example.com";
const WARM = 15;
const RUNS = 20;
const READERS = 20;
const ROUNDS = 3;
/** Page views a second, whether or not the one before is answered. */
const RATE = 10;
const SECONDS = 20;
/** What a page costs that says little. */
const BARE = "/help";

interface Page {
  readonly status: number;
  /** As it travels, compressed. */
  readonly bytes: number;
  readonly ms: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** One page view: the document, as a browser asks for it, whole. */
function view(base: string, page: string, cookie: string): Promise<Page> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const request = get(`${base}${page}`, { agent, headers: { cookie, "accept-encoding": "gzip" } }, (answer) => {
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.once("end", () => resolve({ status: answer.statusCode ?? 0, bytes, ms: performance.now() - start }));
      answer.once("error", reject);
    });
    request.once("error", reject);
  });
}

/** Milliseconds of CPU that a process has used, of all its threads; NaN where the system does not say. */
function cpuMs(pid: number): number {
  if (!existsSync(`/proc/${pid}/stat`)) return Number.NaN;
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  // Fields 14 and 15, in hundredths of a second.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** MB (10^6 bytes) that a process holds: now, or the most that it has held. */
function memoryMb(pid: number, field: "VmRSS" | "VmHWM"): number {
  if (!existsSync(`/proc/${pid}/status`)) return Number.NaN;
  const found = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return (Number(found?.[1]) * 1024) / 1e6;
}

/** CPU of one view of each page, the least of the rounds: other work on the machine only adds. */
async function costs(server: Server, pages: readonly string[], cookie: string): Promise<Map<string, number>> {
  const least = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++)
    for (const page of pages) {
      for (let i = 0; i < (round ? 2 : WARM); i++) await view(server.base, page, cookie);
      const before = cpuMs(server.pid);
      for (let i = 0; i < RUNS; i++) await view(server.base, page, cookie);
      const each = (cpuMs(server.pid) - before) / RUNS;
      least.set(page, Math.min(least.get(page) ?? Number.POSITIVE_INFINITY, each));
    }
  return least;
}

/** Milliseconds that each view took of some readers who each open one page after the other, without a pause. */
async function withoutPause(server: Server, pages: readonly string[], cookies: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  await Promise.all(
    cookies.slice(0, READERS).map(async (cookie, n) => {
      for (let i = 0; i < pages.length; i++) {
        const page = pages[(i + n) % pages.length] ?? BARE;
        times.push((await view(server.base, page, cookie)).ms);
      }
    }),
  );
  return times;
}

/** The same of views that begin at a steady rate. */
async function atARate(server: Server, pages: readonly string[], cookies: readonly string[]): Promise<number[]> {
  const views: Promise<number>[] = [];
  for (let i = 0; i < RATE * SECONDS; i++) {
    const cookie = cookies[i % cookies.length] ?? "";
    views.push(view(server.base, pages[i % pages.length] ?? BARE, cookie).then(({ ms }) => ms));
    await wait(1000 / RATE);
  }
  return Promise.all(views);
}

/** An administrator, and people of all roles. @returns a cookie of each. */
async function addPeople(server: Server): Promise<string[]> {
  const ctx = { ...server.door, viewer: localViewer, ledger: testLedger() };
  const cookies: string[] = [];
  for (let i = 0; i < PEOPLE; i++) {
    const email = `person${i}@example.com`;
    const role = i % 40 === 0 ? "admin" : i % 40 === 1 ? "finance" : i % 3 === 0 ? "manager" : "engineer";
    const teamKey = role === "admin" || role === "finance" ? 0 : 11 + (i % 6);
    await addUser(ctx, { email, grants: [{ role, teamKey }] });
    cookies.push(await server.signIn(email));
  }
  return cookies;
}

async function pagesOf(server: Server): Promise<string[]> {
  const user = await findUserByEmail(server.door.db, READER);
  const viewer = user && (await loadViewer(server.door.db, user.key));
  if (!viewer) throw new Error(`there is no ${READER}`);
  return navigationFor(viewer).flatMap(({ entries }) => entries.map(({ path: page }) => page));
}

/** What the navigation of an administrator leads to, measured. */
async function measure(server: Server): Promise<Outcome> {
  const [cookie = "", ...cookies] = await addPeople(server);
  const pages = await pagesOf(server);
  const sizes = new Map<string, number>();
  for (const page of [BARE, ...pages]) {
    const { status, bytes } = await view(server.base, page, cookie);
    if (status !== 200) throw new Error(`${page} answered ${status}`);
    sizes.set(page, bytes);
  }
  const cost = await costs(server, pages, cookie);
  const bare = cost.get(BARE) ?? Number.NaN;
  const ranked = [...cost].sort(([, a], [, b]) => b - a);
  const [dearest = ["", Number.NaN]] = ranked;
  const [widest = ["", Number.NaN]] = [...sizes].sort(([, a], [, b]) => b - a);
  // Administrators alone may open every page.
  const admins = cookies.filter((_, i) => (i + 1) % 40 === 0);
  const sent = Array.from({ length: READERS }, (_, i) => admins[i % admins.length] ?? cookie);
  const crowd = await withoutPause(server, pages, sent);
  const steady = await atARate(server, pages, sent);
  return {
    figures: [
      { key: "bare_cpu_ms", what: `CPU of a view of ${BARE}`, value: bare, unit: "ms" },
      {
        key: "dearest_of_bare",
        what: `the dearest page, ${dearest[0]}, of it`,
        value: dearest[1] / bare,
        unit: "times",
      },
      {
        key: "median_of_bare",
        what: "the page in the middle, of it",
        value: percentile([...cost.values()], 0.5) / bare,
        unit: "times",
      },
      {
        key: "document_kb",
        what: `the largest document, ${widest[0]}, compressed, in kB`,
        value: widest[1] / 1000,
        unit: "count",
      },
      {
        key: "readers_p95_ms",
        what: `p95 of a view, ${READERS} readers without a pause`,
        value: percentile(crowd, 0.95),
        unit: "ms",
      },
      {
        key: "steady_p95_ms",
        what: `p95 of a view, ${RATE} views a second`,
        value: percentile(steady, 0.95),
        unit: "ms",
      },
      {
        key: "peak_mb",
        what: "memory of the server, the most at once",
        value: memoryMb(server.pid, "VmHWM"),
        unit: "MB",
      },
    ],
    notes: [
      `CPU of a view in ms: ${ranked.map(([page, ms]) => `${page} ${ms.toFixed(0)}`).join(", ")}.`,
      `${crowd.length} views by readers without a pause, ${steady.length} at the rate; the server held ${memoryMb(server.pid, "VmRSS").toFixed(0)} MB after them.`,
    ],
  };
}

export const weight: Benchmark = {
  name: "weight",
  what: "What a page costs the server, for people who are signed in",
  how: `The built app over ${DAYS} days of the simulator's clusters with ${PEOPLE} people, signed in. Each page of an administrator's navigation is asked for ${RUNS} times, one after the other, as a browser asks; its cost is the CPU of the whole process with its threads, the least of ${ROUNDS} rounds, against that of ${BARE} in the same run. Then ${READERS} readers open every page one after the other without a pause, and ${RATE} views begin each second for ${SECONDS} s. Those two are times by the clock: they mean something on a machine that does nothing else.`,
  async run() {
    const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-bench-"));
    const file = path.join(folder, "weight.db");
    if (!existsSync(".next/BUILD_ID"))
      spawnSync(process.execPath, ["node_modules/next/dist/bin/next", "build"], { stdio: "inherit" });
    execFileSync(process.execPath, [
      ...["--import", "./scripts/typescript.mjs", "e2e/fixtures/seed.ts", file, String(DAYS)],
    ]);
    const server = await Server.start(file);
    try {
      return await measure(server);
    } finally {
      agent.destroy();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
