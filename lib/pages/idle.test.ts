import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { charges, fleet, insightFindings } from "@/db/schema/index.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { zeroRow } from "@/lib/classes.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { loadIdleNow } from "./idle.ts";
import { ctxOf, fill, NOW } from "./testing.ts";

const finance: Viewer = {
  ...{ kind: "person", id: "fin", roles: ["finance"], projects: "all", teams: "all", workloads: [] },
};
const slot = { clusterId: "c1", node: "n2", hardwareKey: 1, gpu: "", gpuMemoryMib: null, asOfAt: NOW };

describe.each(engines)("idle now on $name", (engine) => {
  let store: TestDb;
  const now = (viewer?: Viewer, mine = false) => loadIdleNow(ctxOf(store.db, viewer), { cluster: undefined, mine });

  beforeAll(async () => {
    if (isAbsent(engine)) return;
    store = (await engine.open()) as TestDb;
    await fill(store.db);
    const charge = { hardwareKey: 1, sku: "gpu", priceClass: "standard", priceKey: 1, unitPriceNanos: 2_500_000_000 };
    const amounts = { quantity: 10_800_000, amountMicros: 7_500_000, observedMilli: 0, expectedMilli: 0 };
    await store.db.write(async (tx) => {
      await tx.run(sql`insert into teams (key, name, cost_centre, gl_account, owner, created_at)
        values (11, 'Vision', '', '', '', 0)`);
      await tx.insert(
        charges,
        [1, 2].map((key) => ({
          ...{ ...zeroRow(), ...charge, ...amounts, day: 20_260_310, workloadKey: key, projectKey: key },
          teamKey: key === 2 ? 11 : 1,
        })),
      );
      await tx.insert(fleet, [
        { ...slot, position: 3, class: "idle-held", workloadKey: 1, milli: 2000, utilisationCenti: 0, sinceAt: NOW },
      ]);
    });
  });
  afterAll(() => store?.drop());

  it.skipIf(isAbsent(engine))("is counted and priced whole for finance, who sees no workload one by one", async () => {
    const admin = await now();
    expect(admin).toMatchObject({ idleHourMicros: 7_500_000, withheld: false });
    expect(admin.now.map((r) => r.key)).toEqual([1, 2]);
    expect(await now(finance)).toEqual({ ...admin, now: [], withheld: true });
  });

  it.skipIf(isAbsent(engine))(
    "has the finding of its class, else that of some cards of many, with their rank",
    async () => {
      const rank = { kind: "rank", text: "Rank 5 of 8 does nothing.", value: 5, limit: 8, points: 0 };
      const finding = (key: number, rule: string, workloadKey: number, evidence: object[]) => ({
        ...{ key, id: `${rule}-${key}`, rule, ruleVersion: 1, settings: "{}", audience: "owner", clusterId: "c1" },
        ...{ subjectKind: "workload", subject: `w-${workloadKey}`, workloadKey, projectKey: workloadKey },
        ...{ openedAt: NOW - 900, sinceAt: NOW - 1800, lastSeenAt: NOW, endedAt: null, countedAt: NOW, points: 3 },
        ...{ episodes: JSON.stringify([[NOW - 900, null]]), severity: "warning", evidence: JSON.stringify(evidence) },
        ...{ nowMilli: 1000, hardwareKey: 1, clearCells: 0, clearAt: null, standing: "", standingAt: null },
        ...{ standingBy: "", standingReason: "", standingUntil: null },
      });
      const rows = async () => (await now()).now.map((r) => [r.key, r.finding?.id ?? null, r.rank]);
      await store.db.write((tx) =>
        tx.insert(insightFindings, [
          finding(1, "one-card-of-many", 1, [rank]),
          finding(2, "one-card-of-many", 2, []),
          finding(3, "hung", 2, [rank]),
        ]),
      );
      expect(await rows()).toEqual([
        [1, "one-card-of-many-1", "Rank 5 of 8 does nothing."],
        [2, "one-card-of-many-2", null],
      ]);
      await store.db.write((tx) => tx.insert(insightFindings, [finding(4, "idle-held", 1, [])]));
      expect((await rows())[0]).toEqual([1, "idle-held-4", null]);
      await store.db.write((tx) => tx.run(sql`delete from ${insightFindings}`));
      expect(await rows()).toEqual([
        [1, null, null],
        [2, null, null],
      ]);
    },
  );

  it.skipIf(isAbsent(engine))("names the command that frees the cards of workloads of Run:ai alone", async () => {
    const names = async () => (await now()).now.map((r) => r.commands.map((c) => c.command));
    await store.db.write(async (tx) => {
      await tx.run(sql`update clusters set source = 'other'`);
      await tx.run(sql`update workloads set type = 'Training' where key in (1, 2)`);
    });
    expect(await names()).toEqual([[], []]);
    await store.db.write((tx) => tx.run(sql`update clusters set source = 'runai'`));
    expect((await names())[0]).toEqual([
      "runai training suspend 'train 100%' -p 'project 1'",
      "runai workload delete -p 'project 1' --type training 'train 100%'",
    ]);
  });

  it.skipIf(isAbsent(engine))("names to finance who also manages a team what that team is charged", async () => {
    const both = await now({ ...finance, roles: ["finance", "manager"], manages: [11] });
    expect(both.now.map((r) => [r.key, r.team, r.hourMicros])).toEqual([[2, "Vision", 2_500_000]]);
    expect(both).toMatchObject({ withheld: true, idleHourMicros: 7_500_000 });
    const own = { ...finance, roles: ["finance", "engineer"], submitters: ["user1@example.org"] } as const;
    expect((await now(own, true)).now.map((r) => r.key)).toEqual([1]);
  });

  it.skipIf(isAbsent(engine))("has no cost where nothing idles, or where a part of it has no price", async () => {
    const nobody: Viewer = { kind: "person", id: "x", roles: ["engineer"], projects: [] };
    expect(await now(nobody)).toMatchObject({ now: [], idleHourMicros: null, withheld: false });
    await store.db.write((tx) => tx.run(sql`delete from charges where workload_key = 1`));
    expect(await now(finance)).toMatchObject({ idleHourMicros: null, withheld: true });
  });
});
