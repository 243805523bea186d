import { afterEach, describe, expect, it } from "vitest";
import { check } from "@/db/check.ts";
import { sql } from "@/db/client.ts";
import { LAB_MODEL, labSource } from "@/lib/sources/testing-lab.ts";
import { HOUR, MINUTE } from "@/lib/time.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { usageByClass } from "./testing.ts";
import { differences, type LiveTest, settled, startLive } from "./testing-live.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const scenario = smallScenario({ seed: 6, hours: 4, workloads: 14, faults: false });
const { start } = scenario.range;
/** The two hours of the lab. */
const begin = start + HOUR;

interface Options {
  readonly by: "window" | "pod";
  readonly prometheus: boolean;
  readonly isDown?: (test: () => number) => boolean;
  readonly clusterId?: string;
}

async function live({ by, prometheus, isDown, clusterId }: Options): Promise<LiveTest> {
  const test = await startLive(scenario, {
    prometheus,
    from: start,
    settings: { RESOURCE_TYPE: "pod" },
    more: (now) => [
      labSource({ start: begin, by, now, isDown: () => isDown?.(now) ?? false, ...(clusterId ? { clusterId } : {}) }),
    ],
  });
  open.push(() => test.close());
  await test.live(settled(scenario));
  return test;
}

/** GPU-seconds by class of one workload of the lab. */
async function usageOf(test: LiveTest, workload: string): Promise<Record<string, number>> {
  const out: Record<string, number> = {};
  for (const [key, milli] of await usageByClass(test.ledger.ctx)) {
    const [, id, , usageClass] = key.split("|") as [string, string, string, string];
    if (id === workload) out[usageClass] = (out[usageClass] ?? 0) + milli / 1000;
  }
  return out;
}

/** What is metered of the simulated cluster, apart from the lab. */
const others = async (test: LiveTest) =>
  (await differences(test, scenario, start)).filter((line) => !line.includes(LAB_MODEL));

describe("a third source beside Run:ai and Prometheus is synced", () => {
  it.each([
    ["by window", "window", true],
    ["by pod", "pod", true],
    ["by pod, without Prometheus", "pod", false],
  ] as const)(
    "%s: its inventory, phases, samples and labels, and it changes nothing of theirs",
    async (_, by, prometheus) => {
      const test = await live({ by, prometheus });
      expect(new Set(test.summaries.map((s) => s.status))).toEqual(new Set(["ok"]));
      const { db } = test.ledger.ctx;
      expect(await db.all(sql`select id, source from clusters where id = 'lab'`)).toEqual([
        { id: "lab", source: "lab" },
      ]);
      expect(await usageOf(test, "lab-job")).toEqual({ active: HOUR, "idle-held": HOUR });
      expect(await usageOf(test, "lab-batch")).toEqual({ starting: 15 * MINUTE, "no-data": 45 * MINUTE });
      expect(await db.all(sql`select distinct source from windows where cluster_id = 'lab'`)).toEqual([
        { source: "lab" },
      ]);
      expect(await db.all(sql`select labels from workloads where id = 'lab-job'`)).toEqual([
        { labels: '{"team":"lab"}' },
      ]);
      const owners = await db.all<{ source: string }>(sql`select distinct source from clusters where id <> 'lab'`);
      expect(owners).toEqual([{ source: "runai" }]);
      expect(await others(test)).toEqual([]);
      expect((await check(db, "UTC")).faults).toEqual([]);
    },
  );
});

describe("a third source that does not answer", () => {
  it("keeps nobody else from being synced, is reported, and is read in full once it answers", async () => {
    const until = begin + 90 * MINUTE;
    const isDown = (now: () => number) => now() > begin + 20 * MINUTE && now() < until;
    const test = await live({ by: "pod", prometheus: true, isDown });
    const partial = test.summaries.filter((s) => s.status === "partial");
    expect(partial.length).toBeGreaterThan(0);
    for (const { error } of partial) expect(error).toBe("The lab does not answer.");
    expect(test.summaries.at(-1)?.status).toBe("ok");
    expect(await usageOf(test, "lab-job")).toEqual({ active: HOUR, "idle-held": HOUR });
    expect(await others(test)).toEqual([]);
  });
});

describe("two sources that list the same cluster", () => {
  it("leave it to the later of the list, and what the other says of it is ignored", async () => {
    const clusterId = scenario.clusters[0]?.id as string;
    const test = await live({ by: "pod", prometheus: true, clusterId });
    const { db } = test.ledger.ctx;
    expect(await db.all(sql`select id, source from clusters`)).toEqual([{ id: clusterId, source: "lab" }]);
    expect(await db.all(sql`select id from workloads where key <> 0 order by id`)).toEqual([
      { id: "lab-batch" },
      { id: "lab-job" },
    ]);
    expect(await db.all(sql`select name, quota from projects where key <> 0`)).toEqual([
      { name: "lab-project", quota: '{"default":2000}' },
    ]);
    expect(await usageOf(test, "lab-job")).toEqual({ active: HOUR, "idle-held": HOUR });
  });
});
