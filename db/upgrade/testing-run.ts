import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import type { Order, ReferenceLedger } from "./testing-orders.ts";

const root = path.resolve(import.meta.dirname, "..", "..");

/** Files by the name of their reference. */
export type Files = ReadonlyMap<string, Buffer>;

/**
 * Copies a reference ledger to a temporary folder, opens it with the code as it is now, which migrates it, and carries out
 * every order; the slow ones only where `everything` is asked for. @throws Error with what the command said where one ends otherwise than it did.
 */
export async function runReference(
  { name, reading, correcting }: ReferenceLedger,
  everything: boolean,
): Promise<Files> {
  const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-upgrade-"));
  try {
    const here = path.join(import.meta.dirname, name);
    const file = path.join(folder, "ledger.db");
    writeFileSync(file, gunzipSync(readFileSync(path.join(here, "ledger.db.gz"))));
    const settings = JSON.parse(readFileSync(path.join(here, "settings.json"), "utf8")) as Record<string, string>;
    const orders = [...reading, ...correcting].filter((order) => everything || !order.slow);
    writeFileSync(path.join(folder, "orders.json"), JSON.stringify(orders));
    const { PATH, HOME } = process.env;
    const clock = String(Date.parse(orders[0]?.at ?? ""));
    const preloads = ["./db/upgrade/testing-clock.mjs", "./scripts/typescript.mjs"].flatMap((f) => ["--import", f]);
    await promisify(execFile)(process.execPath, [...preloads, "db/upgrade/testing-child.ts", folder], {
      cwd: root,
      env: { NODE_ENV: "test", PATH, HOME, TZ: "UTC", LEDGER_CLOCK: clock, ...settings, DATABASE_URL: `file:${file}` },
    });
    return filesOf(folder, orders);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function filesOf(folder: string, orders: readonly Order[]): Files {
  const files = new Map<string, Buffer>();
  const ends = JSON.parse(readFileSync(path.join(folder, "outcomes.json"), "utf8")) as {
    code: number;
    stderr: string;
  }[];
  for (const [n, { args, name, code = 0 }] of orders.entries()) {
    const end = ends[n];
    const bytes = readFileSync(path.join(folder, `${n}.out`));
    if (end?.code !== code)
      throw new Error(`ledger ${args.join(" ")} ended with ${end?.code}: ${end?.stderr}\n${bytes.subarray(0, 2000)}`);
    if (name?.endsWith(".zip")) for (const [inside, content] of unpacked(name, bytes)) files.set(inside, content);
    else if (name) files.set(name, bytes);
  }
  return files;
}

/** `2026-11/period.zip` as the files in it, `2026-11/period/<file>`, and their names in their order. */
function unpacked(name: string, bytes: Buffer): [string, Buffer][] {
  const stem = name.slice(0, -".zip".length);
  const inside = Object.entries(unzipSync(new Uint8Array(bytes)));
  // Sums of workbooks change with the time at which they are made.
  const files = inside.filter(([file]) => file !== "SHA256SUMS");
  const list = Buffer.from(inside.map(([file]) => `${file}\n`).join(""));
  return [[`${stem}.txt`, list], ...files.map(([f, c]): [string, Buffer] => [`${stem}/${f}`, Buffer.from(c)])];
}
