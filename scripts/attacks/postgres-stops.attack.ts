import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { moveLedger } from "@/db/move.ts";
import { openPostgres } from "@/db/postgres.ts";
import { type Peers, startLedger, startPeers } from "./peers.ts";
import { seededLedger } from "./server.ts";
import { share, tally } from "./tally.ts";

interface Peer {
  readonly url: string;
  crash(): Promise<void>;
  restart(): Promise<unknown>;
  stop(): Promise<void>;
}
const { findPostgres, startPostgres } = (await import("../postgres.mjs" as string)) as {
  findPostgres(): string | null;
  startPostgres(bin: string): Promise<Peer>;
};

/** PostgreSQL ends so often under each command, at moments spread over its whole run. */
const STOPS = Math.max(1, Math.round(12 * share));
/** The month before this one: the seeded ledger has some of it. */
const [YEAR, MONTH] = new Date().toISOString().slice(0, 7).split("-").map(Number) as [number, number];
const PERIOD = new Date(Date.UTC(YEAR, MONTH - 2, 1)).toISOString().slice(0, 7);
const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
const LINES = 2000;

const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-stops-"));
const bin = findPostgres();
let peer: Peer;
let sources: Peers;
const urlOf = (database: string) => peer.url.replace(/postgres$/, database);

async function ask(text: string, database = "postgres"): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: urlOf(database) });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  if (bin === null) return;
  peer = await startPostgres(bin);
  await ask("create database seeded");
  const db = await openPostgres(urlOf("seeded"));
  await moveLedger(await seededLedger(), db);
  await db.close();
  sources = await startPeers();
});
afterAll(async () => {
  await sources?.close();
  await peer?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ledger = (database: string, args: readonly string[]) =>
  startLedger(args, { DATABASE_URL: urlOf(database), GPU_LEDGER_DATA: folder, ...sources.settings });

const cost = path.join(folder, "cost.csv");
writeFileSync(
  cost,
  `from,until,team,cluster,category,description,amount,currency\n${`${day(3)},${day(1)},,,storage,x,1.5,USD\n`.repeat(LINES)}`,
);
const counted =
  (table: string, where = "true") =>
  async (database: string) =>
    Number((await ask(`select count(*) as n from ${table} where ${where}`, database))[0]?.n);

const COMMANDS = [
  {
    what: "import",
    from: "seeded",
    args: ["costs", "import", cost],
    figure: counted("cost_lines", "description = 'x'"),
    whole: [0, LINES],
  },
  {
    what: "close",
    from: "seeded",
    args: ["close", "--month", PERIOD, "--yes"],
    figure: counted("closes"),
    whole: [0, 1],
  },
  { what: "sync", from: "template1", args: ["sync", "--once"], figure: null, whole: [] },
] as const;

it.skipIf(bin === null).each(COMMANDS)(
  "PostgreSQL that stops in the middle of a $what leaves it done or not begun (needs PostgreSQL)",
  async ({ what, from, args, figure, whole }) => {
    const fresh = async (i: number | string) => {
      const name = `${what}_${i}`;
      await ask(`create database ${name} template ${from}`);
      return name;
    };
    const first = await fresh("whole");
    const began = performance.now();
    expect(await ledger(first, args).ended).toMatch(/^0 /);
    let wholeMs = performance.now() - began;
    let stopped = 0;
    for (let i = 0; i < STOPS; i++) {
      const database = await fresh(i);
      const { child, ended } = ledger(database, args);
      const start = performance.now();
      // From when its program is loaded on.
      await Promise.race([ended, new Promise((go) => setTimeout(go, wholeMs * (0.25 + (0.75 * (i + 0.5)) / STOPS)))]);
      const isOver = child.exitCode !== null;
      if (isOver) wholeMs = performance.now() - start;
      await peer.crash();
      const said = await ended;
      // It ends by itself, in words, without the connection's password or a stack.
      if (!isOver && !said.startsWith("0 ")) {
        stopped++;
        expect([what, i, said]).toEqual([what, i, expect.stringMatching(/^[12] .*\S/s)]);
        expect(said).not.toMatch(/\n\s+at .+:\d+:\d+/);
      }
      await peer.restart();
      const check = await ledger(database, ["check"]).ended;
      // Stopped before the first table was there, there is nothing to check.
      const isEmpty = /^[12] [\s\S]*(no ledger|earlier version|does not exist)/i.test(check);
      if (!(what === "sync" && isEmpty))
        expect([what, i, check]).toEqual([what, i, expect.stringMatching(/^0 [\s\S]*Sound\. \d+ sums/)]);
      if (figure) expect(whole).toContain(await figure(database));
      // What was cut off is done by doing it again.
      if (!(figure && (await figure(database)) === whole.at(-1)))
        expect([what, i, await ledger(database, args).ended]).toEqual([what, i, expect.stringMatching(/^0 /)]);
      await ask(`drop database ${database} with (force)`);
    }
    tally(`stops of PostgreSQL under ${what} (${stopped} before its end)`, STOPS);
  },
);
