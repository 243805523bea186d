import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { withCtx } from "@/cli/open.ts";
import { loadPeriodTotals } from "@/lib/closing/totals-load.ts";
import { env } from "@/lib/env.ts";
import { formatMinor } from "@/lib/money.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";
import { addDays, dateOfKey, formatInstant } from "@/lib/time.ts";

export function register(program: Command, io: Io): void {
  program
    .command("periods")
    .description(
      "lists the billing periods: open, draft or closed, with what their statements come to, and the hashes of those closed",
    )
    .action(() => run(io));
}

async function run(io: Io): Promise<void> {
  const settings = closeSettingsOf(env());
  const { periods, totals } = await withCtx({ mustExist: true }, async (ctx) => {
    const list = await loadPeriods(ctx.db, settings, ctx.now());
    return { periods: list, totals: await loadPeriodTotals(ctx, settings, list) };
  });
  if (periods.length === 0) io.note("Nothing is metered yet, so there is no period.");
  for (const view of periods) {
    const { period, state, close } = view;
    const currency = close?.currency ?? settings.currency;
    const micros = totals.get(view) ?? null;
    const total = micros === null ? "nothing charged" : `${formatMinor(micros, currency)} ${currency} as billed`;
    const days = `${dateOfKey(period.fromDay)} to ${dateOfKey(addDays(period.untilDay, -1))}`;
    const sealed = close ? `  ${formatInstant(close.closedAt)} by ${close.closedBy}  ${close.hash.slice(0, 12)}` : "";
    await io.write(`${period.id.padEnd(10)}  ${days}  ${state.padEnd(6)}  ${total}${sealed}\n`);
  }
}
