import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { teamNamed, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import { alertSettingsOf, runAlerts, sendingOf } from "@/lib/alerts/index.ts";
import { askedDays } from "@/lib/api/days.ts";
import type { BurstSum } from "@/lib/burst/amount.ts";
import { loadBurst } from "@/lib/burst/burst-days.ts";
import { setBurstRate, switchBurst, switchWords } from "@/lib/burst/changes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { BURST_COLUMNS, BURST_COST_COLUMNS, burstCostRow, burstRow } from "@/lib/exports/burst-rows.ts";
import { applyBurstSettings } from "@/lib/jobs/index.ts";
import { decimalWords, formatMicros, parseMicros } from "@/lib/money.ts";
import { dateOf, dateOfKey, dayKey, formatInstant, formatSeconds, parseEdge } from "@/lib/time.ts";

interface DayOptions {
  readonly from?: string;
  readonly to?: string;
  readonly format?: string;
  readonly team?: string;
}

export function register(program: Command, io: Io): void {
  const burst = program
    .command("burst")
    .summary("burst capacity: whether it is on, and what it costs")
    .description("Applies the settings of burst capacity (GPU_BURST and others), and shows how it stands.")
    .option("--once", "also evaluate alert rules and send what is due, once: for a timer")
    .action(({ once }: { once?: boolean }) => withCtx({ mustExist: true }, (ctx) => run(io, ctx, once === true)));
  for (const [name, isOn] of [
    ["on", true],
    ["off", false],
  ] as const)
    burst
      .command(name)
      .option("--at <instant>", "from an earlier instant on; now where it is not given")
      .option("--note <text>", "why")
      .description(`Switches burst capacity ${name}.`)
      .action((o: { at?: string; note?: string }) =>
        withCtx({ mustExist: true }, async (ctx) => {
          const at = o.at === undefined ? {} : { at: parseEdge(o.at, ctx.ledger.zone) };
          const done = await switchBurst(ctx, { isOn, ...at, ...(o.note ? { note: o.note } : {}) }, "command");
          io.note(switchWords(isOn, done));
        }),
      );
  burst
    .command("rate")
    .argument("<amount>", "for an hour, in the ledger's currency, such as 0.50")
    .option("--from <instant>", "from when on; now where it is not given")
    .option("--reason <text>", "why, for the audit log")
    .description("Sets what an hour of burst capacity costs.")
    .action((text: string, o: { from?: string; reason?: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const rateMicros = parseMicros(text);
        if (rateMicros === null)
          throw new AppError(
            "invalid",
            `"${text}" ${decimalWords(text, 6, "is not an amount: write it plainly, such as 0.50.")}`,
          );
        const from = o.from === undefined ? {} : { fromAt: parseEdge(o.from, ctx.ledger.zone) };
        await setBurstRate(ctx, { rateMicros, ...from }, o.reason);
        io.note(`An hour costs ${formatMicros(rateMicros)} ${ctx.ledger.currency}.`);
      }),
    );
  burst
    .command("days")
    .option("--from <date>", "the first day; the last 30 where it is not given")
    .option("--to <date>", "the first day after them")
    .option("--format <format>", "days, or costs: lines of whole days that `ledger costs import` reads", "days")
    .option("--team <name>", "with --format costs: the team that pays; shared cost where it is not given")
    .description("Writes burst capacity by day, as CSV.")
    .action((options: DayOptions) => withCtx({ mustExist: true }, (ctx) => days(io, ctx, options)));
}

async function days(io: Io, ctx: Ctx, { from, to, format, team }: DayOptions): Promise<void> {
  if (format !== "days" && format !== "costs")
    throw new AppError("invalid", `--format "${format}" must be days or costs.`);
  const view = await loadBurst(ctx, askedDays(ctx, { from, to }, true));
  const { currency } = ctx.ledger;
  if (format === "days")
    return writeRows(
      io,
      BURST_COLUMNS,
      view.days.map((d) => burstRow(d, currency)),
    );
  const payer = team === undefined ? "" : (await teamNamed(ctx, team)).name;
  const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
  const over = view.days.filter((d) => d.day < today);
  if (over.length < view.days.length)
    io.note(`${dateOfKey(today)} is left out, because it is not over: bill it tomorrow.`);
  const unknown = over.filter((d) => d.micros === null).length;
  if (unknown)
    throw new AppError(
      "invalid",
      `On ${unknown} of these days it was on without a rate: set one first, with ledger burst rate.`,
    );
  await writeRows(
    io,
    BURST_COST_COLUMNS,
    over.map((d) => burstCostRow(d, currency, payer)).filter((row) => row !== null),
  );
}

async function run(io: Io, ctx: Ctx, once: boolean): Promise<void> {
  const settings = env();
  await applyBurstSettings(ctx, settings);
  await writeState(io, ctx);
  if (!once) return;
  const sending = sendingOf(settings, () => ctx.now() * 1000);
  await runAlerts(ctx, alertSettingsOf(settings), sending, { signal: io.signal, all: true });
}

/** How burst capacity stands, on stderr. */
export async function writeState(io: Io, ctx: Ctx): Promise<void> {
  const { isOn, since, rateMicros, today, month } = await loadBurst(ctx, askedDays(ctx, {}, true));
  const { currency } = ctx.ledger;
  const rate = rateMicros === null ? "no rate is set" : `${formatMicros(rateMicros)} ${currency} an hour`;
  io.note(`Burst capacity is ${isOn && since !== null ? `on since ${formatInstant(since)}` : "off"}; ${rate}.`);
  const text = ({ micros, seconds }: BurstSum) =>
    `${micros === null ? "unknown" : `${formatMicros(micros)} ${currency}`} (on for ${formatSeconds(seconds)})`;
  io.note(`Today ${text(today)}, this month ${text(month)}.`);
}
