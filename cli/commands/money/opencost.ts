import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { column, formatOption, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { counted } from "@/lib/format.ts";
import { readOpencostNow } from "@/lib/jobs/index.ts";
import { formatDecimal } from "@/lib/money.ts";
import { loadOpencost } from "@/lib/pages/opencost.ts";
import { parsePeriod } from "@/lib/reports/period.ts";
import { wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { dateOfKey, parseDay } from "@/lib/time.ts";

export function register(program: Command, io: Io): void {
  const opencost = program
    .command("opencost")
    .summary("CPU, memory, storage and network cost from OpenCost")
    .description("Reads what namespaces cost from OpenCost, and compares its GPU cost with the ledger's.");
  opencost
    .command("read")
    .option("--from <day>", "the first day; without it, what is due")
    .option("--to <day>", "the first day that is not read; today where it is not given")
    .description("Reads days that are over: everything but GPU cost becomes imported cost, which the next run charges.")
    .action((given: { from?: string; to?: string }) => withCtx({ mustExist: true }, (ctx) => read(io, ctx, given)));
  formatOption(
    opencost
      .command("compare")
      .option("--period <period>", "such as last-month or 2026-10", "last-month")
      .description("Compares, by namespace, the GPU cost that OpenCost calculates with what the ledger charged."),
  ).action((given: { period: string; format: string }) =>
    withCtx({ mustExist: true }, (ctx) => compare(io, ctx, given)),
  );
}

async function read(io: Io, ctx: Ctx, { from, to }: { from?: string; to?: string }): Promise<void> {
  const day = (text: string | undefined) => (text === undefined ? undefined : parseDay(text));
  const done = await readOpencostNow(ctx, env(), { from: day(from), until: day(to) });
  if (!done) return io.note("Another process reads from OpenCost now.");
  for (const { day: key, namespaces, lines } of done.days)
    io.note(
      `${dateOfKey(key)}: ${namespaces ? counted(namespaces, "namespace") : "nothing stored"}${lines === null ? "" : `, ${counted(lines, "cost line")}`}.`,
    );
  io.note(done.detail);
}

async function compare(io: Io, ctx: Ctx, { period: text, format }: { period: string; format: string }): Promise<void> {
  const { zone, calendar } = ctx.ledger;
  const period = parsePeriod({ period: text }, zone, ctx.now(), calendar);
  const found = await loadOpencost(ctx, wholeDaysOf(period));
  const hours = (milli: number | null) => (milli === null ? null : formatDecimal(milli, 3));
  const amounts = ["their_amount", "our_amount", "volume_amount", "price_amount"];
  await writeRows(
    io,
    [
      ...["cluster", "namespace", "their_gpu_hours", "our_gpu_hours"].map((key) => column(key)),
      ...amounts.map((key) => column(key, "micros")),
      column("why"),
    ],
    found.rows.map((row) => ({
      ...{ cluster: found.clusterName(row.clusterId), namespace: row.namespace, why: row.reasons.join("; ") },
      ...{ their_gpu_hours: hours(row.theirMilliHours), our_gpu_hours: hours(row.ourMilliHours) },
      ...{ their_amount: row.theirMicros, our_amount: row.ourMicros },
      ...{ volume_amount: row.parts?.volumeMicros ?? null, price_amount: row.parts?.priceMicros ?? null },
    })),
    format,
  );
  io.note(
    `Compared: ${counted(found.days, "day")}.${found.leftOut ? ` Left out: ${counted(found.leftOut, "day")}.` : ""}`,
  );
}
