import { readdirSync, statSync } from "node:fs";
import path from "node:path";

/** Bits of a mode that let users other than the owner and the group read a file, or look into a folder. */
const READ_BY_OTHERS = 0o004;
const ENTERED_BY_OTHERS = 0o001;

const modeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mode ?? 0;

/**
 * Files of a SQLite ledger that every user of the machine can read: the database with its `-wal` and `-shm`, the key of its stored
 * secrets, copies and backups beside it. None where their folder keeps others out, and on PostgreSQL.
 */
export function exposedFiles(url: string): string[] {
  if (!url.startsWith("file:") || process.platform === "win32") return [];
  const file = path.resolve(url.slice(5).replace(/\?.*$/, ""));
  const folder = path.dirname(file);
  const backups = path.join(folder, "backups");
  return [
    ...readableIn(folder, (name) => name.startsWith(path.basename(file))),
    ...(modeOf(folder) & ENTERED_BY_OTHERS ? readableIn(backups, (name) => name.startsWith("ledger-")) : []),
  ];
}

function readableIn(folder: string, isOurs: (name: string) => boolean): string[] {
  if (!(modeOf(folder) & ENTERED_BY_OTHERS)) return [];
  return namesIn(folder)
    .filter(isOurs)
    .map((name) => path.join(folder, name))
    .filter((file) => modeOf(file) & READ_BY_OTHERS)
    .sort();
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** One sentence for the console; null where nothing is exposed. */
export function exposureWarning(url: string): string | null {
  const [first, ...rest] = exposedFiles(url);
  if (!first) return null;
  const more = rest.length ? ` and ${rest.length} more beside it` : "";
  return `Every user of this machine can read ${first}${more}: cost, names, and hashes of passwords and tokens. Run: chmod -R o-rwx ${path.dirname(first)}`;
}
