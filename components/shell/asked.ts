import type { SyncState } from "@/lib/pages/types.ts";

/** Between two questions for the state of the sync, in milliseconds. */
export const EVERY_MS = 2000;

/** What asking for the state of the sync has come to. */
export interface Asked {
  /** The newest answer; absent: none yet. */
  readonly data: SyncState | undefined;
  /** The server does not answer; the newest answer stays. */
  readonly isError: boolean;
}
