import { afterEach, expect, it } from "vitest";
import { meterRules } from "@/db/schema/index.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { assertZone } from "./store.ts";
import { DEFAULT_RULES } from "./types.ts";

let store: TestDb | undefined;
afterEach(async () => store?.drop());

it("refuses to mix days of two zones, and says what to do", async () => {
  store = await sqliteFile();
  const { db } = store;
  await assertZone(db, "Europe/Berlin");
  const rules = JSON.stringify({ ...DEFAULT_RULES, billingTimeZone: "Asia/Kathmandu", bucketSeconds: 900 });
  await db.write((tx) => tx.insert(meterRules, [{ id: rules, rules, firstUsedAt: 1 }]));
  await assertZone(db, "Asia/Kathmandu");
  await expect(assertZone(db, "Europe/Berlin")).rejects.toThrow(/has days of Asia\/Kathmandu.*Set it back/);
});
