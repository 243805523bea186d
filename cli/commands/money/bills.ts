import path from "node:path";
import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { column, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import { readFileBytes } from "@/cli/read-file.ts";
import { CALL_MICROS } from "@/lib/bills/explorer.ts";
import { type BillUpload, importBill, listVisibleBills, removeBill } from "@/lib/bills/import.ts";
import { BASES, type Basis } from "@/lib/bills/types.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { counted } from "@/lib/format.ts";
import { explorerCalls, readExplorerNow } from "@/lib/jobs/index.ts";
import { changeMicros, formatMicros } from "@/lib/money.ts";
import { loadBillComparison } from "@/lib/pages/bills/comparison.ts";
import { type PeriodInput, parsePeriod } from "@/lib/reports/period.ts";
import { wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { addDays, dateOfKey, formatInstant } from "@/lib/time.ts";

export function register(program: Command, io: Io): void {
  const bills = program
    .command("bills")
    .summary("what clouds billed, against what the ledger charged")
    .description(
      "Imports bills of clouds, GPU time included, and compares them with charges. Nothing of them is charged.",
    );
  bills
    .command("import")
    .argument(
      "<files...>",
      "a FOCUS file, or an AWS Cost and Usage Report (2.0 or legacy); also packed as .gz; all parts of one export",
    )
    .option(
      "--replace",
      "replaces what is there of the same accounts and billing periods, also where the files have less",
    )
    .description(
      "Imports a bill, all parts of an export at once. A file of the same name that has all that is there replaces it.",
    )
    .action((files: string[], { replace }: { replace?: boolean }) => importFiles(io, files, replace ?? false));
  bills
    .command("list")
    .description("Lists, as CSV, what was imported.")
    .action(() => withCtx({ mustExist: true }, (ctx) => list(io, ctx)));
  bills
    .command("remove")
    .argument("<bill>", "its id, as `bills list` shows it")
    .option("--reason <text>", "why, for the audit log", "")
    .description("Removes an import.")
    .action((id: string, { reason }: { reason: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        await removeBill(ctx, id, reason);
        io.note("Removed.");
      }),
    );
  bills
    .command("read")
    .option("--month <month>", "one month, such as 2026-10; without it, what is due")
    .description("Reads AWS bills from Cost Explorer, where COST_EXPLORER is on. Each request and page costs 0.01 USD.")
    .action(({ month }: { month?: string }) => withCtx({ mustExist: true }, (ctx) => read(io, ctx, month)));
  bills
    .command("compare")
    .option("--period <period>", "such as last-month, 2026-10 or 2026-Q4; last-month where nothing is given")
    .option("--month <month>", "a calendar month (YYYY-MM), or a billing period (FY2026-P10)")
    .option("--from <date>", "the first day")
    .option("--to <date>", "the first day that is not compared")
    .option("--basis <basis>", "effective: commitments spread (amortised); billed: as invoiced", "effective")
    .description("Compares, as CSV by team, what clouds billed for GPUs with what the ledger charged.")
    .action((given: CompareOptions) => withCtx({ mustExist: true }, (ctx) => compare(io, ctx, given)));
}

async function importFiles(io: Io, files: readonly string[], replace: boolean): Promise<void> {
  const read: BillUpload[] = [];
  for (const file of files) read.push({ name: path.basename(file), bytes: await readFileBytes(file) });
  await withCtx({ mustExist: true }, async (ctx) => {
    const done = await importBill(ctx, read, { replace });
    const money = (micros: number) => `${formatMicros(micros)} ${ctx.ledger.currency}`;
    io.note(
      `Imported ${counted(done.lines, "line")} of ${money(done.effectiveMicros)}, ${money(done.gpuMicros)} of it for GPUs, as ${done.id}.`,
    );
    if (done.replaced)
      io.note(`${counted(done.replaced, "line")} of earlier versions of the same bills were replaced.`);
  });
}

async function read(io: Io, ctx: Ctx, month: string | undefined): Promise<void> {
  const done = await readExplorerNow(ctx, env(), month);
  for (const { detail } of done) io.note(detail);
  if (done.length === 0) io.note("Nothing is due.");
  const calls = await explorerCalls(ctx, env());
  if (calls)
    io.note(
      `${counted(calls.calls, "call")} to AWS Cost Explorer this month, for ${formatMicros(calls.calls * CALL_MICROS)} USD; at most ${calls.most}.`,
    );
}

async function list(io: Io, ctx: Ctx): Promise<void> {
  const rows = (await listVisibleBills(ctx)).map((bill) => ({
    ...{
      bill: bill.id,
      file: bill.name,
      format: bill.format,
      from: dateOfKey(bill.fromDay),
      until: dateOfKey(bill.untilDay),
    },
    ...{ lines: bill.lines, amount: bill.effectiveMicros, gpu_amount: bill.gpuMicros },
    imported: formatInstant(bill.importedAt),
  }));
  const texts = ["bill", "file", "format", "from", "until"].map((key) => column(key));
  const figures = [column("lines", "count"), column("amount", "micros"), column("gpu_amount", "micros")];
  await writeRows(io, [...texts, ...figures, column("imported")], rows);
}

interface CompareOptions extends PeriodInput {
  readonly basis: string;
}

async function compare(io: Io, ctx: Ctx, { basis: wanted, ...given }: CompareOptions): Promise<void> {
  const basis: Basis | undefined = BASES.find((b) => b === wanted);
  if (!basis) throw new AppError("invalid", `--basis is one of ${BASES.join(", ")}.`);
  const { zone, calendar } = ctx.ledger;
  const isGiven = Object.values(given).some(Boolean);
  const period = parsePeriod(isGiven ? given : { period: "last-month" }, zone, ctx.now(), calendar);
  const found = await loadBillComparison(ctx, wholeDaysOf(period), basis);
  await writeRows(
    io,
    [
      column("team"),
      ...["actual_amount", "estimated_amount", "variance_amount", "volume_amount", "price_amount"].map((key) =>
        column(key, "micros"),
      ),
    ],
    found.teams.map(({ teamKey, actualMicros, estimatedMicros, parts }) => ({
      ...{ volume_amount: parts?.volumeMicros ?? null, price_amount: parts?.priceMicros ?? null },
      ...{ team: found.teamName(teamKey), actual_amount: actualMicros, estimated_amount: estimatedMicros },
      variance_amount: changeMicros(actualMicros, estimatedMicros),
    })),
  );
  const missing = [
    ...(found.withoutBill.length ? [`${counted(found.withoutBill.length, "day")} without a bill`] : []),
    ...(found.withoutCharges.length ? [`${counted(found.withoutCharges.length, "day")} without charges`] : []),
  ];
  const { from, until } = wholeDaysOf(period);
  io.note(
    `${dateOfKey(from)} to ${dateOfKey(addDays(until, -1))}: compared ${counted(found.days.length, "day")}.${missing.length ? ` Left out: ${missing.join(", ")}.` : ""}`,
  );
}
