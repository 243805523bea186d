import path from "node:path";
import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import { readFileText } from "@/cli/read-file.ts";
import { type ScopeWords, scopeIn, scopeOptions } from "@/cli/scope-options.ts";
import { askedDays } from "@/lib/api/days.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { UNIT_COLUMNS, UNIT_DAY_COLUMNS, unitDayRows, unitRow } from "@/lib/exports/unit-rows.ts";
import { decimalWords, parseMicros } from "@/lib/money.ts";
import { dateOf, parseDay } from "@/lib/time.ts";
import {
  archiveUnit,
  changeUnit,
  defineUnit,
  lastCountedDay,
  type Recorded,
  recordCounts,
  unitNamed,
} from "@/lib/unit-costs/changes.ts";
import { COUNT_COLUMNS, dayId, readCountCsv } from "@/lib/unit-costs/csv.ts";
import { parseCount, type UnitInput, WINDOW } from "@/lib/unit-costs/input.ts";
import { BASES, CATEGORIES, PERS } from "@/lib/unit-costs/types.ts";
import { daysOver, loadUnitViews } from "@/lib/unit-costs/unit-views.ts";

interface DayOptions {
  readonly from?: string;
  readonly to?: string;
}

export function register(program: Command, io: Io): void {
  const units = program
    .command("units")
    .summary("what a request, a token, a training run or a lead costs")
    .description("Defines units, records how many there were, and shows what each of them cost.");
  days(units.command("list").description("Writes, as CSV, what every unit costs.")).action((options: DayOptions) =>
    withCtx({ mustExist: true }, (ctx) => list(io, ctx, options)),
  );
  days(
    units.command("days").argument("<unit>", "its name or key").description("Writes, as CSV, the days of a unit."),
  ).action((name: string, options: DayOptions) =>
    withCtx({ mustExist: true }, async (ctx) => {
      const { key } = await unitNamed(ctx, name);
      const views = await loadUnitViews(ctx, daysOver(ctx, askedDays(ctx, options, false)), key);
      await writeRows(
        io,
        UNIT_DAY_COLUMNS,
        views.flatMap((v) => unitDayRows(v, ctx.ledger.currency)),
      );
    }),
  );
  registerDefinitions(units, io);
  registerCounts(units, io);
}

const days = (command: Command): Command =>
  command
    .option("--from <date>", "the first day; the last 30 that are over where it is not given")
    .option("--to <date>", "the first day after them");

async function list(io: Io, ctx: Ctx, { from, to }: DayOptions): Promise<void> {
  const views = await loadUnitViews(ctx, daysOver(ctx, askedDays(ctx, { from, to }, false)));
  await writeRows(
    io,
    UNIT_COLUMNS,
    views.map((v) => unitRow(v, ctx.ledger.currency)),
  );
}

interface DefinitionOptions extends ScopeWords {
  readonly name?: string;
  readonly noun?: string;
  readonly per?: string;
  readonly label?: string;
  readonly gpuModel?: string;
  readonly category?: string;
  readonly loaded?: boolean;
  readonly basis?: string;
  readonly query?: string;
  readonly requests?: boolean;
  readonly tokens?: boolean;
  readonly emptyIsZero?: boolean;
  readonly countsFrom?: string;
  readonly target?: string;
  readonly threshold?: string;
  readonly note?: string;
  readonly reason?: string;
}

const definition = (command: Command): Command =>
  scopeOptions(command)
    .option("--noun <word>", "one of what is counted: request, token, lead")
    .option("--per <number>", `the cost is for ${PERS.join(", ")} of them`)
    .option("--label <key=value>", "only workloads with this label")
    .option("--gpu-model <model>", "only time on this GPU model")
    .option("--category <category>", `only workloads of this category: ${CATEGORIES.join(", ")}`)
    .option("--loaded", "with shares of unused capacity and imported cost")
    .option("--basis <basis>", `what target and threshold are about: ${BASES.join(" or ")}`)
    .option("--query <query>", `counts in a window of length ${WINDOW}, in the language of the source (PromQL)`)
    .option("--tokens", "counts are the tokens that vLLM counts for the inference workloads, through Prometheus")
    .option("--requests", "counts are the requests that the inference workloads report to Run:ai")
    .option("--empty-is-zero", "an hour for which the query returns no series counts as zero")
    .option("--counts-from <date>", "the first day whose counts are read")
    .option("--target <amount>", "what it may cost")
    .option("--threshold <amount>", "the unit-cost alert fires above it")
    .option("--note <text>", "beside the unit")
    .option("--reason <text>", "why, for the audit log");

function registerDefinitions(units: Command, io: Io): void {
  definition(units.command("define").argument("<name>", "what it is called").description("Defines a unit.")).action(
    (name: string, options: DefinitionOptions) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const today = parseDay(dateOf(ctx.now(), ctx.ledger.zone));
        const scope = await scopeIn(ctx, options);
        const key = await defineUnit(
          ctx,
          { noun: "", per: 1, countsFromDay: today, ...given(options), name, scope } as UnitInput,
          options.reason,
        );
        io.note(`Unit ${key} is defined.`);
      }),
  );
  definition(
    units
      .command("change")
      .argument("<unit>", "its name or key")
      .option("--name <name>", "another name")
      .description("Changes what is given of a unit, and leaves the rest."),
  ).action((name: string, options: DefinitionOptions) =>
    withCtx({ mustExist: true }, async (ctx) => {
      const { key, createdAt: _a, createdBy: _b, archivedAt: _c, ...before } = await unitNamed(ctx, name);
      const { all, team, costCentre, department, project } = options;
      const scope = all || team || costCentre || department || project ? { scope: await scopeIn(ctx, options) } : {};
      await changeUnit(ctx, key, { ...before, ...given(options), ...scope } as UnitInput, options.reason);
      io.note("Changed.");
    }),
  );
  units
    .command("archive")
    .argument("<unit>", "its name or key")
    .option("--reason <text>", "why, for the audit log")
    .description("Archives a unit: it is no longer shown, read or alerted about.")
    .action((name: string, { reason }: { reason?: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        await archiveUnit(ctx, (await unitNamed(ctx, name)).key, reason);
        io.note("Archived.");
      }),
    );
}

/** What options say of a unit; what they do not say is left out. */
function given(o: DefinitionOptions): Partial<UnitInput> {
  const source =
    o.query !== undefined && o.query !== ""
      ? { source: "query", query: o.query }
      : o.query === ""
        ? { source: "reported", query: "" }
        : o.requests || o.tokens
          ? { source: o.tokens ? "tokens" : "requests", query: "", category: "Deploy" }
          : {};
  const out = {
    ...{ name: o.name, noun: o.noun, label: o.label, gpuModel: o.gpuModel, category: o.category, note: o.note },
    ...{ loaded: o.loaded, basis: o.basis, emptyIsZero: o.emptyIsZero },
    per: o.per === undefined ? undefined : Number(o.per),
    countsFromDay: o.countsFrom === undefined ? undefined : parseDay(o.countsFrom),
    targetMicros: o.target === undefined ? undefined : amountOf(o.target),
    thresholdMicros: o.threshold === undefined ? undefined : amountOf(o.threshold),
    ...source,
  };
  return Object.fromEntries(Object.entries(out).filter(([, value]) => value !== undefined)) as Partial<UnitInput>;
}

/** An amount in micro-units; null for `none`. @throws AppError `invalid`. */
function amountOf(text: string): number | null {
  if (text === "none") return null;
  const micros = parseMicros(text);
  if (micros === null)
    throw new AppError(
      "invalid",
      `"${text}" ${decimalWords(text, 6, "is not an amount: write it plainly, such as 3 or 0.0025, or none.")}`,
    );
  return micros;
}

function registerCounts(units: Command, io: Io): void {
  units
    .command("count")
    .argument("<unit>", "its name or key")
    .argument("<count>", "how many, such as 1200 or 0.5; none withdraws the count")
    .option("--day <date>", "of which day; today where it is not given")
    .option("--id <id>", "what identifies the count: sent again, it is replaced. The day where it is not given")
    .option("--reason <text>", "why, for the audit log")
    .description("Records how many there were.")
    .action((name: string, text: string, o: { day?: string; id?: string; reason?: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const { key } = await unitNamed(ctx, name);
        const day = parseDay(o.day ?? dateOf(ctx.now(), ctx.ledger.zone));
        const countMilli = text === "none" ? null : parseCount(text);
        if (text !== "none" && countMilli === null)
          throw new AppError("invalid", `"${text}" ${decimalWords(text, 3, "is not a count: write 1200 or 0.5.")}`);
        io.note(recordedText(await recordCounts(ctx, key, [{ id: o.id ?? dayId(day), day, countMilli }], o.reason)));
      }),
    );
  units
    .command("import")
    .argument("<unit>", "its name or key")
    .argument("<file>", "a CSV file; also packed as .gz")
    .description(`Imports all counts of a file, or none when a line is wrong. Columns: ${COUNT_COLUMNS.join(", ")}.`)
    .action((name: string, file: string) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const text = await readFileText(file);
        const { key } = await unitNamed(ctx, name);
        const counts = readCountCsv(path.basename(file), text, lastCountedDay(ctx));
        io.note(recordedText(await recordCounts(ctx, key, counts, `imported from ${path.basename(file)}`)));
      }),
    );
}

const recordedText = ({ added, changed, withdrawn, unchanged }: Recorded): string =>
  `${added} added, ${changed} changed, ${withdrawn} withdrawn, ${unchanged} unchanged.`;
