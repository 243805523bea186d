import { describe, expect, it } from "vitest";
import { DAY, HOUR } from "@/lib/time.ts";
import type { WorkloadSpec } from "@/simulator/scenario.ts";
import type { Slot } from "@/simulator/timeline.ts";
import { buildTimeline } from "@/simulator/timeline.ts";
import { exactUsage } from "@/simulator/truth.ts";
import { demoScenario } from "./demo.ts";

const now = Date.UTC(2026, 10, 20, 16) / 1000;
const scenario = demoScenario({ now });
const timeline = buildTimeline(scenario);
const { start } = scenario.range;

function held(slot: Slot, from: number, to: number): number {
  return (Math.max(0, Math.min(slot.end, to) - Math.max(slot.start, from)) * slot.milli) / 1000;
}

function gpuSeconds(from: number, to: number, keep: (slot: Slot) => boolean = () => true): number {
  return timeline.slots.reduce((sum, s) => sum + (keep(s) ? held(s, from, to) : 0), 0);
}

function allocation(from: number, to: number): number {
  return gpuSeconds(from, to) / (timeline.cards.length * (to - from));
}

describe("the demo's cluster", () => {
  it("is large enough and never puts two pods on one part of a card", () => {
    expect(timeline.cards.length).toBeGreaterThanOrEqual(208);
    expect(now - start).toBeGreaterThanOrEqual(60 * DAY);
    expect(scenario.range.end).toBeGreaterThan(now + 2 * DAY - HOUR);
    let over = 0;
    for (const card of timeline.cards) {
      const edges = card.slots.flatMap((s) => [
        { at: s.start, milli: s.milli },
        { at: s.end, milli: -s.milli },
      ]);
      edges.sort((a, b) => a.at - b.at || a.milli - b.milli);
      let sum = 0;
      for (const e of edges) {
        sum += e.milli;
        if (sum > 1000) over++;
      }
      const lost = card.node.lostCards.filter((l) => l.index === card.index);
      over += card.slots.filter((s) => lost.some((l) => s.start < l.end && l.start < s.end)).length;
    }
    expect(over).toBe(0);
  });

  it("has the same past when it is started again later", () => {
    const later = demoScenario({ now: now + 3 * DAY, start });
    const byId = new Map(later.workloads.map((w) => [w.id, w]));
    const described = (w: WorkloadSpec | undefined) => ({
      phases: w?.phases.filter((p) => p.at <= now),
      pods: w?.pods
        .filter((p) => (p.startedAt ?? now + 1) <= now)
        .map((p) => [p.id, p.node, p.startedAt, (p.completedAt ?? p.deletedAt ?? now) < now]),
    });
    const past = scenario.workloads.filter((w) => w.createdAt <= now);
    expect(new Set(past.map((w) => w.id)).size).toBe(past.length);
    const different = past.filter((w) => JSON.stringify(described(w)) !== JSON.stringify(described(byId.get(w.id))));
    expect(different.map((w) => w.name)).toEqual([]);
  });

  it("keeps to its calibration: allocation, week, sizes, outcomes, waits", () => {
    const days = Math.floor((now - start) / DAY);
    expect(allocation(start, start + days * DAY)).toBeGreaterThan(0.7);
    expect(allocation(start, start + days * DAY)).toBeLessThan(0.86);
    const perWeekday = (wanted: readonly number[]) => {
      const picked = Array.from({ length: days }, (_, d) => d).filter((d) => wanted.includes(d % 7));
      return picked.reduce((sum, d) => sum + allocation(start + d * DAY, start + (d + 1) * DAY), 0) / picked.length;
    };
    // The start is a Monday. Helios Earth: a weekend day holds 0.80 of a weekday.
    expect(perWeekday([5, 6]) / perWeekday([0, 1, 2, 3, 4])).toBeLessThan(0.97);
    const past = scenario.workloads.filter((w) => w.createdAt <= now);
    expect(past.length).toBeGreaterThan(8000);
    const waits = past
      .flatMap((w) => w.phases.find((p) => p.phase === "Running")?.at ?? [])
      .map((at, n) => at - (past[n]?.createdAt ?? at));
    waits.sort((a, b) => a - b);
    expect(waits[Math.floor(waits.length / 2)]).toBeLessThan(120);
    const failed = past.filter((w) => w.phases.some((p) => p.phase === "Failed")).length / past.length;
    expect(failed).toBeGreaterThan(0.1);
    expect(failed).toBeLessThan(0.22);
    const eight = gpuSeconds(start, now, (s) => s.workload.category === "Train" && s.workload.request.gpuPerPod >= 8);
    expect(eight / gpuSeconds(start, now, (s) => s.workload.category === "Train")).toBeGreaterThan(0.3);
  });

  it("holds every kind of story", () => {
    const kinds = new Set(scenario.workloads.map((w) => w.kind));
    expect(kinds.size).toBe(7);
    const phases = new Set(scenario.workloads.flatMap((w) => w.phases.map((p) => p.phase)));
    for (const phase of ["Completed", "Failed", "Stopped", "Resuming", "Deleting", "Pending"])
      expect(phases).toContain(phase);
    const messages = scenario.workloads.flatMap((w) => w.phases.map((p) => p.message)).join("\n");
    for (const word of ["Preempted", "not ready", "XID 79"]) expect(messages).toContain(word);
    expect(scenario.workloads.some((w) => new Set(w.pods.map((p) => p.node)).size > 1)).toBe(true);
    expect(timeline.slots.some((s) => s.milli < 1000)).toBe(true);
    expect(scenario.outages.some((o) => o.end - o.start === 2 * HOUR)).toBe(true);
  });

  it("shows all ten classes in a believable mix", () => {
    const range = { start: start + 28 * DAY, end: start + 42 * DAY };
    const sums = new Map<string, number>();
    for (const row of exactUsage(scenario, { range }))
      sums.set(row.class, (sums.get(row.class) ?? 0) + row.milliGpuSeconds);
    const total = [...sums.values()].reduce((a, b) => a + b, 0);
    const share = (name: string) => (sums.get(name) ?? 0) / total;
    expect(sums.size).toBe(10);
    expect(share("active")).toBeGreaterThan(0.4);
    expect(share("idle-held")).toBeGreaterThan(0.05);
    expect(share("dead-idle")).toBeGreaterThan(0.01);
    expect(share("warm-serving")).toBeGreaterThan(0.005);
    expect(share("inefficient")).toBeGreaterThan(0.02);
  });
});
