import { checkColumns, Problems, readCsvFile } from "@/lib/csv-file.ts";
import { AppError } from "@/lib/errors.ts";
import { decimalWords, minorDigits, parseMicros } from "@/lib/money.ts";
import { parseDay } from "@/lib/time.ts";
import {
  type CostContext,
  type CostFile,
  type CostLine,
  closedProblem,
  inLedgerCurrency,
  ownerOf,
  takesGpu,
} from "./file.ts";
import { findGpuName } from "./gpu-names.ts";
import { spanProblem } from "./spread.ts";

export const COST_COLUMNS = [
  "from",
  "until",
  "team",
  "cluster",
  "category",
  "description",
  "amount",
  "currency",
] as const;
const NEEDED: readonly string[] = ["from", "until", "amount", "currency"];

/** Letters of a category or a description. */
const MOST_LETTERS = 500;

/** The file as its messages name it. */
export const THE_FILE = "The file";

/**
 * Cost lines from a file of our own columns. `until` is the first day that no longer counts; a blank team means
 * nobody's: the policy for shared cost decides.
 * @throws AppError `invalid` that lists every line that is wrong.
 */
export function readCostCsv(text: string, context: CostContext): CostFile {
  const { header, records } = readCsvFile(THE_FILE, text);
  checkColumns(header, COST_COLUMNS, NEEDED);
  const problems = new Problems();
  const lines = records.flatMap(({ line, fields, problem: broken }) => {
    if (broken) {
      problems.add(line, broken);
      return [];
    }
    const found: string[] = [];
    const read = readLine(fields, context, (problem) => found.push(problem));
    for (const problem of found) problems.add(line, problem);
    return read ? [read] : [];
  });
  if (records.length === 0) throw new AppError("invalid", "Nothing was imported: there is no line below the header.");
  problems.refuse();
  return { format: "csv", lines, notes: [] };
}

type AddProblem = (problem: string) => void;

function readLine(
  fields: Readonly<Record<string, string>>,
  context: CostContext,
  addProblem: AddProblem,
): CostLine | null {
  const { category = "", description = "", currency = "" } = fields;
  const fromDay = dayOf("from", fields.from, addProblem);
  const untilDay = dayOf("until", fields.until, addProblem);
  const billedMicros = amountOf(fields.amount ?? "", addProblem);
  const teamKey = context.teamKey ?? teamKeyOf(fields.team ?? "", context, addProblem);
  const clusterId = clusterOf(fields.cluster ?? "", context, addProblem);
  checkCurrency(currency, addProblem);
  const gpu = findGpuName(description) ?? findGpuName(category);
  if (gpu !== null && !takesGpu(context.withGpus, gpu))
    addProblem(
      `"${gpu}" looks like GPU time, which the ledger charges itself: leave the line out, or include GPU charges if it is not of these clusters.`,
    );
  if (fromDay === null || untilDay === null || billedMicros === null) return null;
  if (untilDay <= fromDay) {
    addProblem(
      `it ends (${fields.until}) before it begins (${fields.from}): until is the first day that is not counted.`,
    );
    return null;
  }
  for (const [name, text] of Object.entries({ category, description }))
    if (text.length > MOST_LETTERS) addProblem(`${name}: it is longer than ${MOST_LETTERS} letters.`);
  const wrong = spanProblem({ fromDay, untilDay }, context.bounds) ?? closedProblem(context, fromDay, untilDay);
  if (wrong) addProblem(wrong);
  const amountMicros = inLedgerCurrency(context.book, billedMicros, currency, fromDay);
  if (typeof amountMicros === "string") {
    if (/^[A-Z]{3}$/.test(currency)) addProblem(amountMicros);
    return null;
  }
  return {
    fromDay,
    untilDay,
    teamKey,
    clusterId,
    category,
    description,
    amountMicros,
    currency,
    billedMicros,
    source: "",
  };
}

function dayOf(name: string, text: string | undefined, addProblem: AddProblem): number | null {
  try {
    return parseDay(text ?? "");
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    addProblem(`${name}: ${error.message}`);
    return null;
  }
}

function amountOf(text: string, addProblem: AddProblem): number | null {
  const micros = parseMicros(text);
  if (micros === null)
    addProblem(
      `amount: "${text}" ${decimalWords(text, 6, "is not an amount: write it plainly, such as 1234.50, with at most six decimals.")}`,
    );
  return micros;
}

function teamKeyOf(text: string, { teams }: CostContext, addProblem: AddProblem): number {
  if (text === "") return 0;
  const owner = ownerOf(teams, text);
  if (!owner) addProblem(`team: there is no team "${text}" in use. Leave it blank for shared cost.`);
  else if ("ambiguous" in owner) addProblem(`team: ${owner.ambiguous}`);
  return owner && "key" in owner ? owner.key : 0;
}

function clusterOf(text: string, { clusters }: CostContext, addProblem: AddProblem): string {
  if (text === "") return "";
  const found = clusters.find((c) => c.name === text || c.id === text);
  if (!found) addProblem(`cluster: there is no cluster "${text}".`);
  return found?.id ?? "";
}

function checkCurrency(currency: string, addProblem: AddProblem): void {
  try {
    minorDigits(currency);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    addProblem(`currency: ${error.message}`);
  }
}
