import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { apiTokens, gaps, grants, userNames, users } from "@/db/schema/index.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { ctxOf, GPU_HOUR, NOW } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import { ROLES, type Role } from "@/lib/ctx.ts";
import { DAY, HOUR } from "@/lib/time.ts";
import { loadOperations } from "./operations.ts";

describe.each(engines)("the first page of administrators, on $name", (engine) => {
  let store: TestDb;
  beforeEach(async () => {
    if (!isAbsent(engine)) store = (await engine.open()) as TestDb;
  });
  afterEach(() => (isAbsent(engine) ? undefined : store.drop()));
  /** In the evening of the last October day that seedOctober meters. */
  const at = Date.UTC(2026, 9, 31, 20) / 1000;

  it.skipIf(isAbsent(engine))(
    "says of each day whether it is metered and covered, and what lacks a price or a team",
    async () => {
      const { db } = store;
      await seedOctober(db, false);
      const gap = { clusterId: "c1", source: "prometheus", subject: "", cause: "no data", attempts: 1 };
      await db.write((tx) =>
        tx.insert(gaps, [
          {
            ...gap,
            startAt: at - 2 * HOUR,
            endAt: at - HOUR,
            status: "open",
            firstSeenAt: at,
            nextRetryAt: at,
            healedAt: null,
          },
        ]),
      );
      const { clusters, holes, unassignedMicros, counts } = await loadOperations(ctxOf(db, at));
      expect(clusters.map((c) => c.days.map((d) => [d.day, d.metered, d.openGaps]))).toEqual([
        [
          [20261029, true, 0],
          [20261030, true, 0],
          [20261031, true, 1],
        ],
      ]);
      // Twelve held and twelve free hours on each of three days, without a price.
      expect(holes).toMatchObject([{ sku: "gpu", days: 3, quantity: 72 * GPU_HOUR }]);
      expect(unassignedMicros).toBe(0);
      expect(counts).toMatchObject({ openGaps: 1, proposals: 0 });
    },
  );

  it.skipIf(isAbsent(engine))("adds up what no rule assigns, and counts people, tokens and submitters", async () => {
    const { db } = store;
    await seedOctober(db);
    const person = { name: "", passwordHash: "", issuer: "", subject: "", createdAt: 0, createdBy: "x" };
    const token = {
      secretHash: "",
      userKey: 0,
      scopes: "read",
      teamKeys: "",
      createdAt: 0,
      createdBy: "x",
      lastUsedAt: null,
    };
    await db.write(async (tx) => {
      await tx.run(sql`update workloads set submitted_by = case key when 1 then 'ada' else 'bob' end`);
      await tx.insert(users, [
        { ...person, key: 5, email: "a@x", disabledAt: null, lastSeenAt: 1 },
        { ...person, key: 6, email: "b@x", disabledAt: null, lastSeenAt: null },
        { ...person, key: 7, email: "c@x", disabledAt: 1, lastSeenAt: null },
      ]);
      await tx.insert(userNames, [{ userKey: 5, name: "ada" }]);
      await tx.insert(grants, [
        { userKey: 5, role: "viewer", teamKey: 11, projectKey: 0, origin: "direct", grantedAt: 0, grantedBy: "x" },
      ]);
      await tx.insert(apiTokens, [
        { ...token, id: "a", name: "soon", expiresAt: at + DAY, revokedAt: null },
        { ...token, id: "b", name: "late", expiresAt: at + 90 * DAY, revokedAt: null },
        { ...token, id: "c", name: "gone", expiresAt: at + DAY, revokedAt: 1 },
      ]);
    });
    const page = await loadOperations(ctxOf(db, at));
    // Two hours a day at 2.5 on three days.
    expect(page.unassignedMicros).toBe(15_000_000);
    expect(page.unassigned).toMatchObject([{ micros: 15_000_000, gpuMilli: 6 * GPU_HOUR }]);
    expect(page.counts).toMatchObject({
      ...{ activePeople: 2, peopleWithoutRole: 1, neverSignedIn: 1, tokens: 2, tokensEnding: 1, unknownSubmitters: 1 },
    });
    expect(page.holes).toEqual([]);
  });
});

it.each(ROLES.filter((r) => r !== "admin"))("is not for the role %s", async (role: Role) => {
  const viewer = { kind: "person", id: "x", roles: [role], projects: "all", teams: "all" } as const;
  // Asked before anything is read: there is no store behind it.
  const ctx = { ...ctxOf(null as unknown as Db, NOW), viewer };
  await expect(loadOperations(ctx)).rejects.toMatchObject({ code: "forbidden" });
});
