import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { withLedger } from "@/cli/open-ledger.ts";
import { systemNow } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { counted } from "@/lib/format.ts";
import {
  askedRange,
  type BackfillOutcome,
  type BackfillProgress,
  continueBackfill,
  forgottenPart,
  type Ledger,
  needSources,
  runBackfill,
} from "@/lib/jobs/index.ts";
import type { Backfill } from "@/lib/sync/windows/backfill-store.ts";
import { formatInstant, formatSeconds, type Interval, parseDurationMs } from "@/lib/time.ts";

interface Options {
  readonly from: string;
  readonly to?: string;
  readonly step?: string;
}

export function register(program: Command, io: Io): void {
  program
    .command("backfill")
    .summary("read and meter the history of a range")
    .description(
      "Reads the history of a range from the sources and meters it. Can be stopped and run again: it goes on where it was.",
    )
    .requiredOption(
      "--from <date>",
      "first day (YYYY-MM-DD) or month (YYYY-MM) of the billing time zone, or an instant",
    )
    .option("--to <date>", "the day after the last day; default: now")
    .option("--step <duration>", "sampling step to ask for; default: BACKFILL_STEP")
    .action((options: Options) => {
      // What was typed is judged first: nothing is opened, asked or written for a slip.
      const settings = env();
      const range = askedRange(options, settings, systemNow());
      const stepSeconds = stepOf(options, settings.BACKFILL_STEP);
      const forgotten = forgottenPart(range, settings, systemNow());
      if (forgotten)
        io.note(
          `The sources are said to keep ${formatSeconds(settings.SOURCE_RETENTION)} (SOURCE_RETENTION): expect gaps before ${formatInstant(forgotten.end)}.`,
        );
      return withLedger(false, (ledger) => run(io, ledger, range, stepSeconds));
    });
}

async function run(io: Io, ledger: Ledger, { start, end: to }: Interval, stepSeconds: number): Promise<void> {
  needSources(ledger);
  const { ctx } = ledger;
  let unread = 0;
  let cause = "";
  for (let from = start; ; ) {
    // One that was asked for up to the now of then, and stopped, goes on; then comes the rest.
    const backfill = await continueBackfill(ctx, { from, to, stepSeconds });
    const outcome = await fill(io, ledger, backfill);
    unread += outcome.unread;
    cause ||= outcome.cause;
    if (backfill.toAt >= to) break;
    from = backfill.toAt;
  }
  if (unread > 0)
    throw new AppError(
      "source_unavailable",
      `${counted(unread, "window")} could not be read whole.${cause ? ` ${cause}` : ""}\nThey are gaps and will be tried again; see: npm run ledger -- gaps`,
    );
}

async function fill(io: Io, ledger: Ledger, backfill: Backfill): Promise<BackfillOutcome> {
  const started = performance.now();
  const outcome = await runBackfill(ledger, backfill.id, {
    signal: io.signal,
    onProgress: (progress) => io.progress(line(progress, performance.now() - started)),
  });
  io.progress("");
  const { progress, status } = outcome;
  const seconds = (performance.now() - started) / 1000;
  const range = `${formatInstant(backfill.fromAt)} to ${formatInstant(backfill.toAt)}`;
  if (status === "cancelled")
    throw new AppError(
      "conflict",
      `The backfill of ${range} was cancelled from elsewhere. Run the command again to go on.`,
    );
  io.note(
    `Backfilled ${range} in ${formatSeconds(seconds)}: ${counted(progress.windowsRead, "window")}, ${counted(progress.samples, "sample")}, ${counted(progress.bucketsMetered, "bucket")} metered, ${counted(progress.requests, "request")}.`,
  );
  return outcome;
}

function stepOf(options: Options, fallback: number): number {
  if (options.step === undefined) return fallback;
  const ms = parseDurationMs(options.step);
  if (ms === null || ms < 5_000 || ms > 300_000)
    throw new AppError("invalid", `--step ${options.step}: expected a duration from 5s to 5m.`);
  return Math.round(ms / 1000);
}

function line(p: BackfillProgress, elapsedMs: number): string {
  if (p.phase === "waiting") return "waiting for another backfill of an overlapping range";
  if (p.phase === "facts") {
    const f = p.facts;
    return `reading the inventory: ${counted(f?.workloads ?? 0, "workload")}, ${counted(f?.pods ?? 0, "pod")}`;
  }
  const share = p.spansTotal ? p.spansDone / p.spansTotal : 0;
  const left = share > 0.02 ? `, about ${formatSeconds((elapsedMs / 1000) * (1 / share - 1))} left` : "";
  const what = p.phase === "retrying" ? "trying again what failed" : `${p.spansDone} of ${p.spansTotal} spans`;
  return `${what}: ${counted(p.samples, "sample")}, ${counted(p.bucketsMetered, "bucket")} metered${left}`;
}
