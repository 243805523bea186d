import { afterEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { HOUR } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { type Simulator, startSimulator } from "@/simulator/index.ts";
import { DEFAULT_PROMETHEUS_SWITCHES } from "@/simulator/prometheus/server.ts";
import { startThanos, type ThanosSwitches } from "@/simulator/prometheus/thanos.ts";
import { startVictoria, victoriaInstalled } from "@/simulator/prometheus/victoria.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { buildTimeline } from "@/simulator/timeline.ts";
import { requestBackfill, runBackfill } from "./index.ts";
import { testLedger } from "./testing.ts";
import { apart, meteredOf, truthOf } from "./testing-clusters.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const scenario = smallScenario({ seed: 21, faults: false, hours: 4, workloads: 16 });
const { start, end } = scenario.range;

async function simulator(): Promise<Simulator> {
  const started = await startSimulator({ scenario, clock: fixedClock(end + 2 * HOUR) });
  open.push(() => started.close());
  return started;
}

/** A ledger that was filled through a server of samples. */
async function filled(
  { runaiUrl, credentials }: Simulator,
  prometheusUrl: string,
  settings: Record<string, string> = {},
) {
  const step = `${scenario.stepSeconds}s`;
  const peers = { runaiUrl, credentials, prometheusUrl };
  const all = { SAMPLE_STEP: step, BACKFILL_STEP: step, HTTP_RETRY_COUNT: "0", ...settings };
  const { ledger, store } = await testLedger(peers, () => end + 2 * HOUR, all);
  open.push(async () => {
    await ledger.sources?.close();
    await store.drop();
  });
  const backfill = await requestBackfill(ledger.ctx, { from: start, to: end, stepSeconds: scenario.stepSeconds });
  const { unread } = await runBackfill(ledger, backfill.id);
  return { ctx: ledger.ctx, unread };
}

const victoria = victoriaInstalled();

describe.skipIf(victoria === null)("a real VictoriaMetrics", () => {
  it("gives every class of every workload, as the truth has it", async () => {
    const peer = await simulator();
    const range = { start: start - HOUR, end: end + HOUR };
    const real = await startVictoria(victoria as string, buildTimeline(scenario), DEFAULT_PROMETHEUS_SWITCHES, range);
    open.push(() => real.stop());
    const { ctx, unread } = await filled(peer, real.url);
    expect(unread).toBe(0);
    expect(apart(await meteredOf(ctx), truthOf(scenario))).toEqual([]);
  });
});

describe("Thanos", () => {
  const thanos = async (peer: Simulator, switches: ThanosSwitches) => {
    const started = await startThanos(peer.prometheusUrl, switches);
    open.push(() => started.stop());
    return started;
  };

  it("of two replicas and tenants counts once, for its own tenant", async () => {
    const peer = await simulator();
    const server = await thanos(peer, { tenant: "gpu" });
    const { ctx, unread } = await filled(peer, server.url, { PROMETHEUS_HEADERS: "THANOS-TENANT=gpu" });
    expect(unread).toBe(0);
    expect(apart(await meteredOf(ctx), truthOf(scenario))).toEqual([]);
    const ranges = server.asked.filter((one) => one.has("start"));
    expect(new Set(ranges.map((one) => one.get("max_source_resolution")))).toEqual(new Set(["0s"]));
  });

  it("that lost a store gives a gap with its cause, never a part taken for the whole", async () => {
    const peer = await simulator();
    const switches: ThanosSwitches = { lostStore: true };
    const server = await thanos(peer, switches);
    const { ctx, unread } = await filled(peer, server.url);
    expect(unread).toBeGreaterThan(0);
    const gaps = await ctx.db.all<{ cause: string }>(sql`select cause from gaps where source = 'prometheus'`);
    expect(gaps.map((gap) => gap.cause).join(" ")).toContain("10.0.0.7:10901 is not reachable");
    const classes = new Set([...(await meteredOf(ctx)).keys()].map((key) => key.split("|")[4]));
    for (const judged of ["active", "idle-held", "dead-idle", "inefficient"]) expect(classes).not.toContain(judged);
  });

  it("that keeps only averages of old time judges nothing there, and says why", async () => {
    const peer = await simulator();
    const rawFrom = start + 3 * HOUR;
    const server = await thanos(peer, { rawFrom });
    const { ctx } = await filled(peer, server.url);
    const got = await meteredOf(ctx);
    const before = [...got.keys()].filter((key) => Number(key.split("|")[1]) < rawFrom);
    const judged = ["active", "idle-held", "dead-idle", "inefficient"];
    expect(before.filter((key) => judged.includes(key.split("|")[4] as string))).toEqual([]);
    expect(before.some((key) => key.endsWith("no-data"))).toBe(true);
    const isJudged = (key: string) =>
      Number(key.split("|")[1]) < rawFrom && judged.includes(key.split("|")[4] as string);
    expect([...truthOf(scenario).keys()].some(isJudged)).toBe(true);
    const recent = (map: ReadonlyMap<string, number>) =>
      new Map([...map].filter(([key]) => Number(key.split("|")[1]) >= rawFrom + HOUR / 2));
    expect(apart(recent(got), recent(truthOf(scenario)))).toEqual([]);
    const gaps = await ctx.db.all<{ cause: string }>(sql`select cause from gaps where source = 'prometheus'`);
    expect(gaps.map((gap) => gap.cause).join(" ")).toContain("only averages (downsampled blocks)");
  });
});
