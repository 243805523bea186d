import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDb } from "@/db/client.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-commands-"));
  file = path.join(folder, "ledger.db");
  await (await openDb(`file:${file}`)).close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function ledger(...args: string[]) {
  // Nothing of the surroundings: Vitest sets BASE_URL, for one.
  const env = { NODE_ENV: "test", PATH: process.env.PATH, DATABASE_URL: `file:${file}`, LOG_LEVEL: "silent" } as const;
  return spawnSync(process.execPath, ["--import", "./scripts/typescript.mjs", "cli/ledger.ts", ...args], {
    encoding: "utf8",
    env,
  });
}

const modeOf = (name: string) => statSync(name).mode & 0o777;

function breakIdentity() {
  const db = new Database(file);
  db.exec(`insert into hardware (key, cluster_id, node_pool, gpu_model) values (1, 'c1', 'default', 'H100');
    insert into capacity (bucket_at, hardware_key, capacity_milli, overlap_milli, through_at, rules_id)
    values (1790812800, 1, 3600000, 0, 1790816400, 'r')`);
  db.close();
}

test("backup, a fault, check, restore, check", () => {
  const backup = ledger("backup");
  expect(backup).toMatchObject({ status: 0, stderr: expect.stringMatching(/Backed up .*SHA-256 [0-9a-f]{64}/) });
  const copy = backup.stdout.trim();
  expect(copy).toMatch(/backups\/ledger-\d{8}T\d{6}Z\.db$/);
  expect([copy, `${copy}.sha256`, path.dirname(copy)].map(modeOf)).toEqual([0o600, 0o600, 0o700]);
  const db = new Database(file, { readonly: true });
  const rows = db.prepare("select actor_id as who, after from audit_log where action = 'ledger.backup'").all();
  db.close();
  expect(rows).toEqual([
    { who: expect.stringMatching(/^cli:./), after: expect.stringMatching(/"file":"ledger-.*"sha256":"[0-9a-f]{64}"/) },
  ]);
  chmodSync(copy, 0o644);
  chmodSync(folder, 0o755);
  chmodSync(file, 0o644);

  breakIdentity();
  const broken = ledger("check");
  expect(broken.status).toBe(1);
  expect(broken.stdout).toBe(
    "identity: c1, H100, 2026-10-01T00:00:00Z: classes 0 − capacity and overlap 3600000 = -3600000 milli-GPU-seconds\n",
  );
  expect(broken.stderr).toMatch(/Every user of this machine can read .*ledger\.db/);
  expect(broken.stderr).toMatch(/1 faults?\. See docs\/operations\.md/);

  const restored = ledger("restore", copy);
  expect(restored).toMatchObject({ status: 0, stdout: "" });
  expect(restored.stderr).toMatch(/is now .*\.before-restore-1\.\nRestored /);
  expect(modeOf(file)).toBe(0o600);
  expect(ledger("check")).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Sound\. 0 sums/) });
});

test("what cannot be done is said, with exit codes", () => {
  expect(ledger("restore", path.join(folder, "none.db"))).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/There is no backup at/),
  });
  const target = path.join(folder, "copy.db");
  expect(ledger("backup", target).status).toBe(0);
  expect(ledger("backup", target)).toMatchObject({ status: 1, stderr: expect.stringMatching(/exists already/) });
  rmSync(file);
  expect(ledger("check")).toMatchObject({ status: 2, stderr: expect.stringMatching(/There is no ledger at/) });
  expect(existsSync(file)).toBe(false);
});

test("backup --keep removes the oldest copies of its own names, and nothing else", () => {
  const backups = path.join(folder, "backups");
  mkdirSync(backups);
  const old = ["20250101T000000Z", "20250102T000000Z", "20250103T000000Z"].map((stamp) => `ledger-${stamp}.db`);
  for (const name of [...old, ...old.map((n) => `${n}.sha256`), "ledger-before-the-move.db"])
    writeFileSync(path.join(backups, name), "");
  const done = ledger("backup", "--keep", "2");
  expect(done).toMatchObject({ status: 0, stderr: expect.stringContaining("Removed 2 older copies.") });
  const made = path.basename(done.stdout.trim());
  expect(readdirSync(backups).sort()).toEqual(
    [made, `${made}.sha256`, old[2], `${old[2]}.sha256`, "ledger-before-the-move.db"].sort(),
  );
  expect(ledger("backup", path.join(folder, "x.db"), "--keep", "2")).toMatchObject({ status: 2 });
  expect(ledger("backup", "--keep", "0")).toMatchObject({ status: 2 });
});
