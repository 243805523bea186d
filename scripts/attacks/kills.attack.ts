import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { openToRead } from "@/db/read-only.ts";
import { type Peers, startLedger, startPeers } from "./peers.ts";
import { seededLedger } from "./server.ts";
import { share, tally } from "./tally.ts";

/** Each command is killed with SIGKILL so often, at moments spread over its whole run. */
const KILLS = Math.max(1, Math.round(40 * share));

const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-kills-"));
let seeded: string;
let peers: Peers;
beforeAll(async () => {
  seeded = await seededLedger();
  peers = await startPeers();
});
afterAll(async () => {
  await peers?.close();
  rmSync(folder, { recursive: true, force: true });
});

const ledger = (file: string, args: readonly string[]) =>
  startLedger(args, { DATABASE_URL: `file:${file}`, ...peers.settings });

const countOf = async (file: string, query: string): Promise<number> => {
  const { db } = await openToRead(`file:${file}`);
  try {
    return (await db.find<{ n: number }>(sql`${sql.raw(query)}`))?.n ?? 0;
  } finally {
    await db.close();
  }
};

interface Killed {
  readonly what: string;
  /** Of a ledger that the command itself creates. */
  readonly isNew?: boolean;
  readonly args: (file: string) => readonly string[];
  /** A figure that is one of `whole`, wherever the command was killed. */
  readonly figure?: (file: string) => Promise<number>;
  readonly whole?: readonly number[];
  readonly prepare?: (file: string) => Promise<void>;
}

const LINES = 3000;
const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
const cost = path.join(folder, "cost.csv");
writeFileSync(
  cost,
  `from,until,team,cluster,category,description,amount,currency\n${`${day(3)},${day(1)},,,storage,x,1.5,USD\n`.repeat(LINES)}`,
);
const backupOf = (file: string) => `${file}.backup`;

const COMMANDS: readonly Killed[] = [
  {
    what: "backup",
    args: (file) => ["backup", backupOf(file)],
    figure: async (file) => Number(existsSync(backupOf(file))),
    whole: [0, 1],
  },
  {
    what: "restore",
    prepare: async (file) => {
      expect(await ledger(file, ["backup", backupOf(file)]).ended).toMatch(/^0 /);
    },
    args: (file) => ["restore", backupOf(file)],
  },
  {
    what: "import",
    args: () => ["costs", "import", cost],
    figure: (file) => countOf(file, `select count(*) as n from cost_lines where description = 'x'`),
    whole: [0, LINES],
  },
  { what: "charge", args: () => ["charge", "--from", day(10)] },
  { what: "sync", isNew: true, args: () => ["sync", "--once"] },
];

it.each(COMMANDS)(
  "$what, killed anywhere, leaves the ledger whole",
  async ({ what, isNew, args, figure, whole, prepare }) => {
    const fresh = async (i: number | string) => {
      const file = path.join(folder, `${what}-${i}.db`);
      if (!isNew) copyFileSync(seeded, file);
      await prepare?.(file);
      return file;
    };
    const first = await fresh("whole");
    const began = performance.now();
    expect(await ledger(first, args(first)).ended).toMatch(/^0 /);
    let wholeMs = performance.now() - began;
    let killed = 0;
    for (let i = 0; i < KILLS; i++) {
      const file = await fresh(i);
      const { child, ended } = ledger(file, args(file));
      const start = performance.now();
      // From when its program is loaded on.
      const timer = setTimeout(() => child.kill("SIGKILL"), wholeMs * (0.25 + (0.75 * (i + 0.5)) / KILLS));
      if ((await ended).startsWith("SIGKILL")) killed++;
      // The machine is less busy than it was: the next kill comes sooner.
      else wholeMs = performance.now() - start;
      clearTimeout(timer);
      // Killed before it created one, there is nothing to check.
      if (existsSync(file))
        expect([i, await ledger(file, ["check"]).ended]).toEqual([
          i,
          expect.stringMatching(/^0 [\s\S]*Sound\. \d+ sums/),
        ]);
      if (figure) expect(whole).toContain(await figure(file));
      // What was cut off is done by doing it again.
      if (!(figure && (await figure(file)) === whole?.at(-1)))
        expect([i, await ledger(file, args(file)).ended]).toEqual([i, expect.stringMatching(/^0 /)]);
      for (const tail of ["", "-wal", "-shm", ".backup", ".backup.sha256"]) rmSync(file + tail, { force: true });
    }
    tally(`kill -9 of ${what} (${killed} before its end)`, KILLS);
  },
);
