import { afterEach, beforeEach, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { addRule } from "@/lib/alerts/change-rule.ts";
import { evaluateRules } from "@/lib/alerts/evaluate.ts";
import { listEvents } from "@/lib/alerts/event-store.ts";
import { previewRule } from "@/lib/alerts/preview.ts";
import { getRuleKind } from "@/lib/alerts/rules/index.ts";
import { ctxOf, NOW, seedInventory } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Series } from "@/lib/sources/source.ts";
import { SeriesKeys, saveSamples } from "@/lib/sync/samples/sample-store.ts";
import { DAY, HOUR } from "@/lib/time.ts";

const SETTINGS = { url: "https://ledger.example", signingSecret: null, fallback: [] };
let store: TestDb;
let ctx: Ctx;

beforeEach(async () => {
  store = await sqliteFile();
  ctx = ctxOf(store.db);
  await seedInventory(store.db);
});
afterEach(() => store.drop());

const read = (kind: string, threshold = 0, open: readonly string[] = []) =>
  getRuleKind(kind).read(ctx, { threshold, teamKey: 0, since: 0, open });
const history = (kind: string, threshold = 0) =>
  getRuleKind(kind).history(ctx, { threshold, teamKey: 0, since: 0 }, { start: NOW - 90 * DAY, end: NOW });
/** Of a card, a value each minute from an instant on. */
const card = (gpu: string, metric: string, values: readonly number[], from = NOW - 600): Series => ({
  ...{ clusterId: "c1", subjectKind: "card", subjectId: "n1", gpu, metric, node: "n1", gpuModel: "H100" },
  ...{ at: values.map((_, i) => from + 60 * i), value: values },
});
const save = (...list: Series[]) => store.db.write((tx) => saveSamples(tx, new SeriesKeys(), list, 60));

it("a card that draws too much is reported by its newest quarter of an hour, parts of pods added", async () => {
  const pod = (subjectId: string, gpu: string, values: readonly number[]): Series => ({
    ...card(gpu, "power_watts", values),
    ...{ subjectKind: "gpu", subjectId, shared: gpu === "GPU-1" },
  });
  await save(pod("pod-1", "GPU-1", [400, 410]), pod("pod-2", "GPU-1", [390, 400]), pod("pod-3", "GPU-2", [650]), {
    ...pod("pod-4", "GPU-3", [900]),
    at: [NOW - 3 * HOUR],
  });
  expect((await read("gpu-power", 700)).map((c) => [c.subject, c.title])).toEqual([
    ["c1/n1/GPU-1", "H100 of n1 draws 800 W"],
  ]);
  expect(await read("gpu-power", 800)).toEqual([]);
  // Another cluster of the same name has the same card: it is another card, and its watts are its own.
  await store.db.write((tx) =>
    tx.run(sql`insert into clusters (id, source, name, state, first_seen_at, last_seen_at)
      select 'c2', source, name, state, first_seen_at, last_seen_at from clusters where id = 'c1'`),
  );
  await save({ ...pod("pod-5", "GPU-1", [650]), clusterId: "c2" });
  expect((await read("gpu-power", 600)).map((c) => c.subject)).toEqual(["c1/n1/GPU-1", "c1/n1/GPU-2", "c2/n1/GPU-1"]);
  // A card of an open alert that reports no longer is unknown for a day, and over then.
  expect(await read("gpu-power", 900, ["c1/n1/GPU-1", "c1/n1/GPU-3", "c1/n1/GPU-9"])).toMatchObject([
    { subject: "c1/n1/GPU-3", unknown: true },
    { subject: "c1/n1/GPU-9", over: "The card has not reported for a day" },
  ]);
  // Nothing of any card for an hour: nobody knows, and nothing is resolved.
  ctx = { ...ctx, now: () => NOW + 2 * HOUR };
  await expect(read("gpu-power", 700)).rejects.toThrow(/no samples/);
});

it("a hot card is reported once, whatever part of it says so; its alert ends as over when it is silent for a day", async () => {
  await save(
    card("GPU-1", "temperature_celsius", [91, 89]),
    card("GPU-1/3", "temperature_celsius", [90]),
    card("GPU-2", "temperature_celsius", [84]),
    card("GPU-2", "temperature_celsius", [60], NOW + 2 * DAY),
  );
  await addRule(ctx, { kind: "gpu-temperature", severity: "warning", threshold: 85, people: false });
  const evaluate = async (at: number) => {
    await evaluateRules({ ...ctx, now: () => at }, SETTINGS);
    return (await listEvents(store.db, "all", 9)).map((e) => [e.subject, e.title, e.state, e.detail.ended]);
  };
  const hot = ["c1/n1/GPU-1", "H100 of n1 is at 90 °C"];
  expect(await evaluate(NOW)).toEqual([[...hot, "firing", ""]]);
  expect(await evaluate(NOW + 2 * HOUR)).toEqual([[...hot, "firing", ""]]);
  expect(await evaluate(NOW + 2 * DAY + 600)).toEqual([[...hot, "resolved", "The card has not reported for a day"]]);
});

it("an error of the hardware is reported, worse where the card may not be used; one of a program is not", async () => {
  await save(
    card("GPU-1", "xid_code", [0, 79]),
    card("GPU-2", "xid_code", [0, 31]),
    card("GPU-3", "xid_code", [109]),
    card("GPU-4", "xid_code", [79, 0]),
  );
  expect((await read("gpu-xid")).map((c) => [c.subject, c.severity, c.level, c.title])).toEqual([
    ["c1/n1/GPU-1", "critical", 1, "H100 of n1 reports XID 79: the card has fallen off the bus"],
    ["c1/n1/GPU-3", undefined, undefined, "H100 of n1 reports XID 109"],
  ]);
});

it("the past of cards is what began in it, by the samples that are kept", async () => {
  const day = NOW - 3 * DAY;
  const hour = (value: number) => Array<number>(60).fill(value);
  await save(
    card("GPU-1", "temperature_celsius", [...hour(60), ...hour(90), ...hour(90), ...hour(70), ...hour(95)], day),
    card("GPU-1", "xid_code", [...hour(0), ...hour(79), ...hour(79), ...hour(48), ...hour(0)], day),
  );
  expect(await history("gpu-temperature", 85)).toEqual([
    { subject: "c1/n1/GPU-1", at: day + HOUR + 900, title: "H100 of n1 is at 90 °C" },
    { subject: "c1/n1/GPU-1", at: day + 4 * HOUR + 900, title: "H100 of n1 is at 95 °C" },
  ]);
  expect((await history("gpu-xid"))?.map((h) => [h.at, h.title.slice(-30)])).toEqual([
    [day + HOUR + 900, expect.stringMatching(/fallen off the bus$/)],
    [day + 3 * HOUR + 900, expect.stringMatching(/memory error$/)],
  ]);
  // Samples go back three days: the preview says so.
  const preview = await previewRule(ctx, { kind: "gpu-temperature", severity: "warning", threshold: 85 });
  expect([preview.days, preview.happenings?.length]).toEqual([3, 2]);
});
