import { expect, it } from "vitest";
import { openSqlite } from "@/db/sqlite.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { cliViewer, type Viewer } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { meterAgain } from "./meter-again.ts";
import { rulesOf } from "./rules.ts";

it("is on record as the person who asked for it, and refused to everybody else", async () => {
  const db = await openSqlite(":memory:");
  const range = { start: 1_790_002_800, end: 1_790_006_400 };
  const run = (viewer: Viewer) =>
    meterAgain({ db, now: () => range.end, viewer, log: silentLog, ledger: testLedger() }, ["c1"], range, {
      ...{ rules: rulesOf(parseEnv({})), horizon: range.end, stepSeconds: 60 },
    });
  await run(cliViewer("ada"));
  await expect(run({ kind: "person", id: "x", roles: ["finance"], projects: "all" })).rejects.toMatchObject({
    code: "forbidden",
  });
  const acts = await listActs(db, 10);
  expect(acts.map((a) => [a.actorId, a.action, a.after])).toEqual([
    ["cli:ada", "meter.run", expect.stringContaining('"from":"2026-09-21T')],
  ]);
  await db.close();
});
