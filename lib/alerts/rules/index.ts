import { AppError } from "@/lib/errors.ts";
import { anomaly } from "./anomaly.ts";
import { budgetStatus } from "./budget-status.ts";
import { burstDaily, burstMonthly } from "./burst-cost.ts";
import { dailyCost } from "./daily-cost.ts";
import { findingOpen } from "./finding-open.ts";
import { forecastBreach } from "./forecast-breach.ts";
import { gapOpen } from "./gap-open.ts";
import { gpuPower } from "./gpu/power.ts";
import { gpuTemperature } from "./gpu/temperature.ts";
import { gpuXid } from "./gpu/xid.ts";
import { monthlyCost } from "./monthly-cost.ts";
import { periodReady } from "./period-ready.ts";
import { priceMissing } from "./price-missing.ts";
import { received } from "./received.ts";
import type { RuleKind } from "./rule.ts";
import { spendSpike } from "./spend-spike.ts";
import { statementIssued } from "./statement-issued.ts";
import { syncLate } from "./sync-late.ts";
import { unassignedSpend } from "./unassigned-spend.ts";
import { unitCost } from "./unit-cost.ts";

/** Every kind of rule, in the order of the list that people choose from. */
export const RULE_KINDS: readonly RuleKind[] = [
  dailyCost,
  monthlyCost,
  spendSpike,
  anomaly,
  budgetStatus,
  forecastBreach,
  unitCost,
  findingOpen,
  statementIssued,
  periodReady,
  priceMissing,
  unassignedSpend,
  burstDaily,
  burstMonthly,
  syncLate,
  gapOpen,
  gpuPower,
  gpuTemperature,
  gpuXid,
  received,
];

/** @throws AppError `not_found`. */
export function getRuleKind(kind: string): RuleKind {
  const found = RULE_KINDS.find((rule) => rule.kind === kind);
  if (!found)
    throw new AppError(
      "not_found",
      `"${kind}" is not a kind of rule. It is one of ${RULE_KINDS.map((r) => r.kind).join(", ")}.`,
    );
  return found;
}

export type { Asked, Condition, Happening, RuleKind, Threshold, ThresholdUnit } from "./rule.ts";
