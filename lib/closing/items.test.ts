import { describe, expect, it } from "vitest";
import { PLATFORM_TEAM, UNASSIGNED_TEAM } from "@/lib/attribution/types.ts";
import { statementOf, usageLine } from "@/lib/exports/testing-statement.ts";
import { listPeriods, type PeriodView } from "@/lib/periods/period.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { overrideWords } from "@/lib/statements/words.ts";
import { blocking, type OpenItem, openItems, type PeriodFacts } from "./items.ts";

const instant = (text: string) => Date.parse(text) / 1000;
/** October 2026 in UTC ends here; its five grace days end there. */
const END = instant("2026-11-01T00:00:00Z");
const GRACE_END = instant("2026-11-06T00:00:00Z");
const AFTER = instant("2026-12-24T00:00:00Z");

const view = (now: number, graceDays = 5): PeriodView => {
  const calendar = { kind: "month" as const, fiscalYearStart: 1, zone: "UTC" };
  return listPeriods({ calendar, graceDays, closes: [], firstDay: 20261001, today: 20261031, now })[0] as PeriodView;
};
const team = (key: number, name: string, costCentre = "CC-1", glAccount = "6410") => ({
  ...{ key, name, costCentre, glAccount, owner: "" },
});
const statement = (of: ReturnType<typeof team>, hours = 1): Statement =>
  statementOf({ lines: hours ? [usageLine(hours * 3_600_000, 2_500_000_000)] : [], header: { team: of } });
const NONE = { count: 0, seconds: 0 };
const settled: Omit<PeriodFacts, "view" | "now"> = {
  before: [],
  dueDays: 0,
  missingDays: [],
  uncorrectedDays: 0,
  dueBuckets: 0,
  openGaps: NONE,
  knownGaps: NONE,
  unpriced: [],
  overlap: [],
  notMetered: 0,
  disputes: [],
  statements: [statement(team(12, "Vision"))],
};
const items = (given: Partial<PeriodFacts> = {}, now = AFTER): OpenItem[] =>
  openItems({ ...settled, view: view(now), now, ...given });
const keys = (given: Partial<PeriodFacts> = {}, now = AFTER) => items(given, now).map((i) => [i.key, i.weight]);

describe("the edges of a period", () => {
  it.each([
    // Its end, and that of its grace days: one second before, the second itself, one second after.
    [END - 1, "open", [["running", "must"]]],
    [END, "draft", [["grace", "may"]]],
    [END + 1, "draft", [["grace", "may"]]],
    [GRACE_END - 1, "draft", [["grace", "may"]]],
    [GRACE_END, "draft", []],
    [GRACE_END + 1, "draft", []],
  ])("at %d it is %s, and what is to settle is %j", (now, state, open) => {
    expect(view(now).state).toBe(state);
    expect(keys({}, now)).toEqual(open);
  });

  it("without grace days can be closed from its end on", () => {
    const now = END;
    expect(keys({ view: view(now, 0) }, now)).toEqual([]);
    expect(keys({ view: view(now - 1, 0) }, now - 1)).toEqual([["running", "must"]]);
  });

  it("are named with their instants", () => {
    expect(items({}, END - 1)[0]).toMatchObject({ detail: expect.stringContaining("2026-11-01T00:00:00Z") });
    expect(items({}, END)[0]).toMatchObject({ detail: expect.stringContaining("2026-11-06T00:00:00Z") });
  });
});

describe("what is to settle", () => {
  const cases: [string, Partial<PeriodFacts>, Omit<OpenItem, "title" | "detail">, RegExp][] = [
    [
      "earlier periods",
      { before: ["2026-08", "2026-09"] },
      { key: "previous", weight: "must", href: "/statements/close?of=2026-08" },
      /earlier.*\n.*2026-08, 2026-09/i,
    ],
    ["a day not charged", { dueDays: 1 }, { key: "uncharged", weight: "must", href: "/sync" }, /\b1 day .*\n.*charge/],
    ["days not charged", { dueDays: 2 }, { key: "uncharged", weight: "must", href: "/sync" }, /\b2 days /],
    ["a closed day", { uncorrectedDays: 1 }, { key: "uncorrected", weight: "must", href: "/sync" }, /\b1 closed day /],
    [
      "closed days",
      { uncorrectedDays: 3 },
      { key: "uncorrected", weight: "must", href: "/sync" },
      /3 closed days .*\n.*/,
    ],
    [
      "days never metered",
      { missingDays: [20261003, 20261004, 20261009] },
      { key: "missing-days", weight: "may", href: "/sync?backfillFrom=2026-10-03&backfillTo=2026-10-09" },
      /\b3 days .*\n.*2026-10-03 .*2026-10-09/,
    ],
    ["buckets", { dueBuckets: 1 }, { key: "due-buckets", weight: "may", href: "/sync" }, /\b1 bucket .*\n.*meter/],
    [
      "gaps that a source may fill",
      { openGaps: { count: 2, seconds: 3600 } },
      { key: "gaps", weight: "may", href: "/sync?status=open" },
      /\b2 open gaps\n.*1 h/,
    ],
    [
      "GPUs without a price",
      { unpriced: [{ what: "NVIDIA-L4", sku: "gpu", quantity: 5_400_000 }] },
      { key: "unpriced:NVIDIA-L4", weight: "may", href: "/prices" },
      /NVIDIA-L4\n1\.50 GPU-hours/,
    ],
    [
      "CPU without a price",
      { unpriced: [{ what: "cpu", sku: "cpu", quantity: 3_600_000 }] },
      { key: "unpriced:cpu", weight: "may", href: "/prices" },
      /cpu\n1\.00 core-hours/,
    ],
    [
      "memory without a price",
      { unpriced: [{ what: "memory", sku: "memory", quantity: 3_686_400 }] },
      { key: "unpriced:memory", weight: "may", href: "/prices" },
      /memory\n1\.00 GiB-hours/,
    ],
    [
      "more held than there is",
      { overlap: [{ cluster: "east", gpuModel: "NVIDIA-L4", milli: 7_200_000 }] },
      { key: "overlap:east/NVIDIA-L4", weight: "may", href: "/reports/capacity" },
      /NVIDIA-L4 on east\n2\.00 GPU-hours/,
    ],
    [
      "buckets whose samples are gone",
      { notMetered: 4 },
      { key: "not-metered", weight: "may", href: "/sync" },
      /\b4 buckets .*\n.+/,
    ],
    [
      "a dispute",
      { disputes: [{ team: "Vision", teamKey: 12, count: 2 }] },
      { key: "dispute:Vision", weight: "may", href: "/statements/2026-10/12#reviews" },
      /Vision .*\b2 lines\n.+/,
    ],
    [
      "gaps that nobody can fill",
      { knownGaps: { count: 1, seconds: 7200 } },
      { key: "known-gaps", weight: "warn", href: "/sync?status=known" },
      /\b1 gap .*\n.*2 h/,
    ],
    [
      "no statement at all",
      { statements: [] },
      { key: "empty", weight: "warn", href: "/statements?of=2026-10" },
      /charged\n.+/,
    ],
  ];
  it.each(cases)("%s", (_, given, item, words) => {
    const found = items(given);
    expect(found).toMatchObject([item]);
    expect(`${found[0]?.title}\n${found[0]?.detail}`).toMatch(words);
  });

  it("is nothing in a period that is settled, and everything in order otherwise", () => {
    expect(items()).toEqual([]);
    const all = Object.assign({}, ...cases.map(([, given]) => given)) as Partial<PeriodFacts>;
    expect(keys({ ...all, statements: [] }).map(([key]) => key)).toEqual([
      ...["previous", "uncharged", "uncorrected"],
      ...["missing-days", "due-buckets", "gaps", "unpriced:memory", "overlap:east/NVIDIA-L4", "not-metered"],
      ...["dispute:Vision", "known-gaps", "empty"],
    ]);
  });
});

describe("warnings about statements", () => {
  const unassigned = team(UNASSIGNED_TEAM, "Unassigned");
  it("Unassigned has an amount: it says how much, to the cent", () => {
    const found = items({ statements: [statement(unassigned, 3)] });
    expect(found).toMatchObject([{ key: "unassigned", weight: "warn", href: "/teams" }]);
    expect(found[0]?.detail).toContain("7.50 USD");
    expect(found[0]?.title).toMatch(/\w/);
    expect(keys({ statements: [statement(unassigned, 0)] })).toEqual([]);
  });

  it.each([
    ["", "", 1],
    ["CC-1", "", 1],
    ["", "6410", 1],
    ["CC-1", "6410", 0],
  ])("cost centre %j and account %j: %d team lacks one", (costCentre, glAccount, count) => {
    const found = items({ statements: [statement(team(12, "Vision", costCentre, glAccount))] });
    expect(found.map((i) => [i.key, i.weight, i.href])).toEqual(count ? [["accounts", "warn", "/teams"]] : []);
    if (count) expect(`${found[0]?.title} ${found[0]?.detail}`).toMatch(/^1 team .*Vision/);
  });

  it("who pays nothing needs no account, nor does the platform; several are counted and named", () => {
    const bare = (key: number, name: string, hours = 1) => statement(team(key, name, "", ""), hours);
    expect(keys({ statements: [bare(12, "Vision", 0), bare(PLATFORM_TEAM, "Platform")] })).toEqual([]);
    const found = items({ statements: [bare(12, "Vision"), bare(13, "Speech"), bare(14, "Robots", 0)] });
    expect(found[0]?.title).toMatch(/^2 teams /);
    expect(found[0]?.detail).toMatch(/^Vision, Speech\b(?!.*Robots)/);
  });
});

describe("what still blocks a close", () => {
  const item = (key: string, weight: OpenItem["weight"]): OpenItem => ({
    key,
    weight,
    title: "",
    detail: "",
    href: "",
  });
  const all = [item("running", "must"), item("gaps", "may"), item("grace", "may"), item("accounts", "warn")];
  it.each([
    ["nothing passed", [], ["running", "gaps", "grace"]],
    ["one passed", ["gaps"], ["running", "grace"]],
    ["a must cannot be passed", ["running", "gaps", "grace"], ["running"]],
    ["another name passes nothing", ["gap", "accounts"], ["running", "gaps", "grace"]],
  ])("%s", (_, passed, left) => {
    expect(
      blocking(
        all,
        passed.map((name) => ({ item: name })),
      ).map((i) => i.key),
    ).toEqual(left);
  });
});

it("names every item that can be overridden, also where an earlier version froze its key alone", () => {
  const some = { count: 2, seconds: 3600 };
  const open = items(
    {
      ...{ missingDays: [20261003, 20261005], dueBuckets: 3, openGaps: some, notMetered: 1 },
      unpriced: [{ what: "NVIDIA-A100", sku: "gpu", quantity: 3_600_000 }],
      overlap: [{ cluster: "east", gpuModel: "NVIDIA-H100", milli: 3_600_000 }],
      disputes: [{ team: "Vision", teamKey: 12, count: 1 }],
    },
    END,
  ).filter((i) => i.weight === "may");
  expect(open).toHaveLength(8);
  const words = open.map(({ key, title, detail }) => {
    expect(overrideWords({ item: key, title, detail, reason: "a test", by: "ada" })).toEqual({ title, detail });
    return overrideWords({ item: key, reason: "a test", by: "ada" });
  });
  expect(words.map((w) => w.title)).toEqual([
    "Late data may still come",
    "Days never metered",
    "Buckets to meter",
    "Open gaps",
    "No price for NVIDIA-A100",
    "More held than there is: east/NVIDIA-H100",
    "Buckets that could not be metered again",
    "Vision disputes a line",
  ]);
  expect(words.every((w) => w.detail === "")).toBe(true);
});
