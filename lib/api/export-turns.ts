import { AppError } from "@/lib/errors.ts";

/** Files that one person or token can have made at the same time. */
export const MOST_AT_ONCE = 2;

/** Answers in JSON that one person or token can read at the same time while they are made: scripts ask for several. */
export const MOST_STREAMS = 8;

/** The same of everybody together: one process makes them all, and each takes its memory and its part of the processor. */
export const MOST_FILES_OF_ALL = 6;
export const MOST_STREAMS_OF_ALL = 32;

/** Kept on globalThis: modules that are bundled twice share one. */
const place = globalThis as { gpuLedgerExports?: Map<string, number> };
place.gpuLedgerExports ??= new Map();
const underWay = place.gpuLedgerExports;

/**
 * Begins a file for somebody. @param viewerId as the audit log names them. @returns what ends it; a second call does nothing.
 * @throws AppError `busy` while two of theirs, or six of everybody, are under way in this process.
 */
export const beginExport = (viewerId: string): (() => void) =>
  begin("file", viewerId, {
    own: MOST_AT_ONCE,
    all: MOST_FILES_OF_ALL,
    what: "files",
    doing: "generated",
  });

/** Begins an answer that streams, as beginExport. @throws AppError `busy` while eight of theirs, or 32 of everybody, are under way. */
export const beginStream = (viewerId: string): (() => void) =>
  begin("stream", viewerId, {
    own: MOST_STREAMS,
    all: MOST_STREAMS_OF_ALL,
    what: "long answers",
    doing: "read",
  });

interface Most {
  readonly own: number;
  readonly all: number;
  readonly what: string;
  readonly doing: string;
}

function begin(kind: string, viewerId: string, { own, all, what, doing }: Most): () => void {
  const keys = [`${kind} ${viewerId}`, kind];
  const countOf = (key: string | undefined) => underWay.get(key ?? "") ?? 0;
  if (countOf(keys[0]) >= own)
    throw new AppError("busy", `${own} ${what} of yours are being ${doing} already. Wait until one is complete.`);
  if (countOf(keys[1]) >= all)
    throw new AppError("busy", `${all} ${what} of several people are being ${doing} already. Try again in a minute.`);
  for (const key of keys) underWay.set(key, countOf(key) + 1);
  let ended = false;
  return () => {
    if (ended) return;
    ended = true;
    for (const key of keys)
      if (countOf(key) > 1) underWay.set(key, countOf(key) - 1);
      else underWay.delete(key);
  };
}
