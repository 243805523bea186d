import type { Db } from "@/db/client.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { ctxOf, GPU_HOUR, meterDay, seedInventory, seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { addDays } from "@/lib/time.ts";

/** 2026-11-10: the day of these tests; the ledger begins sixty days before. */
export const TODAY = 20261110;
export const DAYS = 60;
export const VISION = 11;
export const SPEECH = 12;

/** Vision manages itself, and sees nothing of others. */
export const manager: Viewer = {
  kind: "person",
  id: "manager@example.com",
  roles: ["manager"],
  projects: [],
  teams: [VISION],
  manages: [VISION],
};
export const asViewer = (ctx: Ctx, viewer: Viewer): Ctx => ({ ...ctx, viewer });

/**
 * Two teams whose GPU-hours cost one dollar: Vision about 100 of them a day, Speech 40. @param blindDay index of a day of which
 * nothing was observed.
 */
export async function seedSixtyDays(db: Db, blindDay?: number): Promise<void> {
  await seedInventory(db);
  await seedPrice(db, "H100", 1_000_000_000, 20260101);
  await seedTeam(db, VISION, "Vision", "vision");
  await seedTeam(db, SPEECH, "Speech", "speech");
  const row = (workloadKey: number, hours: number, isSeen: boolean) => ({
    ...{ hardwareKey: 1, workloadKey, activeMilli: hours * GPU_HOUR },
    observedMilli: isSeen ? hours * GPU_HOUR : 0,
  });
  for (let i = 0; i < DAYS; i++) {
    const isSeen = i !== blindDay;
    await meterDay(db, addDays(TODAY, i - DAYS), [row(1, 90 + ((i * 7) % 21), isSeen), row(3, 40, isSeen)]);
  }
  await chargeDue(ctxOf(db), { currency: "USD", billingTimeZone: "UTC" });
}
