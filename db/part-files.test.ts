import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { removeAbandonedParts } from "./part-files.ts";

it("removes what a killed backup left, and nothing else", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "parts-"));
  // Above what any system gives to a process.
  const gone = 2 ** 22 + 1;
  const [old, now] = [1_000_000, 1_010_000];
  const write = (name: string, seconds: number) => {
    writeFileSync(path.join(folder, name), "x");
    utimesSync(path.join(folder, name), seconds, seconds);
  };
  write(`a.db.${gone}.part`, old);
  write(`a.db.${gone}.part-wal`, old);
  write(`b.db.${gone}.part`, now - 60);
  write(`c.db.${process.pid}.part`, old);
  write("d.db", old);
  write("e.part", old);
  write("new", now);
  try {
    expect((await removeAbandonedParts(path.join(folder, "new"))).sort()).toEqual([
      `a.db.${gone}.part`,
      `a.db.${gone}.part-wal`,
    ]);
    expect(readdirSync(folder)).toHaveLength(5);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
