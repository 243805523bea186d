import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { withLedger } from "@/cli/open-ledger.ts";
import { AppError } from "@/lib/errors.ts";
import { counted } from "@/lib/format.ts";
import { type Ledger, meterAgain } from "@/lib/jobs/index.ts";
import { countUnmetered } from "@/lib/metering/store.ts";
import { listLiveClusters } from "@/lib/sync/facts/cluster-store.ts";
import { ceilTo, floorTo, formatInstant, parseEdge } from "@/lib/time.ts";

interface Options {
  readonly from: string;
  readonly to?: string;
}

export function register(program: Command, io: Io): void {
  program
    .command("meter")
    .summary("meter a range again from what is stored")
    .description(
      "Meters a range again from stored facts and samples, with the thresholds in force. Asks no source. The same input gives the same rows.",
    )
    .requiredOption(
      "--from <date>",
      "first day (YYYY-MM-DD) or month (YYYY-MM) of the billing time zone, or an instant",
    )
    .option("--to <date>", "the day after the last day; default: now")
    .action((options: Options) => withLedger(false, (ledger) => run(io, ledger, options)));
}

async function run(io: Io, ledger: Ledger, options: Options): Promise<void> {
  const { ctx, env, rules } = ledger;
  const from = parseEdge(options.from, env.BILLING_TIME_ZONE);
  const to = options.to === undefined ? ctx.now() : parseEdge(options.to, env.BILLING_TIME_ZONE);
  const range = {
    start: floorTo(from, rules.bucketSeconds),
    end: Math.min(ceilTo(to, rules.bucketSeconds), ledger.horizon()),
  };
  if (range.end <= range.start)
    throw new AppError(
      "invalid",
      `The range is empty: ${formatInstant(from)} is not before ${formatInstant(Math.min(to, ledger.horizon()))}.`,
    );
  const clusters = (await listLiveClusters(ctx.db)).map((cluster) => cluster.id);
  if (!clusters.length)
    throw new AppError("not_found", "Nothing was synced yet. Fill the ledger first: npm run ledger -- sync --once");
  const done = await meterAgain(ctx, clusters, range, {
    rules,
    horizon: ledger.horizon(),
    stepSeconds: Math.max(env.SAMPLE_STEP, env.BACKFILL_STEP),
    signal: io.signal,
    onProgress: (buckets) => io.progress(`${counted(buckets, "bucket")} metered`),
  });
  io.note(`Metered ${counted(done, "bucket")} from ${formatInstant(range.start)} to ${formatInstant(range.end)}.`);
  const left = await countUnmetered(ctx.db, range);
  if (left > 0)
    io.note(
      `${counted(left, "bucket stands as it was", "buckets stand as they were")}: the samples are older than SERIES_RETENTION and were removed. To meter again, backfill the range.`,
    );
}
