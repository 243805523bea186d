import path from "node:path";
import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { column, teamNamed, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import { readFileBytes } from "@/cli/read-file.ts";
import { COST_COLUMNS } from "@/lib/costs/csv.ts";
import { importCosts, removeCosts } from "@/lib/costs/import.ts";
import { spreadWords } from "@/lib/costs/spread.ts";
import { listImports } from "@/lib/costs/store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { formatMicros } from "@/lib/money.ts";
import { periodOfInstant } from "@/lib/periods/calendar.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";
import { dateOfKey, formatInstant } from "@/lib/time.ts";

interface Options {
  readonly team?: string;
  readonly shared?: boolean;
  readonly withGpus?: boolean | string;
  readonly replace?: boolean;
  readonly beside?: boolean;
  readonly billed?: boolean;
  readonly yes?: boolean;
  readonly reason?: string;
}

export function register(program: Command, io: Io): void {
  const costs = program
    .command("costs")
    .summary("cost that other systems billed")
    .description("Imports cost of other systems, and lists and removes what was imported.");
  costs
    .command("import")
    .argument("[file]", "a CSV file of our columns, or a FOCUS CSV file; also packed as .gz")
    .description(
      `Imports all lines of a file, or none when one is wrong. Columns: ${COST_COLUMNS.join(", ")}; until is the first day that is not counted, a blank team means shared cost.`,
    )
    .option("--team <name>", "all of it is this team's, whatever the file says")
    .option("--shared", "all of it is shared: the policy for shared cost decides")
    .option("--with-gpus [names]", "take lines that look like GPU time, too: all, or those of these names, with commas")
    .option("--replace", "remove imports that have cost of this file already")
    .option("--beside", "import it beside cost that is there already: both are right")
    .option("--billed", "of a FOCUS file: BilledCost instead of EffectiveCost")
    .action((file: string | undefined, options: Options) => importFile(io, file, options));
  costs
    .command("list")
    .description("Lists, as CSV, what was imported.")
    .action(() => withCtx({ mustExist: true }, (ctx) => list(io, ctx)));
  costs
    .command("remove")
    .argument("<import>", "its id, as `costs list` gives it")
    .description("Takes an import back, while its period is open.")
    .option("--yes", "do it: without this it only says what it would do")
    .option("--reason <text>", "why, for the audit log")
    .action((id: string, options: Options) => remove(io, id, options));
}

/** Names of an option, with commas. */
const namesOf = (text: string): string[] =>
  text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** Without names the option takes the word behind it, which is the file. */
function fileAndGpus(given: string | undefined, option: Options["withGpus"]) {
  if (given !== undefined) return { file: given, withGpus: typeof option === "string" ? namesOf(option) : option };
  if (typeof option === "string") return { file: option, withGpus: true };
  throw new AppError("invalid", "Name the file to import.");
}

async function importFile(io: Io, given: string | undefined, options: Options): Promise<void> {
  const { file, withGpus } = fileAndGpus(given, options.withGpus);
  if (options.team && options.shared) throw new AppError("invalid", "Give --team or --shared, not both.");
  if (options.replace && options.beside) throw new AppError("invalid", "Give --replace or --beside, not both.");
  const text = await readFileBytes(file);
  const { LEDGER_CURRENCY: currency, BILLING_TIME_ZONE: billingTimeZone } = env();
  await withCtx({ mustExist: true }, async (ctx) => {
    const teamKey = options.shared ? 0 : options.team ? (await teamNamed(ctx, options.team)).key : undefined;
    const { billed } = options;
    const overlap = options.replace ? "replace" : options.beside ? "beside" : "refuse";
    const openUntilDay = periodOfInstant(ctx.now(), closeSettingsOf(env()).calendar).untilDay;
    const request = { name: path.basename(file), text, teamKey, withGpus, billed, overlap } as const;
    const done = await importCosts(ctx, request, { currency, billingTimeZone, openUntilDay });
    const money = (micros: number) => `${formatMicros(micros)} ${currency}`;
    io.note(
      `Imported ${done.lines} ${done.lines === 1 ? "line" : "lines"} of ${money(done.totalMicros)}, ${money(done.sharedMicros)} of it shared, as ${done.id}.`,
    );
    io.note(spreadWords(done.spread, done.totalMicros, currency));
    for (const note of done.notes) io.note(note);
    io.note("Their days are charged by the next sync, or by: ledger charge");
  });
}

async function list(io: Io, ctx: Ctx): Promise<void> {
  const rows = (await listImports(ctx)).map((i) => ({
    import: i.id,
    file: i.name,
    format: i.format,
    from: dateOfKey(i.fromDay),
    until: dateOfKey(i.untilDay),
    lines: i.lines,
    amount: i.amountMicros,
    shared: i.sharedMicros,
    imported: formatInstant(i.importedAt),
    removed: i.removedAt === null ? null : formatInstant(i.removedAt),
  }));
  const texts = (keys: readonly string[]) => keys.map((key) => column(key));
  const head = [...texts(["import", "file", "format", "from", "until"]), column("lines", "count")];
  await writeRows(
    io,
    [...head, column("amount", "micros"), column("shared", "micros"), ...texts(["imported", "removed"])],
    rows,
  );
}

async function remove(io: Io, id: string, { yes, reason }: Options): Promise<void> {
  await withCtx({ mustExist: true }, async (ctx) => {
    const found = (await listImports(ctx)).find((i) => i.id === id && i.removedAt === null);
    if (!found) throw new AppError("not_found", `There is no import ${id}: \`costs list\` gives them.`);
    const what = `${found.name}: ${found.lines} lines of ${formatMicros(found.amountMicros)}`;
    if (!yes) throw new AppError("invalid", `This would remove ${what}. Add --yes to do it.`);
    await removeCosts(ctx, id, reason);
    io.note(`Removed ${what}. Its days are charged again by the next sync, or by: ledger charge`);
  });
}
