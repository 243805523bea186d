/** What a budget is for. `team` and `project` are named by their key, `department` and `cost-centre` by their name. */
export const SCOPE_KINDS = ["all", "team", "cost-centre", "department", "project"] as const;
export type ScopeKind = (typeof SCOPE_KINDS)[number];

export interface BudgetScope {
  readonly kind: ScopeKind;
  /** Empty for everything. */
  readonly value: string;
}

export const EVERYTHING: BudgetScope = { kind: "all", value: "" };

/** As addresses and files write a scope: `all`, `team:11`, `cost-centre:CC-7100`. */
export const scopeId = ({ kind, value }: BudgetScope): string => (kind === "all" ? kind : `${kind}:${value}`);

/** The scope of an id; null: it is not one. */
export function scopeOfId(id: string): BudgetScope | null {
  const [, kind = "", value = ""] = /^([a-z-]+)(?::(.+))?$/s.exec(id) ?? [];
  const known = SCOPE_KINDS.find((k) => k === kind);
  if (!known || (known === "all") !== (value === "")) return null;
  if ((known === "team" || known === "project") && !/^\d{1,15}$/.test(value)) return null;
  return { kind: known, value };
}

export const isSameScope = (a: BudgetScope, b: BudgetScope): boolean => a.kind === b.kind && a.value === b.value;

/** How long an amount is for. A month is a billing period, a quarter three and a year twelve of them, as the fiscal year cuts them. */
export const BUDGET_SPANS = ["month", "quarter", "year"] as const;
export type BudgetSpan = (typeof BUDGET_SPANS)[number];

/** What a budget says from a day on, until a later one of the same scope replaces it. */
export interface Budget {
  readonly scope: BudgetScope;
  /** Day key. */
  readonly fromDay: number;
  readonly span: BudgetSpan;
  /** For each span; null: no budget from this day on. */
  readonly amountMicros: number | null;
  /** What a span leaves is added to the next one of the same fiscal year. */
  readonly carryOver: boolean;
  /** Per cent of the budget from which on spending is a warning, and critical. */
  readonly warningPercent: number;
  readonly criticalPercent: number;
  readonly note: string;
}

/** One of the versions of what is said from a day on: the highest holds. */
export interface BudgetVersion extends Budget {
  readonly version: number;
  /** Withdrawn: as if nothing had been said from that day on. */
  readonly withdrawn: boolean;
  readonly recordedBy: string;
  readonly recordedAt: number;
}

export const STATUSES = ["on_track", "warning", "critical", "exceeded"] as const;
export type BudgetStatus = (typeof STATUSES)[number];

/** Something planned that the past does not show: what it does to the cost of days. Day keys, half-open; null: it stays. */
export interface PlannedEvent {
  readonly id: string;
  readonly scope: BudgetScope;
  readonly fromDay: number;
  readonly untilDay: number | null;
  /** Per cent by which the forecast changes: −30 for a holiday, −100 for the end of a project; 0: not. */
  readonly changePercent: number;
  /** Micro-units added to each day: a new node pool; may be negative. */
  readonly perDayMicros: number;
  readonly note: string;
}
