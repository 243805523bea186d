import { afterAll, beforeAll, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { addUser } from "@/lib/auth/users.ts";
import { loadViewer } from "@/lib/auth/viewer-load.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY } from "@/lib/time.ts";
import type { AlertEvent } from "./advance.ts";
import { addRule } from "./change-rule.ts";
import { CHANNELS } from "./channels/index.ts";
import { saveEvents } from "./event-store.ts";
import { messageOf } from "./message.ts";
import { previewMessages, seenBy } from "./preview.ts";
import { RULE_KINDS } from "./rules/index.ts";
import { testMessage } from "./testing-message.ts";
import { changeWord, headline } from "./types.ts";

const NOW = Date.UTC(2026, 10, 10, 12) / 1000;
const VISION = 11;
let db: Db;
let ctx: Ctx;
let boss: Ctx;

beforeAll(async () => {
  db = await openSqlite(":memory:");
  ctx = { db, now: () => NOW, viewer: localViewer, log: silentLog, ledger: testLedger() };
  await db.write((tx) =>
    tx.run(sql`insert into teams (key, name, cost_centre, gl_account, owner, created_at)
      values (11, 'Vision', '', '', '', 1), (12, 'Speech', '', '', '', 1)`),
  );
  const { key } = await addUser(ctx, { email: "boss@example.com", grants: [{ role: "manager", teamKey: VISION }] });
  boss = { ...ctx, viewer: (await loadViewer(db, key)) as Ctx["viewer"] };
});
afterAll(() => db.close());

it.each(RULE_KINDS)("a rule of the kind $kind is shown before it is added, in its templates", async (kind) => {
  const rule = {
    ...{ kind: kind.kind, severity: kind.severity, threshold: kind.threshold?.usual ?? 0 },
    teamKey: kind.scope === "ledger" ? 0 : VISION,
  };
  const [usual, over] = await previewMessages(ctx, rule, "https://ledger.example");
  expect([usual?.change, over?.change]).toEqual(["trigger", kind.once ? undefined : "resolve"]);
  expect([usual?.title, usual?.summary, usual?.link.startsWith("https://ledger.example/")]).toEqual([
    expect.stringMatching(/\S/),
    expect.stringMatching(/\S/),
    true,
  ]);
  const label = usual?.facts[0]?.label;
  const words = { titleTemplate: `GPU {team}: {title}, {change}`, summaryTemplate: `{fact ${label}}` };
  const own = await previewMessages(ctx, rule, "", words);
  const team = rule.teamKey ? "Vision" : "";
  expect(own.map((m) => [m.title, m.summary])).toEqual(
    (kind.once ? ["trigger"] : ["trigger", "resolve"]).map((change) => [
      `GPU ${team}: ${usual?.title}, ${change}`,
      usual?.facts[0]?.value,
    ]),
  );
});

it("only for who may add it, and by field where it cannot be added or its template is wrong", async () => {
  const rule = { kind: "daily-cost", severity: "warning", threshold: 1e9 } as const;
  await expect(previewMessages(boss, { ...rule, teamKey: 12 }, "")).rejects.toMatchObject({ code: "not_found" });
  await expect(previewMessages(boss, { ...rule, teamKey: 0 }, "")).rejects.toMatchObject({ code: "forbidden" });
  expect(await previewMessages(boss, { ...rule, teamKey: VISION }, "")).toHaveLength(1);
  await expect(
    previewMessages(boss, { ...rule, teamKey: VISION }, "", { titleTemplate: "{titel}" }),
  ).rejects.toMatchObject({ fields: { titleTemplate: expect.stringContaining("{titel}") } });
});

it("a newest alert whose time is over is shown as it began and as it ended, and ended is not resolved", async () => {
  const ruleKey = await addRule(ctx, { kind: "budget-status", severity: "warning", teamKey: VISION });
  const ended = "The period of a budget is over";
  const event: AlertEvent = {
    ...{ id: "e", ruleKey, subject: "s", teamKey: VISION, severity: "warning", state: "resolved", level: 1 },
    title: "Vision passed its budget",
    detail: { summary: "$9 of $8.", facts: [], link: "/budgets", owners: [], chart: null, limit: null, ended },
    ...{ startedAt: NOW - DAY, firedAt: NOW - DAY, resolvedAt: NOW, sequence: 2, notifiedAt: NOW, step: 0 },
    ...{ acknowledgedAt: null, acknowledgedBy: "" },
  };
  await db.write((tx) => saveEvents(tx, [event]));
  const shown = await previewMessages(boss, { key: ruleKey }, "");
  expect(shown.map(headline)).toEqual(["[Warning] Vision passed its budget", `[Ended] ${ended}`]);
  const rule = { ...{ key: ruleKey, kind: "budget-status", name: "Budgets" }, titleTemplate: "", summaryTemplate: "" };
  const sent = messageOf({ event, change: "resolve", notBefore: 0 }, NOW, { rule, team: "Vision", url: "" });
  expect([headline(sent), changeWord(sent)]).toEqual([`[Ended] ${ended}`, "Ended"]);
  const well = { ...event, detail: { ...event.detail, ended: "" } };
  const resolved = messageOf({ event: well, change: "resolve", notBefore: 0 }, NOW, { rule, team: "Vision", url: "" });
  expect([headline(resolved), changeWord(resolved)]).toEqual(["[Resolved] Vision passed its budget", "Resolved"]);
});

it("what each channel is said to show is what is sent there", () => {
  const EXAMPLES: Record<string, object> = {
    email: { to: "gpu@example.com" },
    "slack-bot": { channel: "C0123456789" },
    alertmanager: { urls: "http://am:9093" },
  };
  for (const change of ["trigger", "resolve"] as const) {
    const message = testMessage({ change, resolvedAt: change === "resolve" ? NOW : null });
    for (const [i, { channel, seen }] of seenBy(message).entries()) {
      const kind = CHANNELS[i] as (typeof CHANNELS)[number];
      // Teams takes brackets for Markdown, so they are escaped.
      const sent = kind.preview(message, kind.settings.parse(EXAMPLES[kind.kind] ?? {})).replaceAll("\\", "");
      expect([channel, seen === null]).toEqual([kind.title, change === "resolve" && kind.kind === "pagerduty"]);
      if (seen) expect([sent.includes(seen.title), sent.includes(seen.text)]).toEqual([true, true]);
      if (!seen) expect(sent).not.toContain(message.title);
    }
  }
});
