import { expect, it } from "vitest";
import { openSqlite } from "@/db/sqlite.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { HOUR, MINUTE } from "@/lib/time.ts";
import { addRule, changeRule, type RuleInput, setRuleEnabled } from "./change-rule.ts";
import { evaluateRules } from "./evaluate.ts";
import { listVisibleRules } from "./list.ts";
import { unevaluatedSince } from "./overdue.ts";

const NOW = 1_790_000_000;
const rule = (kind: string, ago: number | null, createdAgo = 10 * HOUR, isOff = false, changedAgo = createdAgo) => ({
  ...{ kind, checkedAt: ago === null ? null : NOW - ago, createdAt: NOW - createdAgo, changedAt: NOW - changedAgo },
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
  ["a rule that was just changed, hours after it was added", [rule("sync-late", null, 10 * HOUR, false, MINUTE)], null],
  ["changed an hour ago and not evaluated since", [rule("sync-late", null, 10 * HOUR, false, HOUR)], HOUR],
  ["what is off is nobody's to evaluate", [rule("sync-late", 5 * HOUR, 10 * HOUR, true)], null],
] as const)("%s", (_, rules, ago) => {
  expect(unevaluatedSince(rules, NOW)).toBe(ago === null ? null : NOW - ago);
});

it("editing a rule, or switching it on, does not say that no rule is evaluated", async () => {
  let now = NOW;
  const db = await openSqlite(":memory:");
  const ctx: Ctx = { db, now: () => now, viewer: localViewer, log: silentLog, ledger: testLedger() };
  const since = async () => unevaluatedSince(await listVisibleRules(ctx), now);
  const late: RuleInput = { kind: "sync-late", severity: "warning", threshold: HOUR };
  const key = await addRule(ctx, late);
  now += 5 * HOUR;
  await evaluateRules(ctx, { url: "", signingSecret: null, fallback: [] });
  await changeRule(ctx, key, { ...late, threshold: 2 * HOUR });
  now += MINUTE;
  expect(await since()).toBeNull();
  await setRuleEnabled(ctx, key, false);
  now += 5 * HOUR;
  await setRuleEnabled(ctx, key, true);
  expect(await since()).toBeNull();
  now += HOUR;
  expect(await since()).toBe(NOW + 10 * HOUR + MINUTE);
  await db.close();
});
