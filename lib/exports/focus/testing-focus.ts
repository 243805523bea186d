import { splitExactly } from "@/lib/money.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { addDays } from "@/lib/time.ts";
import type { FocusRow } from "./columns.ts";
import type { FocusDetail } from "./focus.ts";

/** The usage of a statement charge by charge: each line on its first two days, two workloads and nobody by turns. */
export async function* detailsOf(statement: Statement): AsyncGenerator<FocusDetail[]> {
  for (const line of statement.lines) {
    if (line.kind !== "usage" || line.sku === "" || line.priceClass === "" || line.quantity === null) continue;
    const shared = {
      sku: line.sku,
      priceClass: line.priceClass,
      priceKey: line.priceKey,
      priceVersion: line.priceVersion,
      unitPriceNanos: line.unitPriceNanos ?? 0,
      cluster: line.cluster,
      nodePool: line.nodePool,
      gpuModel: line.gpuModel,
      department: line.department,
      project: line.project,
      projectKey: line.projectKey,
      hardwareKey: line.hardwareKey,
    };
    const weights = [5, 3, 1];
    const split = (total: number) => splitExactly(total, weights);
    const [quantity, amount, idle, observed, expected] = [
      split(line.quantity),
      split(line.amountMicros),
      split(line.idleMicros),
      split(line.observedMilli),
      split(line.expectedMilli),
    ];
    yield weights.map((_, i) => ({
      ...shared,
      day: addDays(line.fromDay, i % 2),
      quantity: quantity?.[i] as number,
      amountMicros: amount?.[i] as number,
      idleMicros: idle?.[i] as number,
      observedMilli: observed?.[i] as number,
      expectedMilli: expected?.[i] as number,
      workloadId: i === 2 ? "" : `wl-${i}`,
      workload: i === 2 ? "" : `train ${line.description}`,
      category: i === 0 ? "Train" : "",
      user: i === 0 ? "ada@acme.example" : "",
    }));
  }
}

/** A rule of the published rule file, as far as it is read here. */
export interface PublishedRule {
  readonly Function: string;
  readonly Type: string;
  readonly Reference: string;
  readonly ApplicabilityCriteria?: readonly string[];
  readonly ValidationCriteria: {
    readonly Keyword: string;
    readonly Requirement: Criterion;
    readonly Condition: Criterion;
  };
}
interface Criterion {
  readonly CheckFunction?: string;
  readonly Items?: readonly Criterion[];
  readonly AND?: Criterion | readonly Criterion[];
  readonly ColumnName?: string;
  readonly CheckCondition?: string;
  readonly Value?: string | number | null;
  readonly ModelRuleId?: string;
  readonly ColumnAName?: string;
  readonly ColumnBName?: string;
  readonly ResultColumnName?: string;
  readonly ExpectedCount?: number;
}

export interface Verdict {
  readonly rule: string;
  /** From 1; of a rule about groups, the first of the group. */
  readonly row: number;
}

const SIZES = "b|Kb|Mb|Gb|Tb|Pb|Eb|B|KB|MB|GB|TB|PB|EB|Kib|Mib|Gib|Tib|Pib|Eib|KiB|MiB|GiB|TiB|PiB|EiB";
const TIMES = "Year|Month|Day|Hour|Minute|Second";
const MANY = "Years|Months|Days|Hours|Minutes|Seconds";
const COUNTED = "[A-Za-z][A-Za-z0-9]*(?:\\s+[A-Za-z][A-Za-z0-9]*)*";
const UNIT_FORMS = [
  `^(${SIZES}|${TIMES}|${MANY}|${COUNTED})$`,
  `^(${SIZES}|${COUNTED})-(${MANY})$`,
  `^(${SIZES}|${COUNTED}|${MANY})/(${TIMES})$`,
  `^[0-9]+ (${SIZES}|${TIMES}|${MANY}|${COUNTED})$`,
  `^(${SIZES}|${COUNTED}|${MANY})/[0-9]+ (${MANY})$`,
].map((form) => new RegExp(form));
const NUMBER = /^[+-]?([0-9]*[.])?[0-9]+([eE][+-]?[0-9]+)?$/;
const CODES = new Set(Intl.supportedValuesOf("currency"));

/**
 * The published rules over rows, rule by rule: an interpreter of the rule file apart from our own rules. A rule that
 * refers to others only is not a verdict of its own; its condition holds for those that it refers to. Null fails no rule
 * about values, and is not equal to any.
 */
export class PublishedRules {
  readonly rules: ReadonlyMap<string, PublishedRule>;
  readonly #parents = new Map<string, string[]>();

  constructor(file: {
    readonly ModelDatasets: { readonly CostAndUsage: { readonly ModelRules: unknown } };
    readonly ModelRules?: unknown;
  }) {
    const rules = (file.ModelRules ?? file.ModelDatasets.CostAndUsage.ModelRules) as Record<string, PublishedRule>;
    this.rules = new Map(Object.entries(rules));
    for (const [id, rule] of this.rules)
      for (const item of rule.ValidationCriteria.Requirement.Items ?? [])
        if (item.ModelRuleId) this.#parents.set(item.ModelRuleId, [...(this.#parents.get(item.ModelRuleId) ?? []), id]);
  }

  /** Ids of the static rules that say something of values. */
  leaves(): string[] {
    return [...this.rules]
      .filter(([, r]) => r.Type === "Static" && r.Function !== "Composite" && r.Function !== "Presence")
      .map(([id]) => id);
  }

  presence(): string[] {
    return [...this.rules].filter(([, r]) => r.Type === "Static" && r.Function === "Presence").map(([id]) => id);
  }

  judge(rows: readonly FocusRow[], ids: readonly string[] = this.leaves()): Verdict[] {
    const columns = new Set(Object.keys(rows[0] ?? {}));
    return ids.flatMap((rule) => {
      const conditions = this.#conditions(rule);
      const requirement = this.rules.get(rule)?.ValidationCriteria.Requirement as Criterion;
      if (!mentioned(requirement).every((column) => columns.has(column))) return [];
      const applies = (row: FocusRow) => conditions.every((c) => holds(c, row));
      if (requirement.CheckFunction === "CheckDistinctCount") return distinct(rule, requirement, rows, applies);
      return rows.flatMap((row, i) => (applies(row) && fails(requirement, row) ? [{ rule, row: i + 1 }] : []));
    });
  }

  /** A rule's own condition and those of every rule that refers to it. */
  #conditions(id: string): Criterion[] {
    const own = this.rules.get(id)?.ValidationCriteria.Condition ?? {};
    return [own, ...(this.#parents.get(id) ?? []).flatMap((parent) => this.#conditions(parent))];
  }
}

function mentioned({ ColumnName, ColumnAName, ColumnBName, ResultColumnName, Items = [] }: Criterion): string[] {
  const named = [ColumnName, ColumnAName, ColumnBName, ResultColumnName].filter((c) => c !== undefined);
  return [...named, ...Items.flatMap(mentioned)];
}

const cell = (row: FocusRow, column: string | undefined): string | null => row[column ?? ""] ?? null;

function holds(given: Criterion, row: FocusRow): boolean {
  const inner = given.AND ? [given.AND].flat() : given.Items;
  if (inner) return given.CheckFunction === "OR" ? inner.some((c) => holds(c, row)) : inner.every((c) => holds(c, row));
  const value = cell(row, given.ColumnName ?? given.CheckCondition);
  switch (given.CheckFunction) {
    case undefined:
      return true;
    case "CheckValue":
      return value === (given.Value ?? null);
    case "CheckNotValue":
      return value !== (given.Value ?? null);
    case "CheckNotSameValue": {
      const [a, b] = [cell(row, given.ColumnAName), cell(row, given.ColumnBName)];
      return a !== null && b !== null && a !== b;
    }
    default:
      throw new Error(`${given.CheckFunction} as a condition`);
  }
}

const same = (value: string, wanted: string | number): boolean =>
  typeof wanted === "number" ? Number(value) === wanted : value === wanted;

function flat(value: string): boolean {
  try {
    const read: unknown = JSON.parse(value);
    if (read === null || typeof read !== "object" || Array.isArray(read)) return false;
    return Object.values(read).every((v) => v === null || typeof v !== "object");
  } catch {
    return false;
  }
}

function time(value: string): boolean {
  if (!/^[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z?$/.test(value)) return false;
  const at = Date.parse(`${value.replace("Z", "")}Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(value.replace("Z", ""));
}

const VALUES: Readonly<Record<string, (value: string, given: Criterion) => boolean>> = {
  TypeString: (v) => typeof v === "string",
  TypeDecimal: (v) => NUMBER.test(v),
  FormatNumeric: (v) => NUMBER.test(v),
  CheckDecimalValue: (v) => NUMBER.test(v),
  TypeDateTime: (v) => /^[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$/.test(v),
  FormatDateTime: time,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what the published check asks for
  FormatString: (v) => /^[\x00-\x7f]*$/.test(v),
  FormatUnit: (v) => UNIT_FORMS.some((form) => form.test(v)),
  FormatCurrency: (v) => /^[A-Z]{3}$/.test(v),
  CheckNationalCurrency: (v) => CODES.has(v),
  FormatKeyValue: flat,
  CheckValue: (v, { Value = null }) => Value !== null && same(v, Value),
  CheckGreaterOrEqualThanValue: (v, { Value }) => !(Number(v) < Number(Value)),
};

function fails(given: Criterion, row: FocusRow): boolean {
  const { CheckFunction: name = "", Items = [] } = given;
  if (name === "AND") return Items.some((item) => fails(item, row));
  if (name === "OR") return Items.every((item) => fails(item, row));
  if (name === "ColumnByColumnEqualsColumnValue") {
    const texts = [given.ColumnAName, given.ColumnBName, given.ResultColumnName].map((c) => cell(row, c));
    const [a = 0, b = 0, c = 0] = texts.map(Number);
    return texts.every((t) => t !== null && NUMBER.test(t)) && a * b !== c;
  }
  if (name === "CheckSameValue") {
    const [a, b] = [cell(row, given.ColumnAName), cell(row, given.ColumnBName)];
    return a !== null && b !== null && a !== b;
  }
  const value = cell(row, given.ColumnName);
  if (name === "CheckNotValue") return value === (given.Value ?? null);
  const check = VALUES[name];
  if (!check) throw new Error(`${name} as a requirement`);
  return value !== null && !check(value, given);
}

function distinct(
  rule: string,
  given: Criterion,
  rows: readonly FocusRow[],
  applies: (row: FocusRow) => boolean,
): Verdict[] {
  const groups = new Map<string, { row: number; values: Set<string> }>();
  for (const [i, row] of rows.entries()) {
    const key = cell(row, given.ColumnAName);
    if (key === null || !applies(row)) continue;
    const group = groups.get(key) ?? { row: i + 1, values: new Set() };
    const value = cell(row, given.ColumnBName);
    if (value !== null) group.values.add(value);
    groups.set(key, group);
  }
  return [...groups.values()].filter((g) => g.values.size !== given.ExpectedCount).map((g) => ({ rule, row: g.row }));
}
