import { expect } from "vitest";
import type { TestDb } from "@/db/testing.ts";
import type { OpenKind } from "@/lib/metering/held/open-kinds.ts";
import { listOpenItems } from "@/lib/metering/open-store.ts";
import { HOUR } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import type { Faults } from "@/simulator/faults.ts";
import { startSimulator } from "@/simulator/index.ts";
import type { PrometheusSwitches } from "@/simulator/prometheus/server.ts";
import type { RunaiSwitches } from "@/simulator/runai/context.ts";
import type { Scenario } from "@/simulator/scenario.ts";
import { exactUsage } from "@/simulator/truth.ts";
import { type Ledger, requestBackfill, runBackfill } from "./index.ts";
import { isTrue, testLedger, usageByClass } from "./testing.ts";
import { type Passing, proxyTo } from "./testing-proxy.ts";

/** How the peers of a history behave, and what it is read from. */
export interface PastPeers {
  readonly source: "prometheus" | "workload" | "pod";
  readonly runai?: Partial<RunaiSwitches>;
  readonly prometheus?: Partial<PrometheusSwitches>;
  readonly faults?: Partial<Faults>;
  /** Changes what Run:ai answers. */
  readonly bend?: (passing: Passing) => void;
  /** Instead of a fresh SQLite file. */
  readonly engine?: TestDb | undefined;
}

/** Where usage and the simulator's truth differ, by bucket, workload, model and class. */
function compare(got: ReadonlyMap<string, number>, scenario: Scenario): string[] {
  const truth = new Map<string, number>();
  for (const row of exactUsage(scenario)) {
    const key = `${row.bucket}|${row.workloadId ?? ""}|${row.gpuModel}|${row.class}`;
    truth.set(key, (truth.get(key) ?? 0) + row.milliGpuSeconds);
  }
  const keys = [...new Set([...got.keys(), ...truth.keys()])].sort();
  return keys.flatMap((key) =>
    isTrue(key, got.get(key), truth.get(key))
      ? []
      : [`${key}: metered ${got.get(key) ?? 0}, truth ${truth.get(key) ?? 0}`],
  );
}

/** The ledger of somebody who reads the whole history of a cluster later. Call what is pushed to `open` at the end. */
export async function readPast(scenario: Scenario, peers: PastPeers, open: (() => Promise<void>)[]): Promise<Ledger> {
  const clock = fixedClock(scenario.range.end + 2 * HOUR);
  const { source, runai = {}, prometheus = {}, faults = {}, engine } = peers;
  const simulator = await startSimulator({ scenario, clock, runai, prometheus, faults });
  open.push(() => simulator.close());
  const proxy = peers.bend ? await proxyTo(simulator.runaiUrl, peers.bend) : null;
  if (proxy) open.push(() => proxy.close());
  const addresses = {
    runaiUrl: proxy?.url ?? simulator.runaiUrl,
    prometheusUrl: source === "prometheus" ? simulator.prometheusUrl : undefined,
    credentials: simulator.credentials,
  };
  const step = `${scenario.stepSeconds}s`;
  const settings = {
    SAMPLE_STEP: step,
    BACKFILL_STEP: step,
    ...(source === "prometheus" ? {} : { RESOURCE_TYPE: source }),
  };
  const { ledger, store } = await testLedger(addresses, clock.now, settings, engine);
  open.push(async () => {
    await ledger.sources?.close();
    await store.drop();
  });
  const { start: from, end: to } = scenario.range;
  const backfill = await requestBackfill(ledger.ctx, { from, to, stepSeconds: scenario.stepSeconds });
  expect(await runBackfill(ledger, backfill.id)).toMatchObject({ status: "done", unread: 0 });
  return ledger;
}

/**
 * Where what `readPast` gave differs from the truth; by the cluster's own totals, nothing may be hidden from the ledger.
 * @param known kinds of open items of hidden time that are right here.
 */
export async function pastDifferences(
  ledger: Ledger,
  scenario: Scenario,
  known: readonly OpenKind[] = [],
): Promise<string[]> {
  const items = await listOpenItems(ledger.ctx.db, 100);
  expect(items.filter((o) => o.kind.startsWith("unlisted") && !known.includes(o.kind))).toEqual([]);
  return compare(await usageByClass(ledger.ctx), scenario);
}
