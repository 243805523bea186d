/** Every address of the API. Adding one is one object, one line here, and a route of one line under `app/api/v1`. */
import type { Endpoint } from "@/lib/api/endpoint.ts";
import { listReports } from "@/lib/reports/index.ts";
import { acknowledgeAlert, muteAlertRule } from "./alert-answers.ts";
import { addAlertChannel, alertChannels, changeAlertChannel, deleteAlertChannel } from "./alert-channels.ts";
import { alertDigests, setAlertDigest } from "./alert-digests.ts";
import {
  addAlertRule,
  alertMessages,
  alertRules,
  changeAlertRule,
  deleteAlertRule,
  sendMessageAgain,
} from "./alerts.ts";
import { billingActual, billingComparison } from "./bills.ts";
import { alerts, budgetAlerts, budgetForecast, budgets, forecast, receiveAlert, setBudgetsByApi } from "./budgets.ts";
import { burst, burstSwitch } from "./burst.ts";
import { chargeback, chargebackPreview, periodFiles, periods, statementFiles } from "./chargeback.ts";
import { connections } from "./connections.ts";
import { costsSummary, costsTeam, trendsCosts } from "./costs.ts";
import { changeException, exceptions } from "./exceptions.ts";
import { finding, findings, recommendations, rightsizing } from "./findings.ts";
import { explain, prices, search, sync } from "./ledger.ts";
import { billingOpencost } from "./opencost.ts";
import { addPlannedEvent, plannedEvents, removePlannedEvent, withdrawBudgetByApi } from "./planned-events.ts";
import { anomalies, reportEndpoint } from "./reports.ts";
import { recordUnitCounts, unit, units } from "./units.ts";
import { gpuUtilization, workloads } from "./usage.ts";
import { sendUsageEvents, usageEvents } from "./usage-events.ts";

export const ENDPOINTS: readonly Endpoint[] = [
  ...[
    costsSummary,
    costsTeam,
    trendsCosts,
    billingActual,
    billingComparison,
    billingOpencost,
    anomalies,
    units,
    unit,
    recordUnitCounts,
    burst,
    burstSwitch,
  ],
  ...[gpuUtilization, workloads, usageEvents, sendUsageEvents],
  ...[findings, finding, exceptions, changeException, recommendations, rightsizing],
  ...[budgets, setBudgetsByApi, withdrawBudgetByApi, budgetForecast, budgetAlerts, forecast, alerts, receiveAlert],
  ...[acknowledgeAlert, muteAlertRule],
  ...[alertRules, addAlertRule, changeAlertRule, deleteAlertRule, alertMessages, sendMessageAgain],
  ...[plannedEvents, addPlannedEvent, removePlannedEvent],
  ...[alertDigests, setAlertDigest],
  ...[alertChannels, addAlertChannel, changeAlertChannel, deleteAlertChannel],
  ...[periods, periodFiles, statementFiles, chargeback, chargebackPreview],
  ...listReports().map(reportEndpoint),
  ...[explain, prices, search, sync, connections],
] as unknown as readonly Endpoint[];
