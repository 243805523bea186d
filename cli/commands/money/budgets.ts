import path from "node:path";
import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { column, formatOption, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import { readFileText } from "@/cli/read-file.ts";
import { type ScopeWords, scopeIn, scopeOptions } from "@/cli/scope-options.ts";
import { planEvent, removeEvent, scopeNamed, setBudget, setBudgets, withdrawBudget } from "@/lib/budgets/changes.ts";
import { type CopyRequest, copyBudgets, planCopy } from "@/lib/budgets/copy.ts";
import { BUDGET_COLUMNS, budgetLine, readBudgetCsv } from "@/lib/budgets/csv.ts";
import { entriesOf, scopesOf } from "@/lib/budgets/in-force.ts";
import { loadOutlooks } from "@/lib/budgets/outlooks.ts";
import { findPlaces } from "@/lib/budgets/places.ts";
import { listVisibleEvents } from "@/lib/budgets/planned.ts";
import { listBudgetVersions } from "@/lib/budgets/store.ts";
import { BUDGET_SPANS, type Budget, type BudgetSpan } from "@/lib/budgets/types.ts";
import { setText } from "@/lib/budgets/words.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { OUTLOOK_COLUMNS, outlookRow, PLANNED_COLUMNS, plannedRow } from "@/lib/exports/budget-rows.ts";
import { counted } from "@/lib/format.ts";
import { decimalWords, formatMicros, parseMicros } from "@/lib/money.ts";
import { dateOfKey, parseDay } from "@/lib/time.ts";

interface SetOptions extends ScopeWords {
  readonly amount?: string;
  readonly each: string;
  readonly from: string;
  readonly carryOver?: boolean;
  readonly warning?: string;
  readonly critical?: string;
  readonly note?: string;
  readonly reason?: string;
}

interface Formatted {
  readonly format: string;
}

export function register(program: Command, io: Io): void {
  const budgets = program
    .command("budgets")
    .summary("what teams and others may spend, and how that stands")
    .description("Sets and lists budgets, and shows what is left of them and when they are passed.");
  formatOption(
    budgets
      .command("list")
      .description("Lists every budget, as CSV in the form that `budgets import` reads, or as JSON."),
  ).action(({ format }: Formatted) => withCtx({ mustExist: true }, (ctx) => list(io, ctx, format)));
  formatOption(
    scopeOptions(budgets.command("status").description("Shows how budgets stand and what their periods will come to.")),
  )
    .option("--span <span>", `the period to look at: ${BUDGET_SPANS.join(", ")}`)
    .action((options: ScopeWords & Formatted & { span?: string }) =>
      withCtx({ mustExist: true }, (ctx) => status(io, ctx, options)),
    );
  scopeOptions(budgets.command("set").description("Sets a budget from a day on, until another replaces it."))
    .requiredOption("--amount <amount>", "how much, such as 12500 or 12500.50")
    .option("--each <span>", `for each ${BUDGET_SPANS.join(", ")}`, "month")
    .requiredOption("--from <date>", "the first day")
    .option("--carry-over", "add what a span leaves to the next one of the fiscal year")
    .option("--warning <percent>", "a warning from this share on")
    .option("--critical <percent>", "critical from this share on")
    .option("--note <text>", "beside the budget")
    .option("--reason <text>", "why, for the audit log")
    .action((options: SetOptions) => withCtx({ mustExist: true }, (ctx) => set(io, ctx, options)));
  scopeOptions(budgets.command("end").description("Ends a budget from a day on."))
    .requiredOption("--from <date>", "the first day without")
    .option("--reason <text>", "why, for the audit log")
    .action((options: SetOptions) =>
      withCtx({ mustExist: true }, (ctx) => set(io, ctx, { ...options, each: "month" })),
    );
  scopeOptions(
    budgets
      .command("withdraw")
      .description("Takes back what was set from a day on: the budget before is in force again."),
  )
    .requiredOption("--from <date>", "the day that it was set from")
    .option("--reason <text>", "why, for the audit log")
    .action((options: SetOptions) =>
      withCtx({ mustExist: true }, async (ctx) => {
        await withdrawBudget(ctx, await scopeIn(ctx, options), parseDay(options.from), options.reason);
        io.note("Withdrawn.");
      }),
    );
  budgets
    .command("import")
    .argument("<file>", "a CSV file; also packed as .gz")
    .description(`Imports all lines of a file, or none when one is wrong. Columns: ${BUDGET_COLUMNS.join(", ")}.`)
    .action((file: string) => withCtx({ mustExist: true }, (ctx) => importFile(io, ctx, file)));
  registerCopy(budgets, io);
  registerEvents(budgets, io);
}

const spanOf = (text: string): BudgetSpan => {
  const span = BUDGET_SPANS.find((s) => s === text);
  if (!span) throw new AppError("invalid", `"${text}" is not a span: use ${BUDGET_SPANS.join(", ")}.`);
  return span;
};

const whole = (option: string, text: string): number => {
  if (/^-?\d{1,5}$/.test(text)) return Number(text);
  throw new AppError("invalid", `--${option} "${text}" is not a whole number.`);
};

const amountOf = (text: string): number => {
  const micros = parseMicros(text);
  if (micros === null)
    throw new AppError(
      "invalid",
      `"${text}" ${decimalWords(text, 6, "is not an amount: write it plainly, such as 12500.50.")}`,
    );
  return micros;
};

function registerCopy(budgets: Command, io: Io): void {
  interface CopyOptions extends ScopeWords {
    readonly from: string;
    readonly change: string;
    readonly each: string;
    readonly day: string;
    readonly dryRun?: boolean;
    readonly reason?: string;
  }
  scopeOptions(budgets.command("copy").description("Sets budgets from what was spent, or from those of last year."))
    .option("--from <source>", "actuals (the last whole span) or last-year", "actuals")
    .option("--change <percent>", "per cent more, or less where negative", "0")
    .option("--each <span>", `of actuals: for each ${BUDGET_SPANS.join(", ")}`, "month")
    .requiredOption("--day <date>", "a day of the span, or of the fiscal year, that they begin with")
    .option("--dry-run", "only show them")
    .option("--reason <text>", "why, for the audit log")
    .action((o: CopyOptions) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const any = o.all || o.team || o.costCentre || o.department || o.project;
        const request = {
          ...{
            from: sourceOf(o.from),
            changePercent: whole("change", o.change),
            span: spanOf(o.each),
            day: parseDay(o.day),
          },
          ...(any ? { scopes: [await scopeIn(ctx, o)] } : {}),
        } as const;
        const done = o.dryRun ? null : await copyBudgets(ctx, request, o.reason);
        await writeBudgets(io, ctx, done?.budgets ?? (await planCopy(ctx, request)));
        io.note(
          done
            ? `${counted(done.budgets.length, "budget")} set: ${setText(done)}.`
            : "Nothing is set: this is a dry run.",
        );
      }),
    );
}

function sourceOf(text: string): CopyRequest["from"] {
  if (text === "actuals" || text === "last-year") return text;
  throw new AppError("invalid", `--from "${text}" must be actuals or last-year.`);
}

function registerEvents(budgets: Command, io: Io): void {
  interface PlanOptions extends ScopeWords {
    readonly note: string;
    readonly from: string;
    readonly until?: string;
    readonly change?: string;
    readonly perDay?: string;
    readonly reason?: string;
  }
  scopeOptions(
    budgets
      .command("plan")
      .description("Plans something that changes the forecast: a node pool, a holiday, the end of a project."),
  )
    .requiredOption("--note <text>", "what is planned")
    .requiredOption("--from <date>", "its first day")
    .option("--until <date>", "the first day after it; none: it stays")
    .option("--change <percent>", "changes the forecast by so many per cent")
    .option("--per-day <amount>", "adds so much to each day")
    .option("--reason <text>", "why, for the audit log")
    .action((o: PlanOptions) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const event = {
          scope: await scopeIn(ctx, o),
          fromDay: parseDay(o.from),
          untilDay: o.until === undefined ? null : parseDay(o.until),
          changePercent: o.change === undefined ? 0 : whole("change", o.change),
          perDayMicros: o.perDay === undefined ? 0 : amountOf(o.perDay),
          note: o.note,
        };
        const id = await planEvent(ctx, event, o.reason);
        io.note(`Planned as ${id}.`);
      }),
    );
  formatOption(budgets.command("events").description("Lists what is planned.")).action(({ format }: Formatted) =>
    withCtx({ mustExist: true }, (ctx) => listEvents(io, ctx, format)),
  );
  budgets
    .command("unplan")
    .argument("<event>", "its id, as `budgets events` lists it")
    .option("--reason <text>", "why, for the audit log")
    .description("Removes a planned event.")
    .action((id: string, { reason }: { reason?: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        await removeEvent(ctx, id, reason);
        io.note("Removed.");
      }),
    );
}

async function writeBudgets(io: Io, ctx: Ctx, budgets: readonly Budget[], format?: string): Promise<void> {
  const places = await findPlaces(ctx);
  const keys = [...BUDGET_COLUMNS];
  const rows = budgets.map((budget) => {
    const line = budgetLine(budget, nameFor(budget, places.name(budget.scope)));
    return Object.fromEntries(keys.map((key, i) => [key, line[i] ?? ""]));
  });
  await writeRows(
    io,
    keys.map((key) => column(key)),
    rows,
    format,
  );
}

/** As `budgets import` finds it again: a cost centre and a department by their name alone. */
const nameFor = ({ scope }: Budget, name: string): string =>
  scope.kind === "cost-centre" || scope.kind === "department" ? scope.value : name;

async function list(io: Io, ctx: Ctx, format: string): Promise<void> {
  const versions = await listBudgetVersions(ctx.db);
  await writeBudgets(
    io,
    ctx,
    scopesOf(versions).flatMap((scope) => entriesOf(versions, scope)),
    format,
  );
}

async function status(io: Io, ctx: Ctx, options: ScopeWords & Formatted & { span?: string }): Promise<void> {
  const any = options.all || options.team || options.costCentre || options.department || options.project;
  const span = options.span === undefined ? {} : { span: spanOf(options.span) };
  const outlooks = await loadOutlooks(ctx, { ...(any ? { scopes: [await scopeIn(ctx, options)] } : {}), ...span });
  await writeRows(
    io,
    OUTLOOK_COLUMNS,
    outlooks.map((o) => outlookRow(o, ctx.ledger.currency)),
    options.format,
  );
}

async function set(io: Io, ctx: Ctx, options: SetOptions): Promise<void> {
  const { carryOver, warning, critical, note, reason } = options;
  const budget = await setBudget(
    ctx,
    {
      scope: await scopeIn(ctx, options),
      fromDay: parseDay(options.from),
      span: spanOf(options.each),
      amountMicros: options.amount === undefined ? null : amountOf(options.amount),
      ...(carryOver ? { carryOver } : {}),
      ...(warning === undefined ? {} : { warningPercent: whole("warning", warning) }),
      ...(critical === undefined ? {} : { criticalPercent: whole("critical", critical) }),
      ...(note === undefined ? {} : { note }),
    },
    reason,
  );
  const day = dateOfKey(budget.fromDay);
  io.note(
    budget.amountMicros === null
      ? `No budget from ${day} on.`
      : `${formatMicros(budget.amountMicros)} ${ctx.ledger.currency} for each ${budget.span} from ${day} on.`,
  );
}

async function importFile(io: Io, ctx: Ctx, file: string): Promise<void> {
  const text = await readFileText(file);
  const places = await findPlaces(ctx);
  const name = path.basename(file);
  const budgets = readBudgetCsv(name, text, (kind, wanted) => scopeNamed(places, kind, wanted));
  const done = await setBudgets(ctx, budgets, `imported from ${name}`);
  io.note(`${counted(done.budgets.length, "budget")} imported: ${setText(done)}.`);
}

const listEvents = async (io: Io, ctx: Ctx, format: string): Promise<void> =>
  writeRows(io, PLANNED_COLUMNS, (await listVisibleEvents(ctx)).map(plannedRow), format);
