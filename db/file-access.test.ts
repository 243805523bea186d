import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { exposedFiles, exposureWarning } from "./file-access.ts";

const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-"));
afterAll(() => rmSync(folder, { recursive: true }));
const url = `file:${folder}/ledger.db`;
const at = (...names: string[]) => names.map((name) => path.join(folder, name));

it("names what every user can read, unless a folder keeps them out", () => {
  mkdirSync(path.join(folder, "backups"), { mode: 0o700 });
  for (const name of ["ledger.db", "ledger.db-wal", "ledger.db.key", "other.txt", "backups/ledger-1.db"]) {
    writeFileSync(path.join(folder, name), "x");
    chmodSync(path.join(folder, name), 0o644);
  }
  chmodSync(folder, 0o700);
  expect([exposedFiles(url), exposureWarning(url)]).toEqual([[], null]);
  chmodSync(folder, 0o755);
  expect(exposedFiles(url)).toEqual(at("ledger.db", "ledger.db-wal", "ledger.db.key"));
  expect(exposureWarning(url)).toMatch(/can read .*ledger\.db and 2 more beside it: .*Run: chmod -R o-rwx /);
  chmodSync(path.join(folder, "backups"), 0o755);
  for (const name of ["ledger.db", "ledger.db-wal", "ledger.db.key"]) chmodSync(path.join(folder, name), 0o640);
  expect(exposedFiles(url)).toEqual(at("backups/ledger-1.db"));
});

it("has nothing to say of PostgreSQL, of memory, and of a ledger that is not there", () => {
  for (const other of ["postgres://a@b/c", "file:/nowhere/ledger.db"]) expect(exposedFiles(other)).toEqual([]);
});
