import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { withCtx } from "@/cli/open.ts";
import { alertSettingsOf, runAlerts, sendingOf } from "@/lib/alerts/index.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { applyBurstSettings } from "@/lib/jobs/index.ts";
import { decimalWords, formatMicros } from "@/lib/money.ts";
import { addDays, dateOf, dateOfKey, dayKey, parseDay } from "@/lib/time.ts";
import { recordCounts, unitNamed } from "@/lib/unit-costs/changes.ts";
import { dayId } from "@/lib/unit-costs/csv.ts";
import { parseCount } from "@/lib/unit-costs/input.ts";
import { perText } from "@/lib/unit-costs/types.ts";
import { loadSoFar, loadUnitViews } from "@/lib/unit-costs/unit-views.ts";
import { writeState } from "./burst.ts";

interface Options {
  readonly unit?: string;
  readonly count?: string;
  readonly id?: string;
  readonly day?: string;
}

export function register(program: Command, io: Io): void {
  program
    .command("batch-end")
    .summary("after a nightly batch: count, cost of a unit, burst capacity, alerts")
    .description(
      "Run at the end of a batch. Applies the settings of burst capacity, records how many there were, charges what is due, shows what one costs, and evaluates alert rules once. Running it again for the same batch changes nothing.",
    )
    .option("--unit <name>", "the unit that the batch made some of")
    .option("--count <number>", "how many")
    .option("--id <id>", "what identifies the batch; the day where it is not given")
    .option("--day <date>", "of which day; today where it is not given")
    .action((options: Options) => withCtx({ mustExist: true }, (ctx) => end(io, ctx, options)));
}

/** Days back in which the newest known unit cost is looked for. */
const LOOK_BACK = 30;

async function end(io: Io, ctx: Ctx, { unit: name, count, id, day }: Options): Promise<void> {
  if (count !== undefined && name === undefined)
    throw new AppError("invalid", "--count is of a unit: give --unit, too.");
  const unit = name === undefined ? null : await unitNamed(ctx, name);
  const settings = env();
  await applyBurstSettings(ctx, settings);
  if (unit && count !== undefined) {
    const countMilli = parseCount(count);
    if (countMilli === null)
      throw new AppError(
        "invalid",
        `--count "${count}" ${decimalWords(count, 3, "is not a count: write 1200 or 0.5.")}`,
      );
    const key = parseDay(day ?? dateOf(ctx.now(), ctx.ledger.zone));
    const { unchanged } = await recordCounts(
      ctx,
      unit.key,
      [{ id: id ?? dayId(key), day: key, countMilli }],
      "batch-end",
    );
    io.note(unchanged ? "The count was recorded before." : "Count recorded.");
  }
  await chargeDue(ctx, { currency: settings.LEDGER_CURRENCY, billingTimeZone: settings.BILLING_TIME_ZONE });
  if (unit) await writeCost(io, ctx, unit.key);
  await writeState(io, ctx);
  await runAlerts(
    ctx,
    alertSettingsOf(settings),
    sendingOf(settings, () => ctx.now() * 1000),
    { signal: io.signal, all: true },
  );
}

async function writeCost(io: Io, ctx: Ctx, key: number): Promise<void> {
  const { currency, zone } = ctx.ledger;
  const today = dayKey(dateOf(ctx.now(), zone));
  const [[view], soFar] = await Promise.all([
    loadUnitViews(ctx, { from: addDays(today, -LOOK_BACK), until: today }, key),
    loadSoFar(ctx, key),
  ]);
  if (!view) throw new Error("a unit that was found has no view");
  const per = `${currency} per ${perText(view.unit)}`;
  if (soFar.unitMicros !== null)
    io.note(`Today so far: ${formatMicros(soFar.unitMicros)} ${per}; it changes until the day is over and charged.`);
  io.note(
    view.newest
      ? `${dateOfKey(view.newest.day)}: ${formatMicros(view.newest.micros)} ${per}.`
      : `No day of the last ${LOOK_BACK} has a known cost per ${perText(view.unit)}.`,
  );
}
