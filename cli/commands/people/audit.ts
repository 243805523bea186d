import type { Command } from "commander";
import { type Io, Stopped } from "@/cli/io.ts";
import { withCtx } from "@/cli/open.ts";
import { verifyAuditLog } from "@/lib/auth/chain/audit-chain-store.ts";
import { auditPeriod, verifyChain } from "@/lib/closing/audit.ts";
import { env } from "@/lib/env.ts";
import { formatMicros } from "@/lib/money.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";

interface Options {
  readonly month: string;
}

export function register(program: Command, io: Io): void {
  program
    .command("audit")
    .summary("prove a billing period")
    .description(
      "Recalculates every day of a period and compares: capacity × rate with a residual of 0, statements against lines, charges, shares and corrections, numbers without gaps, hashes and their chain, and the chain of the audit log. Changes nothing.",
    )
    .requiredOption("--month <period>", "billing period, such as 2026-10 (see: ledger periods)")
    .action((options: Options) => run(io, options));
}

async function run(io: Io, { month }: Options): Promise<void> {
  const settings = closeSettingsOf(env());
  const { faults, waiting, audit } = await withCtx({ mustExist: true }, async (ctx) => {
    const audited = await auditPeriod(ctx, settings, month);
    const chain = [...(await verifyChain(ctx, settings)), ...(await verifyAuditLog(ctx.db))];
    return { audit: audited, waiting: audited.waiting, faults: [...new Set([...audited.faults, ...chain])] };
  });
  for (const fault of faults) await io.write(`fault: ${fault}\n`);
  for (const text of waiting) await io.write(`waiting: ${text}\n`);
  if (faults.length) {
    io.note(`${faults.length} ${faults.length === 1 ? "fault" : "faults"} in ${month}.`);
    throw new Stopped(1);
  }
  const { statements, totalMicros, ties, view } = audit;
  await io.write(
    `${month} (${view.state}) adds up: ${ties.length} sums of capacity × rate with a residual of 0, ${statements} statements, ${formatMicros(totalMicros)} ${settings.currency} exactly, before each total is rounded.\n`,
  );
}
