import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { inChild } from "./child.ts";
import { type Benchmark, percentile } from "./measure.ts";
import { makePhilly, phillyLedger } from "./philly-ledger.ts";

/** Rows of a transaction: a page of a list, or about what a day of metering writes. */
const TABLES: readonly (readonly [table: string, rowsAtOnce: number])[] = [
  ["projects", 500],
  ["nodes", 500],
  ["node_states", 500],
  ["workloads", 500],
  ["pods", 500],
  ["series", 500],
  ["chunks", 500],
  ["usage", 3500],
  ["usage_projects", 220],
  ["project_peaks", 200],
  ["usage_days", 860],
  ["usage_project_days", 16],
  ["capacity", 24],
];

export interface Bare {
  readonly seconds: number;
  readonly rows: number;
}

/** Task: the rows of a metered ledger written into a fresh file of the same schema, with nothing but prepared inserts. */
export async function bare({ from, to }: { from: string; to: string }): Promise<Bare> {
  const source = new Database(from, { readonly: true });
  const db = new Database(to);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  const schema = source.prepare("select sql from sqlite_master where sql is not null and name not like 'sqlite_%'");
  for (const statement of schema.pluck().all() as string[]) db.exec(statement);
  let [seconds, count] = [0, 0];
  for (const [table, rowsAtOnce] of TABLES) {
    const rows = source.prepare(`select * from ${table}`).raw().all() as unknown[][];
    const insert = db.prepare(`insert into ${table} values (${(rows[0] ?? []).map(() => "?").join(", ")})`);
    const start = performance.now();
    for (let at = 0; at < rows.length; at += rowsAtOnce) {
      db.exec("begin immediate");
      for (const row of rows.slice(at, at + rowsAtOnce)) insert.run(row);
      db.exec("commit");
    }
    seconds += (performance.now() - start) / 1000;
    count += rows.length;
  }
  db.close();
  source.close();
  return { seconds, rows: count };
}

const ROUNDS = 3;

export const ingest: Benchmark = {
  name: "ingest",
  what: "Ingest and metering against bare SQLite",
  how: `The Philly replay (as in \`philly\`): the speed at which facts become metered rows, as a share of the speed of better-sqlite3 writing the same resulting rows from memory: prepared inserts in transactions of the same sizes, the same schema, indexes and durability (WAL, synchronous FULL), otherwise as it opens. ${ROUNDS} rounds of one after the other, each in a process of its own; their median.`,
  async run() {
    let rows = 0;
    const shares: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-bench-"));
      try {
        const ledger = round === 0 ? await phillyLedger() : await makePhilly(folder);
        const { result } = await inChild<Bare>("ingest#bare", { from: ledger.file, to: path.join(folder, "bare.db") });
        rows = result.rows;
        shares.push((100 * result.seconds) / (ledger.ingestSeconds + ledger.meterSeconds));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
    return {
      figures: [
        { key: "share_of_bare", what: "speed, of bare SQLite's", value: percentile(shares, 0.5), unit: "percent" },
      ],
      notes: [`${rows} rows a round; the rounds: ${shares.map((s) => `${s.toFixed(0)} %`).join(", ")}.`],
    };
  },
};
