import { errorText } from "@/lib/errors.ts";
import type { OwnedCluster, Sources } from "@/lib/sync/sources.ts";
import type { AskedSince } from "@/lib/sync/windows/window-store.ts";
import { MINUTE } from "@/lib/time.ts";
import { type Ledger, needSources } from "./ledger.ts";

/** For how long late samples are read again, in seconds. */
export const REREAD_SECONDS = 10 * MINUTE;

/** How far back incomplete and missing readings are retried. */
export function askedSince({ ctx, env }: Ledger): AskedSince {
  const now = ctx.now();
  return { unread: now - env.SOURCE_RETENTION, noData: now - env.SERIES_RETENTION };
}

/** One running live sync: its counts and its failures. */
export class LiveRun {
  readonly ledger: Ledger;
  readonly sources: Sources;
  readonly owner: string;
  readonly signal: AbortSignal;
  readonly counts: Record<string, number> & { windows: number; samples: number } = { windows: 0, samples: 0 };
  readonly errors = new Set<string>();
  /** Names of the sources whose inventory was read in full in this run. */
  inventoried: ReadonlySet<string> = new Set();

  constructor(ledger: Ledger, owner: string, signal: AbortSignal) {
    this.ledger = ledger;
    this.sources = needSources(ledger);
    this.owner = owner;
    this.signal = signal;
  }

  /** Whether the inventory of any source was read in full in this run. */
  get hasFacts(): boolean {
    return this.inventoried.size > 0;
  }

  /** Whether the inventory of the cluster was read in full in this run. */
  hasFactsOf(cluster: OwnedCluster): boolean {
    const owner = this.sources.ownerOf(cluster);
    return owner !== undefined && this.inventoried.has(owner.name);
  }

  /** Records a failure; the run continues. */
  fail(error: unknown): void {
    this.errors.add(errorText(error));
    this.ledger.ctx.log.error({ error: errorText(error) }, "a step of the live sync failed");
  }

  /** Runs a step unless the run was aborted; if it fails, that is recorded and the next step runs. */
  async step(body: () => Promise<void>): Promise<void> {
    if (this.signal.aborted) return;
    try {
      await body();
    } catch (error) {
      if (this.signal.aborted) return;
      this.fail(error);
    }
  }
}
