import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { periodPdfBeside, periodXlsxBeside, statementPdfBeside, statementXlsxBeside } from "@/lib/exports/beside.ts";
import { type FinanceExtension, type FinanceFile, periodFileName, statementFileName } from "@/lib/exports/file-name.ts";
import type { FocusVersion } from "@/lib/exports/focus/columns.ts";
import { focusFile } from "@/lib/exports/focus/file.ts";
import { journalCsv, type RecoveryAccounts } from "@/lib/exports/journal.ts";
import type { PageOptions } from "@/lib/exports/pdf/document.ts";
import { statementsCsv } from "@/lib/exports/statement-csv.ts";
import { statementJson } from "@/lib/exports/statement-json.ts";
import { periodZip, type ZipFile } from "@/lib/exports/zip.ts";
import type { CloseSettings } from "@/lib/periods/settings.ts";
import { statementCharges } from "@/lib/statements/charge-load.ts";
import { loadStatement, loadStatements } from "@/lib/statements/load.ts";
import type { Statement, StatementWorkload } from "@/lib/statements/types.ts";
import { statementWorkloads } from "@/lib/statements/workload-load.ts";

const TOP_WORKLOADS = 15;

type Chunks = AsyncGenerator<string | Uint8Array>;

/** A file of finance: its name, what it is, and its content, made while it is read. */
export interface FinanceDownload {
  readonly name: string;
  readonly extension: FinanceExtension;
  readonly chunks: Chunks;
}

async function* one(content: string | Uint8Array | Promise<string | Uint8Array>): Chunks {
  yield await content;
}

const workloadsOf = (ctx: Ctx, statement: Statement) => statementWorkloads(ctx.db, statement);

const bookOf = (ctx: Ctx, statement: Statement) => ({ statement, workloads: workloadsOf(ctx, statement) });

/** Only the dearest workloads are printed; the XLSX has them all. */
async function dearest(ctx: Ctx, statement: Statement): Promise<StatementWorkload[]> {
  let top: StatementWorkload[] = [];
  for await (const page of workloadsOf(ctx, statement))
    top = [...top, ...page].sort((a, b) => b.amountMicros - a.amountMicros).slice(0, TOP_WORKLOADS);
  return top;
}

const pdf = async (ctx: Ctx, statement: Statement, page: PageOptions): Promise<Uint8Array> =>
  statementPdfBeside(statement, { ...page, workloads: await dearest(ctx, statement) });

async function allPdf(ctx: Ctx, { statements, costCentre, settings }: Chosen): Promise<Uint8Array> {
  const parts: { statement: Statement; workloads: StatementWorkload[] }[] = [];
  for (const statement of statements) parts.push({ statement, workloads: await dearest(ctx, statement) });
  const centre = costCentre === "" ? "Teams without cost centre" : `Cost centre ${costCentre}`;
  return periodPdfBeside(parts, costCentre === undefined ? "All teams" : centre, settings);
}

/** Checked as a whole before its first row is sent. */
function focus(ctx: Ctx, statements: readonly Statement[], { focusVersion }: FileSettings): Chunks {
  return focusFile(
    statements.map((statement) => ({
      statement,
      details: () => statementCharges(ctx.db, statement),
    })),
    focusVersion,
  );
}

/** Where a journal books what teams pay, and how documents look. */
type FileSettings = RecoveryAccounts & PageOptions & { readonly focusVersion?: FocusVersion };

interface StatementFormat {
  readonly label: string;
  readonly what: FinanceFile;
  readonly extension: FinanceExtension;
  readonly make: (ctx: Ctx, statement: Statement, settings: FileSettings) => Chunks;
}

/** Every file of one statement. Adding one is one entry: pages, routes, command and archive take it from here. */
export const STATEMENT_FORMATS: Readonly<Record<string, StatementFormat>> = {
  csv: { label: "CSV", what: "statement", extension: "csv", make: (_, statement) => statementsCsv([statement]) },
  xlsx: {
    label: "XLSX",
    what: "statement",
    extension: "xlsx",
    make: (ctx, statement) => one(statementXlsxBeside(bookOf(ctx, statement))),
  },
  pdf: {
    label: "PDF",
    what: "statement",
    extension: "pdf",
    make: (ctx, statement, settings) => one(pdf(ctx, statement, settings)),
  },
  json: { label: "JSON", what: "statement", extension: "json", make: (_, statement) => one(statementJson(statement)) },
  focus: {
    label: "FOCUS",
    what: "focus",
    extension: "csv",
    make: (ctx, statement, settings) => focus(ctx, [statement], settings),
  },
  journal: {
    label: "Journal",
    what: "journal",
    extension: "csv",
    make: (_, statement, settings) => one(journalCsv([statement], settings)),
  },
};

/** The statements of a period, or those of one of its cost centres: the empty one is that of teams without. */
interface Chosen {
  readonly statements: readonly Statement[];
  readonly costCentre: string | undefined;
  readonly settings: FileSettings;
}

interface PeriodFormat {
  readonly label: string;
  readonly what: FinanceFile;
  readonly extension: FinanceExtension;
  readonly make: (ctx: Ctx, chosen: Chosen) => Chunks;
}

/** Every file of all statements of a period. */
export const PERIOD_FORMATS: Readonly<Record<string, PeriodFormat>> = {
  csv: { label: "CSV", what: "statements", extension: "csv", make: (_, { statements }) => statementsCsv(statements) },
  xlsx: {
    label: "XLSX",
    what: "statements",
    extension: "xlsx",
    make: (ctx, { statements }) => one(periodXlsxBeside(statements.map((s) => bookOf(ctx, s)))),
  },
  pdf: { label: "PDF", what: "statements", extension: "pdf", make: (ctx, chosen) => one(allPdf(ctx, chosen)) },
  json: { label: "JSON", what: "statements", extension: "json", make: (_, { statements }) => allJson(statements) },
  focus: {
    label: "FOCUS",
    what: "focus",
    extension: "csv",
    make: (ctx, { statements, settings }) => focus(ctx, statements, settings),
  },
  journal: {
    label: "Journal",
    what: "journal",
    extension: "csv",
    make: (_, { statements, settings }) => one(journalCsv(statements, settings)),
  },
  zip: { label: "Everything, ZIP", what: "period", extension: "zip", make: allZip },
};

async function* allJson(statements: readonly Statement[]): Chunks {
  yield "[\n";
  for (const [i, statement] of statements.entries()) yield (i > 0 ? "," : "") + statementJson(statement);
  yield "]\n";
}

/**
 * Every file there is, one after the other: none is held but the one at hand. The journal is there once, for all of them: whose
 * entries lay there twice would be posted twice.
 */
function allZip(ctx: Ctx, chosen: Chosen): Chunks {
  const { statements, costCentre, settings } = chosen;
  async function* files(): AsyncGenerator<ZipFile> {
    const period = statements[0]?.header.period;
    if (!period) return;
    for (const [format, { what, extension, make }] of Object.entries(PERIOD_FORMATS))
      if (format !== "zip")
        yield { name: periodFileName(what, period, extension, costCentre), content: make(ctx, chosen) };
    for (const statement of statements)
      for (const { what, extension, make } of Object.values(STATEMENT_FORMATS).filter((f) => f.what !== "journal"))
        yield { name: statementFileName(what, statement, extension), content: make(ctx, statement, settings) };
  }
  return periodZip(files(), statements[0]?.generatedAt ?? 0);
}

function needFormat<T>(formats: Readonly<Record<string, T>>, format: string): T {
  const found = Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (!found) throw new AppError("invalid", `"${format}" is not a format: use ${Object.keys(formats).join(", ")}.`);
  return found;
}

/** One team's statement as a file. @throws AppError `invalid` for a format, `not_found` for a period or team. */
export async function statementFile(
  ctx: Ctx,
  settings: CloseSettings,
  period: string,
  team: number,
  format: string,
  files: FileSettings,
): Promise<FinanceDownload> {
  const { what, extension, make } = needFormat(STATEMENT_FORMATS, format);
  const { statement } = await loadStatement(ctx, settings, period, team);
  return { name: statementFileName(what, statement, extension), extension, chunks: make(ctx, statement, files) };
}

/** Every statement of a period that the viewer may see, of one cost centre where given, as one file. @throws as above. */
export async function periodFile(
  ctx: Ctx,
  close: CloseSettings,
  settings: FileSettings,
  period: string,
  format: string,
  costCentre?: string,
): Promise<FinanceDownload> {
  const { what, extension, make } = needFormat(PERIOD_FORMATS, format);
  const { view, statements } = await loadStatements(ctx, close, period);
  const chosen = statements.filter((s) => costCentre === undefined || s.header.team.costCentre === costCentre);
  if (chosen.length === 0)
    throw new AppError(
      "not_found",
      costCentre === undefined
        ? `No team is charged anything in ${period}.`
        : costCentre === ""
          ? `Every team that is charged anything in ${period} has a cost centre.`
          : `No team of cost centre "${costCentre}" is charged anything in ${period}.`,
    );
  const name = periodFileName(what, view.period, extension, costCentre);
  return { name, extension, chunks: make(ctx, { statements: chosen, costCentre, settings }) };
}
