/**
 * Figures of the ledger for Prometheus. Owns nothing: every figure is read from the database with the loaders of pages and reports, so
 * that several web processes report the same. A metric is one entry of a group, and a group one line here.
 */
import { budgetGroup } from "./figures/budgets.ts";
import { callGroup } from "./figures/calls.ts";
import { findingGroup } from "./figures/findings.ts";
import { fleetGroup } from "./figures/fleet.ts";
import { alertGroup, syncGroup } from "./figures/sync.ts";
import { teamGroup } from "./figures/teams.ts";
import { burstGroup, unitGroup } from "./figures/units.ts";
import type { MetricGroup } from "./metric.ts";

export const METRIC_GROUPS: readonly MetricGroup[] = [
  fleetGroup,
  teamGroup,
  budgetGroup,
  unitGroup,
  burstGroup,
  findingGroup,
  alertGroup,
  syncGroup,
  callGroup,
] as readonly MetricGroup[];
