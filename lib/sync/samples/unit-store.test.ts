import { afterAll, beforeAll, expect, it } from "vitest";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { DAY } from "@/lib/time.ts";
import { listUnits, loadUnits, saveUnits } from "./unit-store.ts";

let store: TestDb;
beforeAll(async () => {
  store = await sqliteFile();
});
afterAll(() => store.drop());

it("the unit of a metric is that of its day, else of the nearest day that proved one", async () => {
  const verdict = (day: number, unit: "percent" | "ratio") => ({ name: "X", day: day * DAY, unit });
  const verdicts = [verdict(10, "percent"), verdict(12, "percent"), verdict(12, "ratio"), verdict(14, "ratio")];
  for (let twice = 0; twice < 2; twice++) await store.db.write((tx) => saveUnits(tx, "prometheus", verdicts));
  const units = await loadUnits(store.db, "prometheus");
  const at = [0, 10, 12, 13.9, 14.5, 20].map((day) => units("X", Math.floor(day * DAY)));
  expect(at).toEqual(["percent", "percent", null, null, "ratio", "ratio"]);
  expect([units("Y", 0), (await loadUnits(store.db, "runai"))("X", 0)]).toEqual([null, null]);
  expect(await listUnits(store.db, "prometheus")).toEqual([verdict(14, "ratio")]);
});
