import { allow } from "@/lib/auth/allow.ts";
import { type Ctx, jobViewer } from "@/lib/ctx.ts";
import { VERSION } from "@/lib/product.ts";
import { aliasesOf } from "./aliases.ts";
import { type Exposition, expose } from "./exposition.ts";
import { exposeProcess } from "./process.ts";
import { readSnapshot, type Snapshot } from "./snapshot.ts";

/** A scrape starts a new reading of the ledger once the last is as old, and meanwhile gets the last. */
export const REFRESH_SECONDS = 15;
/** A scrape waits for a new reading where the last is older: nobody has asked for a while. */
export const STALE_SECONDS = 120;

interface Held {
  snapshot?: Snapshot | undefined;
  reading?: Promise<Snapshot> | undefined;
}
const place = globalThis as { gpuLedgerMetrics?: Held };

export interface ScrapeOptions {
  /** Most series of one metric. */
  readonly limit: number;
  /** Whether to repeat figures under the names of earlier platforms. */
  readonly aliases: boolean;
  readonly format: Exposition;
}

/**
 * All metrics as text: the ledger's figures, which are read in the background and shared by all scrapes, and those of this process.
 * @param held where the last reading is kept; the process's own by default.
 * @throws AppError `forbidden`.
 */
export async function scrape(ctx: Ctx, options: ScrapeOptions, held: Held = processHeld()): Promise<string> {
  allow(ctx.viewer, "metrics.read");
  // Figures are of the whole ledger, no matter who asks first: they are read as a job, which sees everything.
  const snapshot = await currentSnapshot({ ...ctx, viewer: jobViewer("metrics") }, options.limit, held);
  const families = [...snapshot.families, ...(options.aliases ? aliasesOf(snapshot) : [])];
  const [own, ledger] = await Promise.all([exposeProcess(options.format), expose(families, options.format)]);
  return `${own.replace(/# EOF\n$/, "")}${ledger}`;
}

function processHeld(): Held {
  place.gpuLedgerMetrics ??= {};
  return place.gpuLedgerMetrics;
}

async function currentSnapshot(ctx: Ctx, limit: number, held: Held): Promise<Snapshot> {
  const { snapshot } = held;
  const age = snapshot ? ctx.now() - snapshot.at : Number.POSITIVE_INFINITY;
  if (snapshot && age < REFRESH_SECONDS) return snapshot;
  const reading = startReading(ctx, limit, held);
  if (!snapshot || age > STALE_SECONDS) return reading;
  reading.catch((error) => ctx.log.error({ err: error }, "metrics could not be read"));
  return snapshot;
}

/** One reading at a time, however many scrapes ask. */
function startReading(ctx: Ctx, limit: number, held: Held): Promise<Snapshot> {
  held.reading ??= readSnapshot(ctx, { limit, version: VERSION })
    .then((snapshot) => {
      held.snapshot = snapshot;
      return snapshot;
    })
    .finally(() => {
      held.reading = undefined;
    });
  return held.reading;
}
