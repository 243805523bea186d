import { type FileHandle, open, realpath, rename, stat, unlink } from "node:fs/promises";
import path from "node:path";
import { AppError, errorText } from "@/lib/errors.ts";
import type { Io } from "./io.ts";

/**
 * Writes chunks to a file, or to stdout for `-`. A file appears whole or not at all: it is written beside itself and
 * renamed when complete. Something that is no regular file (a pipe, /dev/null) is written to as it is.
 * @throws AppError `invalid` for a directory or a folder that is not there, `internal` when the disk refuses.
 */
export async function writeOut(io: Io, out: string, chunks: AsyncIterable<string | Uint8Array>): Promise<void> {
  if (out === "-") {
    for await (const chunk of chunks) await io.write(chunk);
    return;
  }
  const { file, replace } = await checkOut(out);
  const written = replace ? `${file}.tmp` : file;
  let handle: FileHandle | undefined;
  try {
    handle = await open(written, "w").catch((error) => refuse(out, error));
    for await (const chunk of chunks) {
      io.signal.throwIfAborted();
      await handle.writeFile(chunk).catch((error) => refuse(out, error));
    }
    if (replace) await handle.sync();
    await handle.close();
    if (replace) await rename(written, file).catch((error) => refuse(out, error));
  } catch (error) {
    await handle?.close().catch(() => undefined);
    if (replace && handle) await unlink(written).catch(() => undefined);
    throw error;
  }
}

/** Where `--out` leads; asked before any work is done. @throws AppError as writeOut. */
export async function checkOut(out: string): Promise<{ file: string; replace: boolean }> {
  const there = await stat(out).catch(() => null);
  if (there?.isDirectory())
    throw new AppError("invalid", `--out ${out} is a folder: name a file in it, or - for stdout.`);
  if (there) return { file: await realpath(out), replace: there.isFile() };
  const folder = path.dirname(path.resolve(out));
  if (out.endsWith("/") || !(await stat(folder).catch(() => null))?.isDirectory())
    throw new AppError("invalid", `--out ${out}: there is no folder ${out.endsWith("/") ? out : folder}.`);
  return { file: path.resolve(out), replace: true };
}

function refuse(out: string, error: unknown): never {
  throw new AppError("internal", `${out} cannot be written: ${errorText(error)}. Nothing was left there.`, {
    cause: error,
  });
}
