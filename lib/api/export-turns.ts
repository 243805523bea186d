import { AppError } from "@/lib/errors.ts";

/** Files that one person or token can have made at the same time. */
export const MOST_AT_ONCE = 2;

/** Answers in JSON that one person or token can read at the same time while they are made: scripts ask for several. */
export const MOST_STREAMS = 8;

/** Kept on globalThis: modules that are bundled twice share one. */
const place = globalThis as { gpuLedgerExports?: Map<string, number> };
place.gpuLedgerExports ??= new Map();
const underWay = place.gpuLedgerExports;

/**
 * Begins a file for somebody. @param viewerId as the audit log names them. @returns what ends it; a second call does nothing.
 * @throws AppError `busy` while two of theirs are under way in this process.
 */
export const beginExport = (viewerId: string): (() => void) =>
  begin(
    `file ${viewerId}`,
    MOST_AT_ONCE,
    `${MOST_AT_ONCE} files of yours are being made already. Wait until one is complete.`,
  );

/** Begins an answer that streams, as beginExport. @throws AppError `busy` while eight of theirs are under way. */
export const beginStream = (viewerId: string): (() => void) =>
  begin(
    `stream ${viewerId}`,
    MOST_STREAMS,
    `${MOST_STREAMS} long answers of yours are being read already. Wait until one is complete.`,
  );

function begin(key: string, most: number, refusal: string): () => void {
  const count = underWay.get(key) ?? 0;
  if (count >= most) throw new AppError("busy", refusal);
  underWay.set(key, count + 1);
  let ended = false;
  return () => {
    if (ended) return;
    ended = true;
    const left = (underWay.get(key) ?? 1) - 1;
    if (left > 0) underWay.set(key, left);
    else underWay.delete(key);
  };
}
