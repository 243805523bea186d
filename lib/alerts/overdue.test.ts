import { expect, it } from "vitest";
import { HOUR, MINUTE } from "@/lib/time.ts";
import { unevaluatedSince } from "./overdue.ts";

const NOW = 1_790_000_000;
const rule = (kind: string, ago: number | null, createdAgo = 10 * HOUR, isOff = false) => ({
  ...{ kind, checkedAt: ago === null ? null : NOW - ago, createdAt: NOW - createdAgo },
  disabledAt: isOff ? NOW - HOUR : null,
});

it.each([
  ["no rule", [], null],
  ["a rule that was just evaluated", [rule("sync-late", MINUTE)], null],
  ["a rule that was just added", [rule("sync-late", null, MINUTE)], null],
  ["one that is read every hour, within its hour", [rule("budget-status", 65 * MINUTE)], null],
  ["one that is read every hour, and was not", [rule("budget-status", 71 * MINUTE)], 71 * MINUTE],
  ["one is evaluated, the other fails", [rule("sync-late", MINUTE), rule("gap-open", 2 * HOUR)], null],
  ["none is evaluated: the last one says since when", [rule("sync-late", HOUR), rule("gap-open", 2 * HOUR)], HOUR],
  ["never evaluated since it was added", [rule("sync-late", null, HOUR)], HOUR],
  ["what is off is nobody's to evaluate", [rule("sync-late", 5 * HOUR, 10 * HOUR, true)], null],
] as const)("%s", (_, rules, ago) => {
  expect(unevaluatedSince(rules, NOW)).toBe(ago === null ? null : NOW - ago);
});
