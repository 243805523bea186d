import type { DatedSettings } from "@/lib/allocation/policies.ts";
import { settingsOf } from "@/lib/allocation/policies.ts";
import { COST_CLASSES, type CostClass, SHARE_METHODS, type ShareMethod } from "@/lib/allocation/types.ts";
import { DayRules } from "@/lib/attribution/resolve.ts";
import type { DayInput } from "@/lib/charges/day.ts";
import { shareDay } from "@/lib/charges/share-day.ts";
import type { Charge } from "@/lib/charges/types.ts";
import { classProperty } from "@/lib/classes.ts";
import { type ExactMicros, exactMicros, sumMicros } from "@/lib/money.ts";

/** A day with its charges, as shares are made of them. */
export interface WorkbenchDay {
  readonly input: DayInput;
  readonly charges: readonly Charge[];
}

/** `in-force`: as it is; a method: that one instead, for the classes that vary; `unused-quota`: as it is, with unused quota charged. */
export type Variant = "in-force" | ShareMethod | "unused-quota";
export const VARIANTS: readonly Variant[] = ["in-force", ...SHARE_METHODS, "unused-quota"];

export interface WorkbenchRow {
  readonly teamKey: number;
  /** What it was charged for its own work: the same in every column. */
  readonly chargedMicros: ExactMicros;
  /** With its part of what was shared, for each variant. */
  readonly totals: Readonly<Record<Variant, ExactMicros>>;
}

export interface Workbench {
  readonly rows: readonly WorkbenchRow[];
  /** The same in every column. */
  readonly totalMicros: ExactMicros;
  /** Variants under which the platform keeps what it should have split: nobody had a weight on some day. */
  readonly kept: readonly Variant[];
}

/** @param vary the classes whose method changes; the others stay as they are in force. */
export interface WorkbenchOptions {
  readonly vary: readonly CostClass[];
  /** Only in this cluster; empty: in all. */
  readonly clusterId: string;
}

/**
 * Every policy for some days side by side: what each team would come to. Nothing but shares differs between columns, and
 * every column sums to the same.
 */
export function compareVariants(days: readonly WorkbenchDay[], options: WorkbenchOptions): Workbench {
  const charged = new Map<number, bigint>();
  for (const { charges } of days)
    for (const c of charges) charged.set(c.teamKey, (charged.get(c.teamKey) ?? 0n) + BigInt(c.amountMicros));
  const columns = new Map<Variant, Map<number, bigint>>();
  const kept: Variant[] = [];
  for (const variant of VARIANTS) {
    const { shared, keeps } = sharesUnder(days, variant, options);
    columns.set(variant, shared);
    if (keeps) kept.push(variant);
  }
  const teams = new Set([...charged.keys(), ...[...columns.values()].flatMap((c) => [...c.keys()])]);
  const rows = [...teams]
    .sort((a, b) => a - b)
    .map((teamKey) => {
      const own = charged.get(teamKey) ?? 0n;
      const entries = VARIANTS.map((v) => [v, exactMicros(own + (columns.get(v)?.get(teamKey) ?? 0n))] as const);
      return {
        teamKey,
        chargedMicros: exactMicros(own),
        totals: Object.fromEntries(entries) as Record<Variant, ExactMicros>,
      };
    });
  return { rows, totalMicros: sumMicros(rows.map((r) => r.totals["in-force"])), kept };
}

function sharesUnder(days: readonly WorkbenchDay[], variant: Variant, options: WorkbenchOptions) {
  const shared = new Map<number, bigint>();
  let keeps = false;
  for (const { input, charges } of days) {
    const under = inputUnder(input, variant, options);
    const shares = shareDay(under, charges, new DayRules(input.rules.teamRules, input.day));
    for (const s of shares) shared.set(s.teamKey, (shared.get(s.teamKey) ?? 0n) + BigInt(s.amountMicros));
    if (variant !== "in-force" && variant !== "platform" && variant !== "unused-quota")
      keeps ||= leavesPot(under, charges, shares.filter((s) => s.method === variant).length, options);
  }
  return { shared, keeps };
}

/** Whether there was something to split on a day, and nobody to split it over. */
function leavesPot(input: DayInput, charges: readonly Charge[], split: number, { vary, clusterId }: WorkbenchOptions) {
  if (split > 0) return false;
  const inside = (id: string | undefined) => clusterId === "" || id === clusterId;
  const capacity = charges.some(
    (c) =>
      c.workloadKey === 0 &&
      inside(input.hardware.get(c.hardwareKey)?.clusterId) &&
      vary.some((v) => v !== "shared" && c.classes[classProperty(v, "micros")] > 0),
  );
  const costs = vary.includes("shared") && input.costs.some((c) => c.teamKey === 0 && inside(c.clusterId));
  return capacity || costs;
}

/** The rules of a day with one method in the place of what is in force. */
function inputUnder(input: DayInput, variant: Variant, { vary, clusterId }: WorkbenchOptions): DayInput {
  if (variant === "in-force") return input;
  if (variant === "unused-quota") {
    const settings = { ...settingsOf(input.rules.settings, input.day), chargeUnusedQuota: true };
    const only: DatedSettings[] = [{ fromDay: input.day, settings }];
    return { ...input, rules: { ...input.rules, settings: only } };
  }
  const varies = (c: CostClass, cluster: string) => vary.includes(c) && (clusterId === "" || cluster === clusterId);
  const clusters = new Set(["", ...[...input.hardware.values()].map((h) => h.clusterId)]);
  const kept = input.rules.policies.filter((p) => !varies(p.costClass, p.clusterId));
  const set = [...clusters].flatMap((cluster) =>
    COST_CLASSES.filter((c) => varies(c, cluster)).map((costClass) => {
      return { clusterId: cluster, costClass, fromDay: 0, method: variant };
    }),
  );
  return { ...input, rules: { ...input.rules, policies: [...kept, ...set] } };
}
