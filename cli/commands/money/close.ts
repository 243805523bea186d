import type { Command } from "commander";
import { type Io, Stopped } from "@/cli/io.ts";
import { withCtx } from "@/cli/open.ts";
import { closePeriod, previewClose } from "@/lib/closing/close.ts";
import { blocking } from "@/lib/closing/items.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { formatMicros, sumMicros } from "@/lib/money.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";

interface Options {
  readonly month: string;
  readonly override: readonly { item: string; reason: string }[];
  readonly yes?: boolean;
}

export function register(program: Command, io: Io): void {
  program
    .command("close")
    .summary("close a billing period")
    .description(
      "Shows what closing a period would do: open items, statements, totals. With --yes it closes: proves every day, then freezes and numbers the statements. That cannot be undone; what changes later is corrected in the next period.",
    )
    .requiredOption("--month <period>", "billing period, such as 2026-10 (see: ledger periods)")
    .option("--override <item=reason>", "let an open item pass, and why; may be given again", collect, [])
    .option("--yes", "close it")
    .action((options: Options) => run(io, options));
}

function collect(text: string, before: Options["override"]): Options["override"] {
  const at = text.indexOf("=");
  if (at < 1 || !text.slice(at + 1).trim())
    throw new AppError("invalid", `--override ${text}: write item=reason, for example gaps="Prometheus was moved".`);
  return [...before, { item: text.slice(0, at).trim(), reason: text.slice(at + 1).trim() }];
}

async function run(io: Io, options: Options): Promise<void> {
  const settings = closeSettingsOf(env());
  await withCtx({ mustExist: true }, async (ctx) => {
    if (!options.yes) {
      const { items, statements, view } = await previewClose(ctx, settings, options.month);
      if (view.close) throw new AppError("period_closed", `${options.month} is closed already.`);
      const left = blocking(items, options.override);
      for (const item of items) {
        const standing = item.weight === "warn" ? "warning" : left.includes(item) ? "blocks" : "let pass";
        await io.write(`${standing}: ${item.key}: ${item.title}. ${item.detail}\n`);
      }
      for (const { header } of statements)
        await io.write(`${header.team.name}: ${formatMicros(header.totalMicros)} ${header.currency}\n`);
      const total = sumMicros(statements.map((s) => s.header.totalMicros));
      await io.write(`${statements.length} statements, ${formatMicros(total)} ${settings.currency}\n`);
      if (left.length) throw new Stopped(1);
      io.note("Nothing was closed. Add --yes to close it.");
      return;
    }
    const input = { period: options.month, overrides: [...options.override] };
    const { close, statements } = await closePeriod(ctx, settings, input, {
      signal: io.signal,
      onProgress: (done, days) => io.progress(`${done} of ${days} days proven`),
    });
    for (const { number, header } of statements)
      await io.write(`${number}  ${header.team.name}  ${formatMicros(header.totalMicros)} ${header.currency}\n`);
    io.note(`${close.periodId} is closed: ${statements.length} statements, sealed with ${close.hash}.`);
  });
}
