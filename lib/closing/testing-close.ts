import type { Db } from "@/db/client.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { ctxOf, GPU_HOUR, meterDay, NOW, seedInventory, seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import type { CloseSettings } from "@/lib/periods/settings.ts";
import { correctDue } from "@/lib/statements/correct-run.ts";

export const SETTINGS: CloseSettings = {
  calendar: { kind: "month", fiscalYearStart: 1, zone: "UTC" },
  graceDays: 5,
  currency: "USD",
  issuer: "Acme GPU Platform",
  contact: "gpu@acme.example",
};
export const MONEY = { currency: "USD", billingTimeZone: "UTC" };

export const held = (workloadKey: number, hours: number, idle = 0) => ({
  hardwareKey: 1,
  workloadKey,
  activeMilli: (hours - idle) * GPU_HOUR,
  deadIdleMilli: idle * GPU_HOUR,
  observedMilli: hours * GPU_HOUR,
});
export const free = (hours: number) => ({ hardwareKey: 1, workloadKey: 0, unallocatedMilli: hours * GPU_HOUR });

/** Charges what is due and looks at what changed in closed periods, as a sync does. */
export async function charge(db: Db, now = NOW): Promise<void> {
  await chargeDue(ctxOf(db, now), MONEY);
  await correctDue(ctxOf(db, now), MONEY);
}

/** The last three days of October and the first of November 2026, charged: Vision (11) and Unassigned, H100 at 2.5. */
export async function seedOctober(db: Db, price = true): Promise<void> {
  await seedInventory(db);
  await seedTeam(db, 11, "Vision", "vision");
  if (price) await seedPrice(db, "H100", 2_500_000_000, 20260101);
  for (const day of [20261029, 20261030, 20261031]) await meterDay(db, day, [held(1, 10, 2), held(3, 2), free(12)]);
  await meterDay(db, 20261101, [held(1, 24)]);
  await charge(db);
}
