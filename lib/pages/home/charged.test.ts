import { afterAll, beforeAll, expect, it } from "vitest";
import type { Db } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import { localViewer, type Viewer } from "@/lib/ctx.ts";
import { isAnythingCharged } from "./charged.ts";

const manager: Viewer = { kind: "person", id: "m", roles: ["manager"], projects: [], teams: [11], manages: [11] };
const engineer: Viewer = { kind: "person", id: "e", roles: ["engineer"], projects: [], teams: [11], manages: [] };

let db: Db;
beforeAll(async () => {
  db = await openSqlite(":memory:");
});
afterAll(() => db.close());

it("says to those who see teams alone that nothing is charged, until something is", async () => {
  const said = () => Promise.all([manager, engineer, localViewer].map((viewer) => isAnythingCharged({ db, viewer })));
  expect(await said()).toEqual([false, true, true]);
  await seedOctober(db);
  expect(await said()).toEqual([true, true, true]);
});
