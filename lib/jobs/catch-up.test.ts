import { afterEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { MINUTE } from "@/lib/time.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { cancelBackfill, requestBackfill, runBackfill, syncLive } from "./index.ts";
import { differences, hour, type LiveTest, settled, startLive, TICK } from "./testing-live.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const scenario = smallScenario({ seed: 6, hours: 7, workloads: 26, faults: false });
const { start } = scenario.range;

async function begin(from: number, settings: Record<string, string> = {}): Promise<LiveTest> {
  const test = await startLive(scenario, { from, prometheus: true, settings: { INITIAL_BACKFILL: "4h", ...settings } });
  open.push(() => test.close());
  return test;
}

const ask = (test: LiveTest, to = test.now()) =>
  requestBackfill(test.ledger.ctx, { from: start, to, stepSeconds: scenario.stepSeconds });
/** Backfills, in minutes since the scenario began. */
const asked = async (test: LiveTest) => {
  const rows = await test.ledger.ctx.db.all<{ from: number; to: number; status: string }>(
    sql`select from_at as "from", to_at as "to", status from backfills order by created_at, from_at`,
  );
  return rows.map((r) => [(r.from - start) / MINUTE, (r.to - start) / MINUTE, r.status]);
};

describe("the first live sync", () => {
  it.each(["waits", "is done"])("asks for no history of its own where a backfill of it %s", async (how) => {
    const test = await begin(hour(scenario, 4));
    const { id } = await ask(test);
    if (how === "is done") await runBackfill(test.ledger, id);
    test.jump(test.now() + 7 * MINUTE);
    await syncLive(test.ledger);
    expect(await asked(test)).toEqual([[0, 240, how === "is done" ? "done" : "queued"]]);
    await test.live(settled(scenario));
    expect(await asked(test)).toEqual([[0, 240, "done"]]);
    expect(await differences(test, scenario, start)).toEqual([]);
  });

  it("goes on where a backfill that ended hours ago left off", async () => {
    const test = await begin(hour(scenario, 4), { INITIAL_BACKFILL: "6h" });
    const from = hour(scenario, 1);
    await requestBackfill(test.ledger.ctx, { from, to: hour(scenario, 4), stepSeconds: scenario.stepSeconds });
    test.jump(hour(scenario, 6));
    await syncLive(test.ledger);
    // From ten minutes before its end, for those may not have settled; the last hour the live sync reads itself.
    expect(await asked(test)).toEqual([
      [60, 240, "queued"],
      [230, 298, "queued"],
    ]);
    await test.live(settled(scenario));
    expect(await differences(test, scenario, from)).toEqual([]);
  });

  it("asks for its history where a backfill of it was cancelled", async () => {
    const test = await begin(hour(scenario, 4));
    const { id } = await ask(test);
    await cancelBackfill(test.ledger.ctx, id);
    test.jump(test.now() + TICK);
    await syncLive(test.ledger);
    expect((await asked(test)).map(([, , status]) => status)).toEqual(["cancelled", "queued"]);
  });
});

describe("a live sync after a downtime", () => {
  it("asks for nothing that somebody has asked for meanwhile", async () => {
    const test = await begin(start, { INITIAL_BACKFILL: "0" });
    await test.live(hour(scenario, 1));
    test.jump(hour(scenario, 4));
    await ask(test);
    await syncLive(test.ledger);
    expect(await asked(test)).toEqual([[0, 240, "queued"]]);
    await test.live(settled(scenario));
    expect(await asked(test)).toEqual([[0, 240, "done"]]);
    expect(await differences(test, scenario, start)).toEqual([]);
  });

  it("asks for the rest of what a backfill that ended before covers", async () => {
    const test = await begin(start, { INITIAL_BACKFILL: "0" });
    await test.live(hour(scenario, 1));
    test.jump(hour(scenario, 3));
    await ask(test);
    test.jump(hour(scenario, 6));
    await syncLive(test.ledger);
    expect(await asked(test)).toEqual([
      [0, 180, "queued"],
      [170, 298, "queued"],
    ]);
    await test.live(settled(scenario));
    expect(await differences(test, scenario, start)).toEqual([]);
  });
});
