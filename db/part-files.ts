import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";

/** A copy that is written has this age at most between two of its pages, on any disk. */
const ABANDONED_MS = 3_600_000;
const PART = /\.(\d+)\.part(?:-wal|-shm|-journal)?$/;

/**
 * Removes copies of a whole ledger that a killed backup or restore left beside a new one: of processes that are gone, and not written to
 * in the hour before it, for another machine may share the folder. @param fresh the new copy. @returns their names.
 */
export async function removeAbandonedParts(fresh: string): Promise<string[]> {
  const folder = path.dirname(path.resolve(fresh));
  const nowMs = (await stat(fresh)).mtimeMs;
  const names = await readdir(folder).catch(() => []);
  const removed: string[] = [];
  for (const name of names) {
    const pid = Number(PART.exec(name)?.[1] ?? 0);
    if (!pid || isAlive(pid)) continue;
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => null);
    if (!found?.isFile() || nowMs - found.mtimeMs < ABANDONED_MS) continue;
    await rm(file, { force: true });
    removed.push(name);
  }
  return removed;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== "ESRCH";
  }
}
