import type { Command } from "commander";
import { closeSettingsOf } from "@/lib/chargeback/close-settings";
import { loadPeriods } from "@/lib/chargeback/period-load";
import { env } from "@/lib/env";
import { formatMicros } from "@/lib/money";
import { addDays, dateOfKey, formatInstant } from "@/lib/time";
import type { Io } from "../io.ts";
import { withCtx } from "../open.ts";

export function register(program: Command, io: Io): void {
  program
    .command("periods")
    .description("lists the billing periods: open, draft or closed, with totals and hashes of those closed")
    .action(() => run(io));
}

async function run(io: Io): Promise<void> {
  const settings = closeSettingsOf(env());
  const periods = await withCtx({ mustExist: true }, (ctx) => loadPeriods(ctx.db, settings, ctx.now()));
  if (periods.length === 0) io.note("Nothing is metered yet, so there is no period.");
  for (const { period, state, close } of periods) {
    const days = `${dateOfKey(period.fromDay)} to ${dateOfKey(addDays(period.untilDay, -1))}`;
    const sealed = close
      ? `  ${formatMicros(close.totalMicros)} ${close.currency}  ${formatInstant(close.closedAt)} by ${close.closedBy}  ${close.hash.slice(0, 12)}`
      : "";
    await io.write(`${period.id.padEnd(10)}  ${days}  ${state.padEnd(6)}${sealed}\n`);
  }
}
