import { afterAll, beforeAll, expect, it } from "vitest";
import type { Db } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { getRuleKind } from "@/lib/alerts/rules/index.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { receiveAlerts } from "./receive.ts";
import { listFiring } from "./store.ts";

let db: Db;
beforeAll(async () => {
  db = await openSqlite(":memory:");
});
afterAll(() => db.close());

const alert = (fingerprint: string, minute = 0, more: object = {}) => ({
  ...{ status: "firing", labels: { alertname: fingerprint }, annotations: {}, fingerprint },
  ...{ startsAt: `2026-11-10T10:${String(minute).padStart(2, "0")}:00Z`, ...more },
});
const receive = (...alerts: unknown[]) => receiveAlerts(ctxOf(db), { version: "4", alerts });

it("one long or broken alert does not cost the others of its message", async () => {
  const long = alert("long", 0, { annotations: { description: "x".repeat(9000) }, labels: { alertname: "GpuHot" } });
  expect(await receive(long, { ...alert("broken"), startsAt: "soon" }, alert("fine"))).toBe(2);
  const found = await getRuleKind("received").read(ctxOf(db), { teamKey: 0, threshold: 0, since: 0 });
  expect(found.map((c) => [c.subject, c.summary.length])).toEqual([
    ["fine", 0],
    ["long", 4000],
  ]);
  await expect(receive({ ...alert("broken"), startsAt: "soon" })).rejects.toMatchObject({ code: "invalid" });
});

it("of more than are notified, those that have fired longest stay, each with its newest state", async () => {
  await receive(alert("a", 9), alert("z", 1), alert("z", 5), alert("m", 2), alert("m", 3, { status: "resolved" }));
  const firing = await listFiring(db, 3);
  expect(firing.map((row) => [row.fingerprint, row.startsAt % 3600])).toEqual([
    ["fine", 0],
    ["long", 0],
    ["z", 300],
  ]);
});
