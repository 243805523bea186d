import { describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { pods, teamRules } from "@/db/schema/index.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import { saveLabels } from "@/lib/sync/facts/label-store.ts";
import { dayOfKey } from "@/lib/time.ts";
import { forgetCharged } from "./due-store.ts";
import { chargeDue } from "./run.ts";
import { ctxOf, seedTeam } from "./testing-ledger.ts";

describe("a label that is changed while its workload runs", () => {
  it.each(["UTC", "America/Los_Angeles", "Asia/Tokyo"])(
    "in %s moves the days from then on to another team, and leaves those before where they were, also charged again",
    async (zone) => {
      const db = await openSqlite(":memory:");
      try {
        await seedOctober(db);
        await seedTeam(db, 12, "Search", "nothing");
        await db.write(async (tx) => {
          const place = { node: "", nodePool: "", phase: "", createdAt: 0, endedAt: 10, lastSeenAt: 0 };
          await tx.insert(pods, [{ clusterId: "c1", id: "pod-1", name: "pod-1", workloadKey: 1, ...place }]);
          const rule = { position: 1, kind: "label", label: "team", pattern: "search", clusterId: "", teamKey: 12 };
          await tx.insert(teamRules, [{ ...rule, id: "by-label", fromDay: 20200101, createdBy: "seed", createdAt: 0 }]);
          const labelled = (team: string) => [{ clusterId: "c1", podId: "pod-1", labels: { team } }];
          // The newest window is read first, as a backfill does.
          await saveLabels(tx, labelled("search"), dayOfKey(20261031, zone).start + 3600, zone);
          await saveLabels(tx, labelled("vision"), dayOfKey(20261030, zone).end - 60, zone);
          await forgetCharged(tx, 20200101);
        });
        await chargeDue(ctxOf(db), { currency: "USD", billingTimeZone: zone });
        const days = await db.all(
          sql`select day, team_key as team from charges where workload_key = 1 and sku = 'gpu' order by day`,
        );
        expect(days).toEqual([
          { day: 20261029, team: 11 },
          { day: 20261030, team: 11 },
          { day: 20261031, team: 12 },
          { day: 20261101, team: 12 },
        ]);
      } finally {
        await db.close();
      }
    },
  );
});
