import { expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { sqliteFile } from "@/db/testing.ts";
import { ctxOf, meterDay, seedInventory, seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import { charge, free, held } from "@/lib/closing/testing-close.ts";
import { loadCost } from "./cost.ts";
import { loadTeamHome } from "./home/team-home.ts";
import { loadSpend } from "./spend.ts";
import { loadTeamProjects } from "./teams.ts";
import { loadUsers } from "./users.ts";

/** Five days of 300 hours at the largest price: one workload, one team and one user cost more than one figure holds. */
const DAYS = [20261005, 20261006, 20261007, 20261008, 20261009];
const OCTOBER = { from: 20261001, until: 20261101 };

it("pages show a team, a user and a workload that cost more than nine billion", async () => {
  const store = await sqliteFile();
  try {
    const { db } = store;
    await seedInventory(db);
    await seedTeam(db, 11, "Vision", "vision");
    await seedPrice(db, "H100", Number.MAX_SAFE_INTEGER, 20260101);
    for (const day of DAYS) await meterDay(db, day, [held(1, 300), free(300)]);
    await charge(db);
    const ctx = ctxOf(db);
    const row = await db.find<{
      micros: string;
      project: number;
    }>(sql`select cast(sum(amount_micros) as text) as micros,
      min(project_key) as project from charges where team_key = 11`);
    const truth = BigInt(row?.micros ?? 0);
    expect(truth).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
    // A page rounds to the minor unit: its numbers may be off by less than a hundredth of it.
    const isShown = (micros: number | undefined) => Math.abs(Number(BigInt(micros ?? 0) - truth)) < 100;

    const spend = await loadSpend(ctx, { days: OCTOBER, today: 20261110, grain: "month" });
    expect(spend.teams.find((t) => t.key === 11)?.exact.micros).toBe(truth);
    expect(isShown((await loadTeamProjects(ctx, 11, OCTOBER))[0]?.amountMicros)).toBe(true);
    const home = await loadTeamHome(ctx, 11, OCTOBER);
    expect(home.users.map((u) => isShown(u.micros))).toEqual([true]);
    expect(home.workloads.map((w) => isShown(w.micros))).toEqual([true]);
    expect((await loadUsers(ctx, OCTOBER, 20261110)).some((u) => isShown(u.micros))).toBe(true);
    const period = { start: 0, end: 1, label: "", days: OCTOBER };
    const cost = await loadCost(ctx, period as never, { workload: 1 });
    expect(isShown(cost?.micros)).toBe(true);
  } finally {
    await store.drop();
  }
});
