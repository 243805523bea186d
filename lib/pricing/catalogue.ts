import { z } from "zod";
import { readCsvFile } from "@/lib/csv-file.ts";
import { AppError } from "@/lib/errors.ts";
import { divideHalfEven, formatNanos, minorDigits, parseNanos, safeInteger } from "@/lib/money.ts";
import type { Problem } from "./draft.ts";
import { googleGpus } from "./google-machines.ts";
import { type ListPrice, perGpu } from "./list-price.ts";

/** The columns of a catalogue, each with the names that published price lists have for it, in small letters and digits alone. */
const COLUMNS = {
  cloud: ["cloud", "provider"],
  instance: ["instance", "instancetype", "id"],
  region: ["region"],
  zone: ["zone", "availabilityzone"],
  gpu_model: ["gpumodel", "accelerator", "acceleratorname"],
  gpus: ["gpus", "acceleratorcount"],
  on_demand: ["ondemand", "price", "priceusdperh"],
  on_demand_per_gpu: ["ondemandpergpu", "pricepergpu", "priceusdpergpuh"],
  spot: ["spot", "spotprice", "spotusdperh"],
  is_spot: ["isspot"],
  component: ["component"],
  currency: ["currency"],
  source: ["source", "sourceurl"],
  as_of: ["asof", "collectedat", "date"],
} as const;
type Column = keyof typeof COLUMNS;
const PRICES = ["on_demand", "on_demand_per_gpu", "spot"] as const;
export const CATALOGUE_COLUMNS = Object.keys(COLUMNS) as readonly Column[];

/** What a file itself does not say: of which cloud all of it is, where it is from, of which day. */
export interface CatalogueTerms {
  readonly cloud?: string | undefined;
  readonly source?: string | undefined;
  readonly asOf?: string | undefined;
}

export interface Catalogue {
  readonly prices: readonly ListPrice[];
  /** Why it cannot be taken; with any of these nothing of it is. */
  readonly problems: readonly Problem[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

interface Row {
  readonly line: number;
  readonly fields: Readonly<Partial<Record<Column, string>>>;
}

/**
 * Reads a catalogue of list prices. A price is for an hour of the whole instance, in one part or several (`5.91 + 23.47`), or
 * in a column of its own for one GPU of it;
 * where rows price machines without GPUs and GPUs without a machine, as Google does, both are added up. What cannot be used is left
 * out and counted: rows without a GPU or with a part of one, machines and GPUs without each other, prices of 0 or none, which are not known.
 * @throws AppError `invalid` where the file is no such file at all.
 */
export function readCatalogue(name: string, text: string, terms: CatalogueTerms): Catalogue {
  const [prices, problems] = [new Map<string, ListPrice>(), [] as Problem[]];
  const rows = readRows(name, text, problems);
  const left = { unpriced: 0, parts: 0, repeated: 0, plain: 0, fractions: 0, alone: 0 };
  const gpuRows = rows.filter((r) => partOf(r) === "gpus");
  const gpuParts = new Map(gpuRows.map((r) => [partKey(r), r]));
  const used = new Set<Row>();
  for (const row of rows) {
    const part = partOf(row);
    if (part === "gpus") continue;
    if (part === "none") left.plain++;
    const whole = part === "machine" ? withGpus(row, gpuParts, used) : row;
    if (whole === null) left.parts++;
    if (part === "none" || whole === null) continue;
    if (isFraction(whole.fields.gpus)) {
      left.fractions++;
      continue;
    }
    const before = problems.length;
    const price = readPrice(whole, terms, (field, message) => problems.push({ line: row.line, field, message }));
    if (problems.length > before) continue;
    if (price.onDemandNanos === null && price.spotNanos === null) left.unpriced++;
    else if (prices.has(JSON.stringify(price))) left.repeated++;
    else prices.set(JSON.stringify(price), price);
  }
  if (rows.length === 0 && problems.length === 0)
    problems.push({ line: 0, field: "", message: "There is no row in it." });
  left.alone = gpuRows.filter((row) => !used.has(row)).length;
  const notes = [
    sayLeft(left.plain, "has no GPU", "have no GPU"),
    sayLeft(left.fractions, "is of a part of a GPU", "are of a part of a GPU"),
    sayLeft(left.unpriced, "has no price", "have no price"),
    sayLeft(left.parts, "prices a machine whose GPUs no row prices", "price machines whose GPUs no row prices"),
    sayLeft(left.alone, "prices GPUs without a machine", "price GPUs without a machine"),
    sayLeft(left.repeated, "repeats another", "repeat others"),
  ].filter((note) => note !== "");
  return { prices: problems.length ? [] : [...prices.values()], problems, notes };
}

const sayLeft = (count: number, one: string, many: string): string =>
  count === 0 ? "" : `Left out: ${count} ${count === 1 ? `row that ${one}` : `rows that ${many}`}.`;

function readRows(name: string, text: string, problems: Problem[]): Row[] {
  const { header, records } = readCsvFile(name, text);
  const columns = header.map(columnOf);
  const missing: string[] = (["instance", "gpu_model"] as const).filter((c) => !columns.includes(c));
  if (!PRICES.some((c) => columns.includes(c))) missing.push("on_demand");
  const twice = columns.find((c, i) => c !== null && columns.indexOf(c) !== i);
  if (missing.length || twice)
    throw new AppError(
      "invalid",
      `${name} is no catalogue of list prices: its header ${missing.length ? `lacks ${missing.join(", ")}` : `has ${twice} twice, as ${header.filter((_, i) => columns[i] === twice).join(" and ")}`}. A catalogue has the columns ${CATALOGUE_COLUMNS.join(", ")}.`,
    );
  return records.flatMap(({ line, fields, problem }) => {
    if (problem) {
      problems.push({ line, field: "", message: problem });
      return [];
    }
    return [
      {
        line,
        fields: Object.fromEntries(header.flatMap((h, i) => (columns[i] ? [[columns[i], given(fields[h])]] : []))),
      },
    ];
  });
}

/** A field; words that lists write for "nothing" count as empty. */
const given = (text = ""): string => (/^(?:nan|none|null|n\/a|-)$/i.test(text) ? "" : text);

function columnOf(text: string): Column | null {
  const plain = text.toLowerCase().replaceAll(/[^a-z]/g, "");
  return CATALOGUE_COLUMNS.find((c) => (COLUMNS[c] as readonly string[]).includes(plain)) ?? null;
}

/** What a row is the price of: an instance with its GPUs, one of the two, or a machine that has no GPUs. */
function partOf({ fields: { component, instance = "", gpu_model = "" } }: Row): "whole" | "machine" | "gpus" | "none" {
  if (component === "accelerator_only" || (instance === "" && gpu_model !== "")) return "gpus";
  if (component === "vm_only" || (instance !== "" && gpu_model === "" && googleGpus(instance))) return "machine";
  return instance !== "" && gpu_model === "" ? "none" : "whole";
}

const isFraction = (gpus = ""): boolean => /^\d*\.\d+$/.test(gpus) && !Number.isInteger(Number(gpus));

/** Which GPUs, how many, where. */
const partKey = ({ fields: f }: Row): string =>
  [f.cloud, f.gpu_model, Number(f.gpus || 1), f.region, f.zone].join("\u0000");

/** A machine's row with the row of its GPUs added; null without one. */
function withGpus(row: Row, parts: ReadonlyMap<string, Row>, used: Set<Row>): Row | null {
  const has = googleGpus(row.fields.instance ?? "");
  if (!has) return null;
  const fields = { ...row.fields, gpu_model: has.gpuModel, gpus: String(has.gpus) };
  const gpus = parts.get(partKey({ ...row, fields }));
  if (!gpus) return null;
  used.add(gpus);
  const sum = (column: "on_demand" | "spot") => {
    const both = [row.fields[column], gpus.fields[column]];
    return both.every((price) => price) ? both.join(" + ") : "";
  };
  // What a machine and its GPUs cost together has no price for one GPU.
  return { ...row, fields: { ...fields, on_demand: sum("on_demand"), on_demand_per_gpu: "", spot: sum("spot") } };
}

type AddProblem = (field: string, message: string) => void;

function readPrice({ fields: f }: Row, terms: CatalogueTerms, addProblem: AddProblem): ListPrice {
  const text = (column: Column, other = "") => f[column] || other;
  const need = (column: Column, other?: string) => {
    const value = text(column, other);
    if (value === "") addProblem(column, "It is blank.");
    else if (value.length > 200) addProblem(column, "It is longer than 200 characters.");
    return value;
  };
  // Without the column it is one; a blank field says nothing.
  const gpus = f.gpus === undefined ? 1 : Number(need("gpus"));
  const whole = Number.isInteger(gpus) && gpus > 0;
  if (!whole && f.gpus !== "") addProblem("gpus", `"${f.gpus}" is no number of GPUs.`);
  const asOf = need("as_of", terms.asOf);
  if (asOf && !z.iso.date().safeParse(asOf).success) addProblem("as_of", `"${asOf}" is not a day: write YYYY-MM-DD.`);
  const ofInstance = text("on_demand") || (whole ? timesGpus(text("on_demand_per_gpu"), gpus) : "");
  const onlySpot = /^(true|yes|1)$/i.test(text("is_spot"));
  const onDemand = onlySpot ? [] : readParts(ofInstance, "on_demand", addProblem);
  const spot = readParts(onlySpot ? ofInstance : text("spot"), "spot", addProblem);
  const each = (parts: readonly string[]) => (whole ? perGpu(parts, gpus) : null);
  return {
    ...{ cloud: need("cloud", terms.cloud), instance: need("instance"), region: text("region"), zone: text("zone") },
    ...{ gpuModel: need("gpu_model"), gpus, onDemand, spot },
    ...{ onDemandNanos: each(onDemand), spotNanos: each(spot) },
    ...{ currency: readCurrency(text("currency", "USD"), addProblem), source: need("source", terms.source), asOf },
  };
}

/** A price of one GPU, part by part, as that of its instance; what is not a price stays as it is, so that it can be reported. */
function timesGpus(price: string, gpus: number): string {
  const whole = (part: string) => {
    const nanos = parseNanos(toNanos(part));
    return nanos === null ? part : formatNanos(safeInteger(BigInt(nanos) * BigInt(gpus)));
  };
  return price
    .split("+")
    .map((part) => whole(part.trim()))
    .join(" + ");
}

/** The parts of a price; none where it is blank or 0, which is how lists say that they do not know. */
function readParts(text: string, column: Column, addProblem: AddProblem): string[] {
  const parts = text
    .split("+")
    .map((part) => toNanos(part.trim()))
    .filter(Boolean);
  const nanos = parts.map(parseNanos);
  const wrong = parts[nanos.findIndex((n) => n === null || n < 0)];
  if (wrong !== undefined) addProblem(column, `"${wrong}" is no price: write a plain number, such as 98.32.`);
  return wrong !== undefined || nanos.some((n) => n === 0) ? [] : parts;
}

/** A plain number of more than nine decimals, as sums of floats have them, rounded to nine, half to even. */
function toNanos(text: string): string {
  const [, whole = "", decimals = ""] = /^(\d{1,9})\.(\d{10,20})$/.exec(text) ?? [];
  if (!decimals) return text;
  return formatNanos(safeInteger(divideHalfEven(BigInt(whole + decimals), 10n ** BigInt(decimals.length - 9))));
}

function readCurrency(code: string, addProblem: AddProblem): string {
  try {
    minorDigits(code);
  } catch {
    addProblem("currency", `"${code}" is no currency: use its ISO 4217 code, such as USD.`);
  }
  return code;
}
