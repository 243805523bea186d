import { describe, expect, it } from "vitest";
import { HOUR } from "@/lib/time.ts";
import { resolvedAt, type Standing, stateOf } from "./life.ts";

const NOW = 1_000_000;
const seen: Standing = {
  ...{ openedAt: NOW - 5 * HOUR, lastSeenAt: NOW - 600, endedAt: null },
  ...{ standing: "", standingAt: null, standingUntil: null },
};
const said = (standing: string, at: number, change: Partial<Standing> = {}): Standing => {
  return { ...seen, standing, standingAt: at, ...change };
};

describe("the state of a finding", () => {
  it.each<[string, Standing, string]>([
    ["nobody said anything", seen, "open"],
    ["it ended by itself", { ...seen, endedAt: NOW - 60 }, "resolved"],
    ["somebody looks after it", said("acknowledged", NOW - HOUR), "acknowledged"],
    ["it was looked after in an earlier episode", said("acknowledged", NOW - 9 * HOUR), "open"],
    ["it is snoozed", said("snoozed", NOW - HOUR, { standingUntil: NOW + 1 }), "snoozed"],
    ["the snooze is over this second", said("snoozed", NOW - HOUR, { standingUntil: NOW }), "open"],
    ["it came back while it is snoozed", said("snoozed", NOW - 9 * HOUR, { standingUntil: NOW + 1 }), "snoozed"],
    ["it ended while it is snoozed", said("snoozed", NOW - HOUR, { standingUntil: NOW + 1, endedAt: NOW }), "resolved"],
    ["it is disputed", said("disputed", NOW - HOUR), "disputed"],
    ["somebody resolved it just now", said("resolved", NOW - 60), "resolved"],
    ["it is still seen an hour after somebody resolved it", said("resolved", NOW - 2 * HOUR), "open"],
    ["it came back after somebody resolved it", said("resolved", NOW - HOUR, { openedAt: NOW - 900 }), "open"],
    ["somebody reopened it", said("", NOW - 60), "open"],
  ])("is right when %s", (_, standing, state) => {
    expect(stateOf(standing, NOW)).toBe(state);
  });

  it("says when it was resolved, by the rule or by a person", () => {
    expect(resolvedAt(seen, NOW)).toBeNull();
    expect(resolvedAt({ ...seen, endedAt: NOW - 60 }, NOW)).toBe(NOW - 60);
    expect(resolvedAt(said("resolved", NOW - 90), NOW)).toBe(NOW - 90);
  });
});
