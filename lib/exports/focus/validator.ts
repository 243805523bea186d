import { formatMicros, type Micros, parseMicros, safeInteger } from "@/lib/money.ts";
import { FOCUS_COLUMNS, type FocusRow, OWN_COLUMNS } from "./columns.ts";
import { GROUP_RULES, type GroupRule, PRESENCE_RULES, ROW_RULES } from "./rules.ts";

/** What is wrong, where: `row` counts from 1, 0 is the file as a whole. `rule` is an id of the standard, or of ours (`GL-…`). */
export interface FocusFault {
  readonly row: number;
  readonly rule: string;
  readonly column: string;
  readonly value: string | null;
  readonly level: "error" | "warning";
  readonly message: string;
}

export interface FocusReport {
  readonly rows: number;
  readonly errors: number;
  readonly warnings: number;
  /** The first of them, in the order of the rows. */
  readonly faults: readonly FocusFault[];
}

export interface ValidateOptions {
  /** What BilledCost must sum to for an InvoiceId (empty: rows without one), exactly. */
  readonly totals?: ReadonlyMap<string, Micros>;
  /** How many faults are kept; all are counted. */
  readonly most?: number;
}

type Rows = Iterable<readonly FocusRow[]> | AsyncIterable<readonly FocusRow[]>;

/**
 * Checks rows against FOCUS 1.2 before they are offered. Columns that are missing are reported once, and rules about them do
 * not apply. Rows of the ledger – they have its own columns – are checked against its own rules too. The standard's
 * published validator also refuses texts that are not ASCII, which the standard does not: names stay as they are.
 */
export async function validateFocus(pages: Rows, { totals, most = 1000 }: ValidateOptions = {}): Promise<FocusReport> {
  const check = new Check(most);
  for await (const page of pages) for (const row of page) check.row(row);
  return check.report(totals);
}

interface Group {
  readonly first: number;
  readonly values: Set<string>;
}

class Check {
  readonly #most: number;
  readonly #faults: FocusFault[] = [];
  readonly #groups = GROUP_RULES.map((rule) => ({ rule, byValue: new Map<string, Group>() }));
  readonly #sums = new Map<string, bigint>();
  #columns: ReadonlySet<string> = new Set();
  #rules = ROW_RULES;
  #own = false;
  #rows = 0;
  #errors = 0;
  #warnings = 0;

  constructor(most: number) {
    this.#most = most;
  }

  row(row: FocusRow): void {
    this.#rows += 1;
    if (this.#rows === 1) this.#start(Object.keys(row));
    for (const rule of this.#rules) if (rule.breaks(row)) this.#add(this.#rows, rule, row[rule.column] ?? null);
    for (const { rule, byValue } of this.#groups) this.#group(rule, byValue, row);
    if (this.#own) this.#ownRules(row);
  }

  report(totals: ReadonlyMap<string, Micros> | undefined): FocusReport {
    for (const { rule, byValue } of this.#groups)
      for (const [value, { first, values }] of byValue) if (values.size !== 1) this.#add(first, rule, value);
    for (const [invoice, total] of totals ?? []) {
      const sum = safeInteger(this.#sums.get(invoice) ?? 0n);
      const says = `BilledCost of ${invoice || "rows without InvoiceId"} sums to ${formatMicros(sum)}, its total is ${formatMicros(total)}`;
      if (sum !== total) this.#add(0, { id: "GL-TOTAL", column: "BilledCost", says }, formatMicros(sum));
    }
    const faults = this.#faults.toSorted((a, b) => a.row - b.row);
    return { rows: this.#rows, errors: this.#errors, warnings: this.#warnings, faults };
  }

  #start(columns: readonly string[]): void {
    this.#columns = new Set(columns);
    this.#own = this.#columns.has("x_AmountMicros");
    for (const rule of PRESENCE_RULES) if (!this.#columns.has(rule.column)) this.#add(0, rule, null);
    this.#rules = ROW_RULES.filter((rule) => this.#columns.has(rule.column));
    const expected: readonly string[] = [...FOCUS_COLUMNS, ...OWN_COLUMNS];
    const says = "the columns must be those of FOCUS 1.2 in their order, then those of the ledger";
    if (this.#own && columns.join() !== expected.join()) this.#add(0, { id: "GL-COLUMNS", column: "", says }, null);
  }

  #group(rule: GroupRule, byValue: Map<string, Group>, row: FocusRow): void {
    if (!this.#columns.has(rule.column) || !this.#columns.has(rule.with)) return;
    const [key, value] = [row[rule.column], row[rule.with]];
    if (key === null || key === undefined) return;
    const group = byValue.get(key) ?? { first: this.#rows, values: new Set<string>() };
    if (value !== null && value !== undefined) group.values.add(value);
    byValue.set(key, group);
  }

  #ownRules(row: FocusRow): void {
    for (const [column, value] of Object.entries(row))
      if (value === "")
        this.#add(this.#rows, { id: "GL-EMPTY", column, says: `${column} must be null, not empty` }, value);
    const [start, end] = [row.ChargePeriodStart ?? "", row.ChargePeriodEnd ?? ""];
    const [from, until] = [row.BillingPeriodStart ?? "", row.BillingPeriodEnd ?? ""];
    const period = { id: "GL-PERIOD", column: "ChargePeriodStart", says: "a period must end after it starts" };
    if (start >= end || from >= until) this.#add(this.#rows, period, start);
    const within = {
      ...period,
      id: "GL-WITHIN",
      says: "a charge must lie in its billing period unless it is a correction",
    };
    if (row.ChargeClass !== "Correction" && (start < from || end > until)) this.#add(this.#rows, within, start);
    const billed = parseMicros(String(row.BilledCost ?? ""));
    const amount = { id: "GL-AMOUNT", column: "BilledCost", says: "BilledCost must be x_AmountMicros, exactly" };
    if (billed === null || String(billed) !== row.x_AmountMicros) this.#add(this.#rows, amount, row.BilledCost ?? null);
    const invoice = row.InvoiceId ?? "";
    this.#sums.set(invoice, (this.#sums.get(invoice) ?? 0n) + BigInt(billed ?? 0));
  }

  #add(
    row: number,
    rule: { readonly id: string; readonly column: string; readonly advice?: boolean; readonly says: string },
    value: string | null,
  ): void {
    const { id, column, advice = false, says } = rule;
    if (advice) this.#warnings += 1;
    else this.#errors += 1;
    if (this.#faults.length < this.#most)
      this.#faults.push({ row, rule: id, column, value, level: advice ? "warning" : "error", message: says });
  }
}
