import { describe, expect, it } from "vitest";
import { methodOf, settingsOf } from "./policies.ts";
import { type CostClass, DEFAULT_CHARGE_SETTINGS, type ShareMethod, type SharePolicy } from "./types.ts";

const policy = (
  fromDay: number,
  method: ShareMethod,
  clusterId = "",
  costClass: CostClass = "unallocated",
): SharePolicy => ({ clusterId, costClass, fromDay, method });

describe("who pays for unallocated capacity", () => {
  const policies = [
    policy(20261101, "equal"),
    policy(20261001, "charges"),
    policy(20261015, "quota", "east"),
    policy(20261015, "node-pool", "", "down"),
  ];
  it.each([
    // The day before a policy, its first day, and the day after.
    ["west", 20260930, "platform"],
    ["west", 20261001, "charges"],
    ["west", 20261002, "charges"],
    ["west", 20261031, "charges"],
    ["west", 20261101, "equal"],
    ["west", 20271101, "equal"],
    // A cluster's own policy holds even when one for all clusters is newer.
    ["east", 20261014, "charges"],
    ["east", 20261015, "quota"],
    ["east", 20261101, "quota"],
    // Of no cluster in particular.
    ["", 20261015, "charges"],
  ])("in cluster %j on %d: %s", (cluster, day, method) => {
    expect(methodOf(policies, cluster, "unallocated", day)).toBe(method);
    expect(methodOf([...policies].reverse(), cluster, "unallocated", day)).toBe(method);
  });

  it("is decided for each class of cost alone", () => {
    expect(methodOf(policies, "east", "down", 20261015)).toBe("node-pool");
    expect(methodOf(policies, "east", "unknown", 20261015)).toBe("platform");
    expect(methodOf([], "east", "shared", 20261015)).toBe("platform");
  });
});

describe("charge settings", () => {
  const settings = (cpu: "none" | "usage" | "request") => ({ ...DEFAULT_CHARGE_SETTINGS, cpu });
  const list = [
    { fromDay: 20261101, settings: settings("usage") },
    { fromDay: 20261001, settings: settings("none") },
    { fromDay: 20261015, settings: settings("request") },
  ];
  it.each([
    [20260930, "larger"],
    [20261001, "none"],
    [20261014, "none"],
    [20261015, "request"],
    [20261031, "request"],
    [20261101, "usage"],
    [20991231, "usage"],
  ])("on %d charge CPU by: %s", (day, cpu) => {
    expect(settingsOf(list, day).cpu).toBe(cpu);
    expect(settingsOf([...list].reverse(), day).cpu).toBe(cpu);
  });

  it("are, where nobody decided: CPU and memory by the larger of the two, neither GPU memory nor unused quota", () => {
    expect(settingsOf([], 20261001)).toEqual({
      cpu: "larger",
      memory: "larger",
      gpuMemory: "none",
      chargeUnusedQuota: false,
    });
  });
});
