import { afterEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { listOpenItems } from "@/lib/metering/open-store.ts";
import { HOUR } from "@/lib/time.ts";
import { changed, changeOf } from "@/simulator/prometheus/containers.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { buildTimeline } from "@/simulator/timeline.ts";
import { exactUsage } from "@/simulator/truth.ts";
import { usageByClass } from "./testing.ts";
import { pastDifferences, readPast } from "./testing-past.ts";

/** Single things that real peers do, each alone: a history that is read later agrees with the truth, and names what it cannot know. */

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const OPTIONS = { faults: false, slowStarts: true, background: true, hours: 5 } as const;
const START = Date.UTC(2026, 9, 31, 18) / 1000;

describe("a history", () => {
  it("of nvidia_gpu_exporter on every second node agrees with the truth", async () => {
    const scenario = smallScenario({ ...OPTIONS, seed: 41, shared: true });
    const ledger = await readPast(scenario, { source: "prometheus", prometheus: { gpuExporters: true } }, open);
    expect(await pastDifferences(ledger, scenario)).toEqual([]);
  });

  it("of nodes that were created again agrees with the truth, and says which cards no node showed", async () => {
    const scenario = smallScenario({ ...OPTIONS, seed: 41 });
    const peers = { source: "prometheus", runai: { recreatedAt: START + 2 * HOUR } } as const;
    const ledger = await readPast(scenario, peers, open);
    const items = await listOpenItems(ledger.ctx.db, 10);
    expect(items.filter((i) => i.kind === "unlisted-cards").map((i) => i.firstAt)).toEqual([START]);
    // Of cards before the first sign of their node the model is not known: they are nobody's, and none is down.
    const byClass = (rows: Iterable<readonly [key: string, milli: number]>) => {
      const out = new Map<string, number>();
      for (const [key, milli] of rows) {
        const [bucket, workload, , usageClass] = key.split("|");
        const name = `${bucket}|${workload}|${usageClass}`;
        out.set(name, (out.get(name) ?? 0) + milli);
      }
      return [...out].map(([name, milli]) => `${name}: ${Math.round(milli)}`).sort();
    };
    const truth = exactUsage(scenario).map(
      (r) => [`${r.bucket}|${r.workloadId ?? ""}||${r.class}`, r.milliGpuSeconds] as const,
    );
    expect(byClass(await usageByClass(ledger.ctx))).toEqual(byClass(truth));
  });

  it("whose pods stay listed after their workload ends with it, and names them", async () => {
    const scenario = smallScenario({ ...OPTIONS, seed: 42 });
    const ledger = await readPast(scenario, { source: "pod", runai: { podsOutlive: 1 } }, open);
    expect(await pastDifferences(ledger, scenario)).toEqual([]);
    const items = (await listOpenItems(ledger.ctx.db, 100)).filter((i) => i.kind === "outlives-workload");
    expect(items.length).toBeGreaterThan(2);
    for (const item of items) expect(item.milliGpuSeconds).toBeGreaterThan(0);
  });

  it.each([44, 46])("of pods that Run:ai forgot holds what they held, seed %d", async (seed) => {
    const scenario = smallScenario({ ...OPTIONS, background: false, seed, workloads: 30 });
    const again = scenario.workloads.filter((w) => w.pods.length === 2 && w.request.pods === 1);
    expect(again.length).toBeGreaterThan(0);
    const ledger = await readPast(scenario, { source: "workload", runai: { forgetsPods: true } }, open);
    const sums = (rows: Iterable<readonly [string, number]>) => {
      const out = new Map<string, number>();
      for (const [workload, milli] of rows) out.set(workload, (out.get(workload) ?? 0) + milli);
      return again.map((w) => out.get(w.id) ?? 0);
    };
    const truth = sums(exactUsage(scenario).map((r) => [r.workloadId ?? "", r.milliGpuSeconds]));
    const got = sums([...(await usageByClass(ledger.ctx))].map(([key, milli]) => [key.split("|")[1] ?? "", milli]));
    expect(got).toEqual(truth);
  });

  it("of labels that change in the middle of a pod's life, after they were lost, has the newest", async () => {
    const scenario = smallScenario({ ...OPTIONS, seed: 41 });
    const ledger = await readPast(scenario, { source: "prometheus", prometheus: { podLabelsChange: true } }, open);
    const rows = await ledger.ctx.db.all<{ id: string; labels: string }>(sql`select id, labels from workloads`);
    const { runsOfWorkload } = buildTimeline(scenario);
    const wanted = scenario.workloads.flatMap((w) => {
      const [run] = runsOfWorkload.get(w.id) ?? [];
      const isLong = w.pods.length === 1 && run !== undefined && run.end - changeOf(run) > 600;
      return isLong && w.labels ? [[w.id, changed(w.labels["ai-finops.io/team"])] as const] : [];
    });
    expect(wanted.length).toBeGreaterThan(2);
    const labels = new Map(rows.map((r) => [r.id, r.labels]));
    for (const [id, team] of wanted) expect(labels.get(id)).toContain(team);
  });
});
