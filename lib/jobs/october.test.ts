import { afterEach, describe, expect, it } from "vitest";
import type { TestDb } from "@/db/testing.ts";
import { listGaps } from "@/lib/sync/windows/gap-store.ts";
import { type Interval, monthInterval } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { type Simulator, startSimulator } from "@/simulator/index.ts";
import type { Scenario } from "@/simulator/scenario.ts";
import { type Ledger, requestBackfill, runBackfill } from "./index.ts";
import { testLedger } from "./testing.ts";
import {
  AFTERWARDS,
  allocatedByWorkload,
  csvFiles,
  OCTOBER,
  octoberScenario,
  trueAllocation,
} from "./testing-october.ts";

const WORKLOADS = Number(process.env.OCTOBER_WORKLOADS ?? (process.env.FULL === "1" ? 520 : 260));
/** 60 is the default step; a coarser one proves the same in less time. */
const STEP = Number(process.env.OCTOBER_STEP ?? 240);
/** Everything that a call can meet, 15 % of the time; and answers that lack parts or samples. */
const ALL_FAULTS = {
  errorRate: 0.15,
  partialRate: 0.15,
  gapRate: 0.1,
  slowRate: 0.003,
  slowMs: 1500,
  retryAfterSeconds: 0,
  movingList: true,
};
const NO_FAULTS = { errorRate: 0, partialRate: 0, gapRate: 0, slowRate: 0, movingList: false };

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function simulate(scenario: Scenario): Promise<Simulator> {
  const clock = fixedClock(AFTERWARDS);
  const simulator = await startSimulator({ scenario, clock, runai: { deletedRetentionDays: null } });
  open.push(() => simulator.close());
  return simulator;
}

/** On a database of its own, or on that of another ledger. */
async function ledgerOf(simulator: Simulator, settings: Record<string, string>, of?: TestDb) {
  const peers = { runaiUrl: simulator.runaiUrl, credentials: simulator.credentials };
  const more = { HTTP_CONCURRENCY: "16", HTTP_RETRY_WAIT: "2ms", HTTP_RETRY_MAX_WAIT: "10ms" };
  const { ledger, store } = await testLedger(peers, () => AFTERWARDS, { ...more, ...settings }, of);
  open.push(async () => {
    await ledger.sources?.close();
    if (!of) await store.drop();
  });
  return { ledger, store };
}

async function fill(ledger: Ledger, { start: from, end: to }: Interval, stepSeconds = STEP) {
  const backfill = await requestBackfill(ledger.ctx, { from, to, stepSeconds });
  return runBackfill(ledger, backfill.id);
}

const allocated = (files: Record<string, string>) => allocatedByWorkload(files["usage-by-workload"] as string);

describe.each(["workload", "pod"])("a backfill of October by Run:ai's %s metrics alone", (RESOURCE_TYPE) => {
  it("is exact to the second for every workload; twice, or through every fault once healed, the same to the byte", async () => {
    const scenario = octoberScenario(WORKLOADS);
    const month = { month: "2026-10" };
    const truth = trueAllocation(scenario, OCTOBER);
    expect(truth.size).toBeGreaterThan(WORKLOADS / 4);
    const simulator = await simulate(scenario);
    const { ledger: calm } = await ledgerOf(simulator, { RESOURCE_TYPE });
    expect(await fill(calm, OCTOBER)).toMatchObject({ status: "done", unread: 0 });
    const expected = await csvFiles(calm.ctx, month);
    expect(allocated(expected)).toEqual(truth);
    if (RESOURCE_TYPE === "workload") {
      await fill(calm, OCTOBER);
      expect(await csvFiles(calm.ctx, month)).toEqual(expected);
    }

    // Slow answers are late for this one, and on a busy machine others too.
    const { ledger: hurt, store } = await ledgerOf(simulator, { RESOURCE_TYPE, HTTP_TIMEOUT: "1s" });
    simulator.setFaults(ALL_FAULTS);
    await fill(hurt, OCTOBER);
    // A lost metric changes no bill.
    expect(allocated(await csvFiles(hurt.ctx, month))).toEqual(truth);
    expect((await listGaps(hurt.ctx.db, { status: "open", limit: 10 })).length).toBeGreaterThan(0);
    simulator.setFaults(NO_FAULTS);
    const { ledger: healed } = await ledgerOf(simulator, { RESOURCE_TYPE }, store);
    expect(await fill(healed, OCTOBER)).toMatchObject({ status: "done", unread: 0 });
    expect(await csvFiles(healed.ctx, month)).toEqual(expected);
  });
});

it.each(process.env.OCTOBER_ZONES?.split(",") ?? ["Europe/Berlin", "Asia/Kathmandu"])(
  "a month of %s ends where its calendar says, to the second, also when the clocks change in it",
  async (BILLING_TIME_ZONE) => {
    const scenario = octoberScenario(80, 40);
    const { ledger } = await ledgerOf(await simulate(scenario), { BILLING_TIME_ZONE, BACKFILL_STEP: "300s" });
    const range = monthInterval("2026-10", BILLING_TIME_ZONE);
    expect(await fill(ledger, range, 300)).toMatchObject({ status: "done", unread: 0 });
    const files = await csvFiles(ledger.ctx, { month: "2026-10" }, BILLING_TIME_ZONE);
    expect(allocated(files)).toEqual(trueAllocation(scenario, range));
  },
);
