import { afterEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { manglings } from "@/lib/sources/prometheus/labels.ts";
import { HOUR } from "@/lib/time.ts";
import { type PodSpec, podEnd } from "@/simulator/scenario.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { type LiveTest, settled, startLive } from "./testing-live.ts";

const scenario = smallScenario({ seed: 3, hours: 2, workloads: 12, faults: false, stepSeconds: 60 });

describe("labels of pods", () => {
  let test: LiveTest | undefined;
  afterEach(async () => {
    await test?.close();
    test = undefined;
  });

  const labels = async () => {
    const rows = await (test as LiveTest).ledger.ctx.db.all<{ id: string; labels: string }>(
      sql`select id, labels from workloads`,
    );
    return new Map(rows.map((r) => [r.id, JSON.parse(r.labels) as Record<string, string>]));
  };

  it("come from kube-state-metrics, stay known, and no unlabelled workload is lost for want of them", async () => {
    test = await startLive(scenario, {
      from: scenario.range.start + HOUR,
      prometheus: true,
      settings: { INITIAL_BACKFILL: "3h" },
    });
    await test.live(settled(scenario));
    const known = await labels();
    // A pod that came and went between two scrapes was never shown: its labels are unknown.
    const seen = (pod: PodSpec) => pod.startedAt !== null && (podEnd(pod) ?? scenario.range.end) - pod.startedAt >= 120;
    const ran = scenario.workloads.filter((w) => w.pods.some(seen));
    expect(ran.filter((w) => w.labels).length).toBeGreaterThan(1);
    const wrong = ran.filter((w) => JSON.stringify(known.get(w.id)) !== JSON.stringify(w.labels ?? {}));
    expect(wrong.map((w) => w.name)).toEqual([]);
  });

  it("are not known without a Prometheus", async () => {
    test = await startLive(scenario, { from: scenario.range.start + HOUR, prometheus: false });
    await test.live(scenario.range.start + HOUR + 600);
    const known = await labels();
    expect(known.size).toBeGreaterThan(1);
    expect([...known.values()].every((l) => Object.keys(l).length === 0)).toBe(true);
  });

  it("have keys as kube-state-metrics spells them", () => {
    expect(manglings("ai-finops.io/team")).toEqual(["label_ai_finops_io_team"]);
    expect(manglings("costCenter")).toEqual(["label_cost_center", "label_costCenter"]);
  });
});
