import { SEVERITIES } from "@/lib/alerts/types.ts";
import { defineGroup, samplesOf, sumOver } from "@/lib/metrics/metric.ts";
import { DAY } from "@/lib/time.ts";
import { loadClusterNames } from "./fleet-load.ts";
import { loadAlertFigures, loadSyncFigures } from "./sync-load.ts";

const gauge = <N extends string>(name: N, help: string, labels: readonly string[] = []) =>
  ({ name, type: "gauge", help, labels }) as const;

/** Whether the data is whole and current. */
export const syncGroup = defineGroup({
  name: "sync",
  metrics: [
    gauge("gpu_ledger_sync_last_success_timestamp_seconds", "When a sync last read something. Absent: never."),
    gauge("gpu_ledger_sync_lag_seconds", "Seconds since a sync last read something. Absent: never."),
    gauge("gpu_ledger_sync_last_run_seconds", "How long the newest sync that ended took."),
    gauge("gpu_ledger_sync_runs_day", "Runs that began in the last 24 hours, by outcome.", ["kind", "status"]),
    gauge("gpu_ledger_sync_windows", "Windows that are still to be read in full, by source and status.", [
      "source",
      "status",
    ]),
    gauge("gpu_ledger_gaps_open", "Parts of windows that no source reported, by cause.", [
      "cluster",
      "source",
      "cause",
    ]),
    gauge("gpu_ledger_due_buckets", "Buckets of time whose facts or samples changed since they were metered."),
  ],
  async read(ctx) {
    const now = ctx.now();
    const [sync, clusterName] = await Promise.all([loadSyncFigures(ctx.db, now - DAY), loadClusterNames(ctx.db)]);
    const one = (value: number | null) =>
      samplesOf(
        [value],
        () => ({}),
        (v) => v,
      );
    return {
      gpu_ledger_sync_last_success_timestamp_seconds: one(sync.lastSuccessAt),
      gpu_ledger_sync_lag_seconds: one(sync.lastSuccessAt === null ? null : now - sync.lastSuccessAt),
      gpu_ledger_sync_last_run_seconds: one(sync.lastSeconds),
      gpu_ledger_sync_runs_day: sumOver(
        sync.runs,
        ({ kind, status }) => ({ kind, status }),
        (r) => r.count,
      ),
      gpu_ledger_sync_windows: sumOver(
        sync.windows,
        ({ source, status }) => ({ source, status }),
        (w) => w.count,
      ),
      gpu_ledger_gaps_open: sumOver(
        sync.gaps,
        ({ clusterId, source, cause }) => ({ cluster: clusterName(clusterId), source, cause }),
        (g) => g.count,
      ),
      gpu_ledger_due_buckets: one(sync.dueBuckets),
    };
  },
});

/** Alerts that fire, and messages about them that did not arrive yet. */
export const alertGroup = defineGroup({
  name: "alerts",
  metrics: [
    gauge("gpu_ledger_alerts_firing", "Alerts that fire now, by severity.", ["severity"]),
    gauge("gpu_ledger_alert_messages", "Messages that wait to be sent (waiting, sending) or were given up (dead).", [
      "state",
    ]),
  ],
  async read(ctx) {
    const { firing, deliveries } = await loadAlertFigures(ctx.db);
    const count = (of: { readonly count: number }) => of.count;
    const none = <K extends string>(key: K, values: readonly string[]) =>
      values.map((value) => ({ [key]: value, count: 0 }) as Record<K, string> & { count: number });
    return {
      gpu_ledger_alerts_firing: sumOver(
        [...firing, ...none("severity", SEVERITIES)],
        ({ severity }) => ({ severity }),
        count,
      ),
      gpu_ledger_alert_messages: sumOver(
        [...deliveries, ...none("state", ["waiting", "sending", "dead"])],
        ({ state }) => ({ state }),
        count,
      ),
    };
  },
});
