import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { charges, insightExceptions, insightFindings, insightLosses } from "@/db/schema/index.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { zeroRow } from "@/lib/classes.ts";
import { type Ctx, localViewer, type Viewer } from "@/lib/ctx.ts";
import { ctxOf, fill, NOW } from "@/lib/pages/testing.ts";
import { DAY, HOUR } from "@/lib/time.ts";
import {
  actableFindings,
  answerDispute,
  disputeFinding,
  mayActOn,
  reopenFinding,
  resolveFinding,
  snoozeFinding,
} from "./acts.ts";
import { countOpen, findFinding, listEvents, listFindings } from "./load.ts";

const TODAY = 20_260_310;
const row = (key: number, rule: string, workloadKey: number, change: object = {}) => ({
  ...{ key, id: `${rule}-${key}`, rule, ruleVersion: 1, settings: "{}", audience: "owner", clusterId: "c1" },
  ...{ subjectKind: "workload", subject: `w-${workloadKey}`, workloadKey, projectKey: workloadKey === 2 ? 2 : 1 },
  ...{ openedAt: NOW - 3 * HOUR, sinceAt: NOW - 4 * HOUR, lastSeenAt: NOW - 900, endedAt: null, countedAt: NOW },
  ...{ episodes: JSON.stringify([[NOW - 3 * HOUR, null]]), severity: "warning", points: 3, evidence: "[]" },
  ...{ nowMilli: 1000, hardwareKey: 1, clearCells: 0, clearAt: null, standing: "", standingAt: null },
  ...{ standingBy: "", standingReason: "", standingUntil: null, ...change },
});
const FINDINGS = [
  row(1, "idle-held", 1),
  row(2, "dead-idle", 2),
  row(3, "unallocated", 0, { subjectKind: "hardware", subject: "h100/H100", audience: "admin", projectKey: 0 }),
  row(4, "unusual-pattern", 1, { audience: "admin" }),
];

const person = (roles: Viewer["roles"], change: Partial<Viewer> = {}): Viewer => ({
  ...{ kind: "person", id: "ada@example.org", roles, projects: [], ...change },
});
const ada = person(["engineer"], { submitters: ["user1@example.org"] });

describe.each(engines)("findings on $name", (engine) => {
  let store: TestDb;
  const as = (viewer: Viewer, now = NOW): Ctx => ({ ...ctxOf(store.db, viewer), now: () => now });
  const ids = async (viewer: Viewer) => (await listFindings(as(viewer))).map((f) => f.id).sort();

  beforeAll(async () => {
    if (isAbsent(engine)) return;
    store = (await engine.open()) as TestDb;
    await fill(store.db);
    await store.db.write(async (tx) => {
      await tx.insert(insightFindings, FINDINGS);
      await tx.insert(insightLosses, [{ findingKey: 2, day: TODAY, hardwareKey: 1, milli: 7_200_000 }]);
      await tx.run(sql`insert into teams (key, name, cost_centre, gl_account, owner, created_at)
        values (11, 'Vision', '', '', '', 0)`);
      await tx.insert(charges, [
        {
          ...zeroRow(),
          ...{ day: TODAY, hardwareKey: 1, workloadKey: 2, sku: "gpu", priceClass: "standard", priceKey: 1 },
          ...{ unitPriceNanos: 2_500_000_000, teamKey: 11, projectKey: 2, quantity: 10_800_000 },
          ...{ amountMicros: 7_500_000, observedMilli: 0, expectedMilli: 0 },
        },
      ]);
    });
  });
  afterAll(() => store?.drop());

  it.skipIf(isAbsent(engine))("are seen by the people whom they concern", async () => {
    expect(await ids(localViewer)).toEqual(["dead-idle-2", "idle-held-1", "unallocated-3", "unusual-pattern-4"]);
    expect(await ids(person(["finance"], { projects: "all" }))).toEqual(["dead-idle-2", "idle-held-1"]);
    expect(await ids(ada)).toEqual(["idle-held-1"]);
    expect(await ids(person(["manager"], { manages: [11] }))).toEqual(["dead-idle-2"]);
    expect(await ids(person(["engineer"], { projects: ["c1/p-2"] }))).toEqual(["dead-idle-2"]);
    expect(await countOpen(as(ada))).toEqual({ idle: 1 });
  });

  it.skipIf(isAbsent(engine))("cost what their workload was charged, and no more", async () => {
    const found = await findFinding(as(localViewer), "dead-idle-2");
    // Two of three GPU-hours of $7.50.
    expect(found).toMatchObject({ lostMilli: 7_200_000, costMicros: 5_000_000, hourMicros: 2_500_000, team: "Vision" });
    expect(await findFinding(as(localViewer), "idle-held-1")).toMatchObject({ lostMilli: 0, costMicros: null });
  });

  it.skipIf(isAbsent(engine))("are snoozed with a reason until a day, and come back by themselves", async () => {
    const until = NOW + 2 * DAY;
    const snooze = (viewer: Viewer, finding: string, at = until, reason = "waits for data") =>
      snoozeFinding(as(viewer), { finding, reason, until: at });
    await expect(snooze(ada, "dead-idle-2")).rejects.toMatchObject({ code: "not_found" });
    await expect(snooze(person(["viewer"]), "idle-held-1")).rejects.toMatchObject({ code: "forbidden" });
    expect(await mayActOn(as(person(["viewer"])), "idle-held-1")).toBe(false);
    expect(await mayActOn(as(ada), "idle-held-1")).toBe(true);
    // The manager of one team who reads another acts for the first alone.
    const both = (manages: number, reads: number) =>
      person(["manager", "viewer"], {
        manages: [11, 12],
        teams: [11, 12],
        grants: [
          { role: "manager", teamKey: manages, projectKey: 0 },
          { role: "viewer", teamKey: reads, projectKey: 0 },
        ],
      });
    expect(await mayActOn(as(both(12, 11)), "dead-idle-2")).toBe(false);
    await expect(snooze(both(12, 11), "dead-idle-2")).rejects.toMatchObject({ code: "forbidden" });
    expect(await mayActOn(as(both(11, 12)), "dead-idle-2")).toBe(true);
    const actable = async (viewer: Viewer) => [
      ...(await actableFindings(as(viewer), await listFindings(as(viewer), { live: true }))),
    ];
    expect((await listFindings(as(both(12, 11)))).map((f) => f.id)).toContain("dead-idle-2");
    expect(await actable(both(12, 11))).toEqual([]);
    expect(await actable(both(11, 12))).toEqual(["dead-idle-2"]);
    expect(await actable(person(["viewer"], { projects: "all" }))).toEqual([]);
    expect(await actable(ada)).toEqual(["idle-held-1"]);
    await expect(snooze(ada, "idle-held-1", NOW)).rejects.toThrow("future");
    await expect(snooze(ada, "idle-held-1", until, " ")).rejects.toMatchObject({ code: "invalid" });
    await snooze(ada, "idle-held-1");
    expect((await findFinding(as(ada), "idle-held-1"))?.state).toBe("snoozed");
    expect((await findFinding(as(ada, until - 1), "idle-held-1"))?.state).toBe("snoozed");
    expect((await findFinding(as(ada, until), "idle-held-1"))?.state).toBe("open");
    const [act] = await listActs(store.db, 1, "finding/idle-held-1");
    expect(act).toMatchObject({ action: "findings.act", actorId: "ada@example.org", reason: "waits for data" });
    expect(await listEvents(store.db, { key: 1, id: "idle-held-1" })).toMatchObject([
      { kind: "snoozed", until, by: "ada@example.org" },
    ]);
    await store.db.write(async (tx) => {
      await tx.run(sql`insert into alert_rules (key, kind, name, team_key, threshold, hold_seconds, severity, quiet_from,
        quiet_until, repeat_seconds, escalate_seconds, people, muted_reason, created_at, created_by, error)
        values (9, 'finding-open', 'f', 0, 0, 0, 'warning', 0, 0, 0, 0, 0, '', 0, '', '')`);
      await tx.run(sql`insert into alert_events (id, rule_key, subject, open_key, team_key, severity, state, level, title,
        detail, started_at, sequence, step, acknowledged_by)
        values ('e9', 9, 'idle-held-1', '', 0, 'warning', 'firing', 0, '', '{}', 0, 1, 0, '')`);
      for (const [sequence, state] of [
        [1, "sent"],
        [2, "dead"],
      ] as const)
        await tx.run(sql`insert into alert_deliveries (event_id, sequence, change, channel_key, target, order_key, message_id,
          message, state, attempts, next_attempt_at, lease_until, fence, status, error, created_at, finished_at)
          values ('e9', ${sequence}, 'trigger', 0, 'ada@example.org', '', '', '{}', ${state}, 1, 0, 0, 1, 250, '', 5, ${NOW - HOUR})`);
    });
    const notice = { at: NOW - HOUR, kind: "sent", by: "email", reason: "first message", until: null, verdict: "" };
    expect((await listEvents(store.db, { key: 1, id: "idle-held-1" })).filter((e) => e.kind === "sent")).toEqual([
      notice,
    ]);
    expect(await listEvents(store.db, { key: 2, id: "dead-idle-2" })).toEqual([]);
    await reopenFinding(as(ada), { finding: "idle-held-1", reason: "came sooner" });
    expect((await findFinding(as(ada), "idle-held-1"))?.state).toBe("open");
  });

  it.skipIf(isAbsent(engine))("are disputed, answered, and then left alone until the exception ends", async () => {
    await disputeFinding(as(ada), { finding: "idle-held-1", reason: "a warm cache", verdict: "expected" });
    const answer = (viewer: Viewer, until: number | null) =>
      answerDispute(as(viewer), { finding: "idle-held-1", reason: "agreed", accept: true, until });
    await expect(answer(ada, NOW + DAY)).rejects.toMatchObject({ code: "forbidden" });
    await expect(answer(localViewer, null)).rejects.toThrow("Choose the day");
    await answer(localViewer, NOW + 30 * DAY);
    expect((await findFinding(as(ada), "idle-held-1"))?.state).toBe("resolved");
    expect(
      await store.db.all(sql`select rule as "rule", kind as "kind", pattern as "pattern" from ${insightExceptions}`),
    ).toEqual([{ rule: "idle-held", kind: "workload", pattern: "w-1" }]);
    await expect(answer(localViewer, NOW + DAY)).rejects.toMatchObject({ code: "conflict" });
  });

  it.skipIf(isAbsent(engine))(
    "about hardware are excepted by their hardware; of two answers at once, one counts",
    async () => {
      const finding = "unallocated-3";
      await disputeFinding(as(localViewer), { finding, reason: "kept for a demonstration", verdict: "expected" });
      const answer = (reason: string) =>
        answerDispute(as(localViewer), { finding, reason, accept: true, until: NOW + DAY });
      const answers = await Promise.allSettled([answer("first"), answer("second")]);
      expect(answers.map((a) => a.status).sort()).toEqual(["fulfilled", "rejected"]);
      const [refused] = answers.flatMap((a) => (a.status === "rejected" ? [a.reason] : []));
      expect(refused).toMatchObject({ code: "conflict" });
      expect(
        await store.db.all(sql`select rule as "rule", kind as "kind", pattern as "pattern" from ${insightExceptions}
        where kind <> 'workload'`),
      ).toEqual([{ rule: "unallocated", kind: "hardware", pattern: "c1/h100/H100" }]);
    },
  );

  it.skipIf(isAbsent(engine))("are resolved by a person, and open again while they are still seen", async () => {
    await resolveFinding(as(localViewer), { finding: "dead-idle-2", reason: "stopped" });
    expect(await findFinding(as(localViewer), "dead-idle-2")).toMatchObject({ state: "resolved", resolvedAt: NOW });
    await store.db.write((tx) =>
      tx.run(sql`update ${insightFindings} set last_seen_at = ${NOW + 2 * HOUR} where id = 'dead-idle-2'`),
    );
    expect((await findFinding(as(localViewer, NOW + 2 * HOUR), "dead-idle-2"))?.state).toBe("open");
  });
});
