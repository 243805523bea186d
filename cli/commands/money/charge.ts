import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { withCtx } from "@/cli/open.ts";
import { chargeDue, renewCharges } from "@/lib/charges/run.ts";
import { env } from "@/lib/env.ts";
import { counted } from "@/lib/format.ts";
import { correctDue } from "@/lib/statements/correct-run.ts";
import { dateOf, dayKey, parseEdge } from "@/lib/time.ts";

interface Options {
  readonly from?: string;
}

export function register(program: Command, io: Io): void {
  program
    .command("charge")
    .summary("charge what was metered")
    .description(
      "Charges every day of an open period that was metered, or whose prices, teams or policies changed, since it was charged; what changed in closed periods becomes corrections. Asks no source. A running server does the same after each sync.",
    )
    .option("--from <date>", "charge everything again from this day (YYYY-MM-DD) of the billing time zone on")
    .action((options: Options) => run(io, options));
}

async function run(io: Io, options: Options): Promise<void> {
  const { BILLING_TIME_ZONE: zone, LEDGER_CURRENCY: currency } = env();
  const from = options.from === undefined ? null : dayKey(dateOf(parseEdge(options.from, zone), zone));
  await withCtx({ mustExist: true }, async (ctx) => {
    if (from !== null) await renewCharges(ctx, from);
    const money = { currency, billingTimeZone: zone, signal: io.signal };
    const days = await chargeDue(ctx, {
      ...money,
      onProgress: (done) => io.progress(`${counted(done, "day")} charged`),
    });
    io.note(days === 0 ? "Every day is charged." : `Charged ${counted(days, "day")}.`);
    const closed = await correctDue(ctx, { ...money, onProgress: (done) => io.progress(counted(done, "closed day")) });
    if (closed > 0)
      io.note(`Looked at ${counted(closed, "changed day")} of closed periods: what differs is corrected in the next.`);
  });
}
