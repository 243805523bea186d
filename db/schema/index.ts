import { sqlite } from "@/db/columns.ts";
import { alerts } from "./alerts.ts";
import { allocation } from "./allocation.ts";
import { attribution } from "./attribution.ts";
import { auth } from "./auth.ts";
import { billTables } from "./bills.ts";
import { budgeting } from "./budgets.ts";
import { burstTables } from "./burst.ts";
import { chargeTables } from "./charges.ts";
import { closing } from "./closing.ts";
import { connectionTables } from "./connections.ts";
import { costs } from "./costs.ts";
import { eventTables } from "./events.ts";
import { insights } from "./insights.ts";
import { inventory } from "./inventory.ts";
import { metering } from "./metering.ts";
import { outsideTables } from "./outside.ts";
import { people } from "./people.ts";
import { pricing } from "./pricing.ts";
import { savings } from "./savings.ts";
import { secrets } from "./secrets.ts";
import { statementTables } from "./statements.ts";
import { sync } from "./sync.ts";
import { unitCosting } from "./unit-costs.ts";

/** The names and shapes of all tables; the SQL that uses them runs on both databases. */
export const {
  clusters,
  nodePools,
  nodes,
  nodeStates,
  departments,
  projects,
  workloads,
  formerFacts,
  pods,
  podRestarts,
  phases,
} = inventory(sqlite);
export const {
  series,
  chunks,
  prunedSpans,
  metricUnits,
  windows,
  backfills,
  gaps,
  syncRuns,
  sourceCalls,
  leases,
  dueBuckets,
} = sync(sqlite);
export const {
  hardware,
  usage,
  usageProjects,
  projectPeaks,
  usageDays,
  usageProjectDays,
  capacity,
  meterRules,
  findings,
  fleet,
  meteredDays,
  meteredBuckets,
} = metering(sqlite);
export const { priceProposals, prices, listPrices, exchangeRates } = pricing(sqlite);
export const { teams, teamRules } = attribution(sqlite);
export const { sharePolicies, chargeSettings } = allocation(sqlite);
export const { charges, teamDays, spendDays, spendMonths, shares, unpriced, chargedDays, chargeRevision } =
  chargeTables(sqlite);
export const { costImports, costLines } = costs(sqlite);
export const { readings, namespaceCosts } = outsideTables(sqlite);
export const { closes } = closing(sqlite);
export const { statements, statementLines, corrections, adjustments, lineReviews } = statementTables(sqlite);
export const { auditLog, auditChain, auditHead } = auth(sqlite);
export const {
  users,
  userNames,
  grants,
  userGroups,
  groupRules,
  sessions,
  signInLinks,
  apiTokens,
  savedViews,
  signInFailures,
} = people(sqlite);
export const { budgets, plannedEvents } = budgeting(sqlite);
export const { units, unitCounts } = unitCosting(sqlite);
export const { burstSwitches, burstRates, burstApplied } = burstTables(sqlite);
export const { billImports, billLines } = billTables(sqlite);
export const { eventDestinations, eventBuckets, eventUsage, collectorEvents, collectorDays, collectorRefused } =
  eventTables(sqlite);
export const { storedSecrets } = secrets(sqlite);
export const { connections, clusterNames } = connectionTables(sqlite);
export const {
  insightFindings,
  insightLosses,
  insightEvents,
  insightExceptions,
  insightCells,
  insightSubjects,
  insightBuckets,
} = insights(sqlite);
export const { anomalyFeedback, savingsActions } = savings(sqlite);
export const {
  alertChannels,
  alertRules,
  alertRoutes,
  alertEvents,
  alertDeliveries,
  alertAttempts,
  alertDigestItems,
  alertTeamDigests,
  alertPreferences,
  alertUnsubscribes,
  alertReceived,
} = alerts(sqlite);
