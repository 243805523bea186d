import { afterEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { listGaps } from "@/lib/sync/windows/gap-store.ts";
import { HOUR, MINUTE } from "@/lib/time.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import {
  differences,
  heldDifferences,
  hour,
  type LiveOptions,
  type LiveTest,
  LONG_TICK,
  settled,
  startLive,
  TICK,
} from "./testing-live.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const scenario = smallScenario({ seed: 6, hours: 7, workloads: 26, faults: false });
const { start } = scenario.range;

async function begin(options: Partial<LiveOptions> & Pick<LiveOptions, "prometheus">): Promise<LiveTest> {
  const test = await startLive(scenario, { from: start, ...options });
  open.push(() => test.close());
  return test;
}

const backfills = (test: LiveTest) =>
  test.ledger.ctx.db.all<{ from: number; to: number; status: string }>(
    sql`select from_at as "from", to_at as "to", status from backfills order by created_at`,
  );
/** Outside of its range the simulated cluster has no samples. */
const openGaps = (test: LiveTest) =>
  listGaps(test.ledger.ctx.db, { status: "open", within: scenario.range, limit: 1000 });

/** Run:ai's paths but those of the samples: with these spared, only samples fail. */
const FACTS = [
  "/api/v1/token",
  "/api/v2/token",
  "/api/v1/org-unit",
  "/api/v1/node-pools",
  "/api/v1/nodes",
  "/api/v1/workloads",
  "/api/v1/clusters",
];

describe.each([true, false])("a live sync, with Prometheus: %s", (prometheus) => {
  it("ends with the exact truth in every class, as a backfill does", async () => {
    const test = await begin({ prometheus, settings: { RESOURCE_TYPE: "pod" } });
    await test.live(settled(scenario));
    expect(test.summaries.map((s) => s.error).filter(Boolean)).toEqual([]);
    expect(await differences(test, scenario, start)).toEqual([]);
    expect(await backfills(test)).toEqual([]);
    expect(await openGaps(test)).toEqual([]);
  });

  it("begins with the history that INITIAL_BACKFILL asks for, once", async () => {
    const test = await begin({
      prometheus,
      from: hour(scenario, 3),
      settings: { INITIAL_BACKFILL: "3h", RESOURCE_TYPE: "pod" },
    });
    await test.live(hour(scenario, 3) + 2 * TICK);
    expect(await backfills(test)).toEqual([
      // Up to where the live sync itself has begun.
      { from: hour(scenario, 0) + TICK, to: hour(scenario, 3) + TICK - 12 * MINUTE, status: "done" },
    ]);
    await test.live(settled(scenario), LONG_TICK);
    expect(await differences(test, scenario, hour(scenario, 1))).toEqual([]);
    expect(await backfills(test)).toHaveLength(1);
  });

  it("makes a downtime of hours one backfill, and loses nothing", async () => {
    const test = await begin({ prometheus, settings: { RESOURCE_TYPE: "pod" } });
    await test.live(hour(scenario, 2));
    test.jump(hour(scenario, 5));
    await test.live(settled(scenario), LONG_TICK);
    expect(await backfills(test)).toMatchObject([{ status: "done" }]);
    expect(await differences(test, scenario, start)).toEqual([]);
    expect(await openGaps(test)).toEqual([]);
  });

  it.each([40, 170])(
    "outlives %d minutes without any answer: gaps with their cause, then healed, nothing lost",
    async (minutes) => {
      const test = await begin({ prometheus, settings: { RESOURCE_TYPE: "pod" } });
      await test.live(hour(scenario, 2));
      test.simulator.setFaults({ errorRate: 1, errors: ["reset"] });
      await test.live(test.now() + minutes * MINUTE);
      expect(test.summaries.at(-1)).toMatchObject({ status: "failed" });
      const gaps = await openGaps(test);
      expect(gaps.length).toBeGreaterThan(0);
      // One row a subject however long it lasts, from where it began, with a cause.
      const subjects = gaps.map((g) => `${g.source} ${g.subject}`);
      expect(new Set(subjects).size).toBe(subjects.length);
      expect(Math.max(...gaps.map((g) => g.end))).toBeGreaterThan(test.now() - 5 * MINUTE);
      for (const gap of gaps) {
        expect(gap.cause).toMatch(/connection|not reachable/);
        expect(gap.start).toBeGreaterThanOrEqual(hour(scenario, 2) - 5 * MINUTE);
        expect(gap.start).toBeLessThan(hour(scenario, 2) + 20 * MINUTE);
      }
      test.simulator.setFaults({ errorRate: 0 });
      await test.live(test.now() + TICK);
      await test.live(Math.max(test.now() + HOUR, settled(scenario)), LONG_TICK);
      expect(test.summaries.at(-1)).toMatchObject({ status: "ok" });
      expect(await openGaps(test)).toEqual([]);
      expect((await backfills(test)).length).toBe(minutes > 60 ? 1 : 0);
      expect(await differences(test, scenario, start)).toEqual([]);
    },
  );

  it("heals samples that come an hour late, asking at growing pauses", async () => {
    const test = await begin({ prometheus, settings: { RESOURCE_TYPE: "pod" } });
    await test.live(hour(scenario, 2));
    test.simulator.setFaults({ gapRate: 1 });
    await test.live(hour(scenario, 3));
    const gaps = await openGaps(test);
    expect(gaps.length).toBeGreaterThan(0);
    expect(Math.max(...gaps.map((g) => g.attempts))).toBeGreaterThan(1);
    expect(Math.max(...gaps.map((g) => g.nextRetryAt))).toBeGreaterThan(test.now());
    expect(
      await heldDifferences(test, scenario, start).then((d) =>
        d.filter((x) => Number(x.split("|")[0]) < hour(scenario, 2)),
      ),
    ).toEqual([]);
    test.simulator.setFaults({ gapRate: 0 });
    await test.live(scenario.range.end + 3 * HOUR, LONG_TICK);
    expect(await openGaps(test)).toEqual([]);
    expect(await differences(test, scenario, start)).toEqual([]);
  });
});

describe("a live sync", () => {
  it("goes on with Run:ai while Prometheus is down, says what is missing, and heals it", async () => {
    const test = await begin({ prometheus: true });
    await test.live(hour(scenario, 2));
    test.simulator.setFaults({ errorRate: 1, errors: ["503"], spare: FACTS });
    await test.live(hour(scenario, 4));
    expect(test.summaries.at(-1)).toMatchObject({ status: "partial", error: expect.stringMatching(/503/) });
    // A lost metric changes no bill.
    const metered = hour(scenario, 3);
    expect((await heldDifferences(test, scenario, start)).filter((d) => Number(d.split("|")[0]) < metered)).toEqual([]);
    test.simulator.setFaults({ errorRate: 0, spare: [] });
    await test.live(scenario.range.end + 3 * HOUR, LONG_TICK);
    expect(await openGaps(test)).toEqual([]);
    expect(await differences(test, scenario, start)).toEqual([]);
  });

  it("calls a gap known when the source no longer has what it lacked", async () => {
    const broken = {
      ...scenario,
      outages: [{ clusterId: scenario.clusters[0]?.id ?? "", start: hour(scenario, 2), end: hour(scenario, 3) }],
    };
    const test = await startLive(broken, { from: start, prometheus: true, settings: { SOURCE_RETENTION: "2h" } });
    open.push(() => test.close());
    await test.live(hour(scenario, 4));
    expect(await openGaps(test)).toMatchObject([{ subject: "", cause: "no card gave a sample" }]);
    await test.live(hour(scenario, 6));
    expect(await openGaps(test)).toEqual([]);
    const known = await listGaps(test.ledger.ctx.db, { status: "known", within: scenario.range, limit: 10 });
    // A sample holds for a while before what follows is silence.
    expect(known).toMatchObject([{ start: hour(scenario, 2) + 45, end: hour(scenario, 3) }]);
    expect(
      await heldDifferences(test, broken, start).then((d) =>
        d.filter((x) => Number(x.split("|")[0]) < hour(scenario, 5)),
      ),
    ).toEqual([]);
  });

  it("counts workloads that were deleted between two syncs, and those whose pods vanished without a word", async () => {
    const test = await begin({ prometheus: false, settings: { RESOURCE_TYPE: "workload" } });
    await test.live(settled(scenario), 20 * MINUTE);
    expect(await heldDifferences(test, scenario, start)).toEqual([]);
  });

  it("is busy while another sync of the same ledger runs", async () => {
    const test = await begin({ prometheus: true });
    test.jump(hour(scenario, 1));
    const { syncLive } = await import("./index.ts");
    const both = await Promise.all([syncLive(test.ledger), syncLive(test.ledger)]);
    expect(both.map((s) => s.status).sort()).toEqual(["busy", "ok"]);
  });
});
