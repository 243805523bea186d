import { AppError } from "@/lib/errors.ts";

/** Files that one person or token can have made at the same time. */
export const MOST_AT_ONCE = 2;

/** Kept on globalThis: modules that are bundled twice share one. */
const place = globalThis as { gpuLedgerExports?: Map<string, number> };
place.gpuLedgerExports ??= new Map();
const underWay = place.gpuLedgerExports;

/**
 * Begins a file for somebody. @param viewerId as the audit log names them. @returns what ends it; a second call does nothing.
 * @throws AppError `busy` while two of theirs are under way in this process.
 */
export function beginExport(viewerId: string): () => void {
  const count = underWay.get(viewerId) ?? 0;
  if (count >= MOST_AT_ONCE)
    throw new AppError("busy", `${MOST_AT_ONCE} files of yours are being made already. Wait until one is complete.`);
  underWay.set(viewerId, count + 1);
  let ended = false;
  return () => {
    if (ended) return;
    ended = true;
    const left = (underWay.get(viewerId) ?? 1) - 1;
    if (left > 0) underWay.set(viewerId, left);
    else underWay.delete(viewerId);
  };
}
