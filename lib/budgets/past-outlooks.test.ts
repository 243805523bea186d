import { expect, it } from "vitest";
import { sqliteFile } from "@/db/testing.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { addDays } from "@/lib/time.ts";
import { setBudget } from "./changes.ts";
import { loadPastOutlooks } from "./outlooks.ts";
import { SPEECH, seedSixtyDays, TODAY, VISION } from "./testing-ledger.ts";

it("gives way to others while it looks back at many scopes, and is what it is for each alone", async () => {
  const { db, drop } = await sqliteFile();
  const ctx = ctxOf(db);
  await seedSixtyDays(db);
  const scopes = [VISION, SPEECH].map((key) => ({ kind: "team" as const, value: String(key) }));
  for (const scope of scopes)
    await setBudget(ctx, { scope, fromDay: 20260901, span: "month", amountMicros: 3_000_000_000 });
  const days = { from: addDays(TODAY, -50), until: TODAY };
  let [turns, done] = [0, false];
  const others = () => {
    turns++;
    if (!done) setImmediate(others);
  };
  setImmediate(others);
  const begun = performance.now();
  const many = await loadPastOutlooks(ctx, Array(20).fill(scopes).flat(), days);
  done = true;
  // About every 15 ms, where nothing else runs.
  expect(turns).toBeGreaterThan((performance.now() - begun) / 150);
  const alone = await loadPastOutlooks(ctx, scopes, days);
  expect(many.map(({ day, outlooks }) => [day, outlooks.length])).toEqual(
    alone.map(({ day, outlooks }) => [day, outlooks.length * 20]),
  );
  await drop();
});
