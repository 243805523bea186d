import { postgres } from "@/db/columns.ts";
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

/** The same tables for PostgreSQL: drizzle-kit reads them to write the migrations of that database. */
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
} = inventory(postgres);
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
} = sync(postgres);
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
} = metering(postgres);
export const { priceProposals, prices, listPrices, exchangeRates } = pricing(postgres);
export const { teams, teamRules } = attribution(postgres);
export const { sharePolicies, chargeSettings } = allocation(postgres);
export const { charges, teamDays, spendDays, spendMonths, shares, unpriced, chargedDays, chargeRevision } =
  chargeTables(postgres);
export const { costImports, costLines } = costs(postgres);
export const { readings, namespaceCosts } = outsideTables(postgres);
export const { closes } = closing(postgres);
export const { statements, statementLines, corrections, adjustments, lineReviews } = statementTables(postgres);
export const { auditLog, auditChain, auditHead } = auth(postgres);
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
} = people(postgres);
export const { budgets, plannedEvents } = budgeting(postgres);
export const { units, unitCounts } = unitCosting(postgres);
export const { burstSwitches, burstRates, burstApplied } = burstTables(postgres);
export const { billImports, billLines } = billTables(postgres);
export const { eventDestinations, eventBuckets, eventUsage, collectorEvents, collectorDays, collectorRefused } =
  eventTables(postgres);
export const { storedSecrets } = secrets(postgres);
export const { connections, clusterNames } = connectionTables(postgres);
export const {
  insightFindings,
  insightLosses,
  insightEvents,
  insightExceptions,
  insightCells,
  insightSubjects,
  insightBuckets,
} = insights(postgres);
export const { anomalyFeedback, savingsActions } = savings(postgres);
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
} = alerts(postgres);
