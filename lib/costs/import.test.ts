import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { costImports, costLines } from "@/db/schema/index.ts";
import { engines, isAbsent, sqliteFile, type TestDb } from "@/db/testing.ts";
import { setPolicy } from "@/lib/allocation/policy-changes.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { forgetDays } from "@/lib/charges/due-store.ts";
import { loadDayCosts, loadTeamCosts } from "@/lib/charges/imported-load.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { ctxOf, GPU_HOUR, meterDay, NOW, seedInventory, seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { splitExactly, sumExactly } from "@/lib/money.ts";
import { addDays, dateOfKey, daysBetween } from "@/lib/time.ts";
import { roundTogether } from "./focus.ts";
import { importCosts, readCosts, removeCosts } from "./import.ts";
import { listImports } from "./store.ts";

const place = { currency: "USD", billingTimeZone: "UTC", openUntilDay: 20261201 };
const HEAD = "from,until,team,cluster,category,description,amount,currency\n";
const GOOD = `${HEAD}2026-11-01,2026-11-04,Vision,,storage,Object store,10.00,USD
2026-11-02,2026-11-03,,east,network,Egress,-3.000001,USD\n`;

describe.each(engines)("imported cost on $name", (engine) => {
  let store: TestDb;
  let ctx: Ctx;
  beforeEach(async () => {
    if (isAbsent(engine)) return;
    store = (await engine.open()) as TestDb;
    ctx = ctxOf(store.db);
    await seedInventory(store.db);
    await seedTeam(store.db, 11, "Vision", "vision");
  });
  afterEach(() => (isAbsent(engine) ? undefined : store.drop()));

  const shares = async () => {
    const rows = await store.db.all<{ day: number; team: number; method: string; micros: number }>(
      sql`select day, team_key as team, method, amount_micros as micros from shares order by day, team_key, method`,
    );
    return rows.map((r) => [r.day, r.team, r.method, r.micros]);
  };

  it.skipIf(isAbsent(engine))("falls evenly on its days, metered or not, and goes when it is taken back", async () => {
    const { db } = store;
    await seedPrice(db, "H100", 1_000_000_000, 20261001);
    await meterDay(db, 20261102, [
      { hardwareKey: 1, workloadKey: 1, activeMilli: GPU_HOUR },
      { hardwareKey: 1, workloadKey: 3, activeMilli: 2 * GPU_HOUR },
    ]);
    await chargeDue(ctx, place);
    const { id, ...imported } = await importCosts(ctx, { name: "cloud.csv", text: GOOD }, place);
    const spread = { days: 3, fromDay: 20261101, untilDay: 20261104, openUntilDay: 20261201, openMicros: 6_999_999 };
    expect(imported).toEqual({ lines: 2, totalMicros: 6_999_999, sharedMicros: -3_000_001, spread, notes: [] });
    expect(await chargeDue(ctx, place)).toBe(3);
    const direct = [
      [20261101, 11, "direct", 3_333_334],
      [20261102, 1, "direct", -3_000_001],
      [20261102, 11, "direct", 3_333_333],
      [20261103, 11, "direct", 3_333_333],
    ];
    expect(await shares()).toEqual(direct);
    await setPolicy(ctx, { costClass: "shared", method: "charges", fromDay: 20261101 });
    expect(await chargeDue(ctx, place)).toBe(3);
    expect(await shares()).toEqual([
      direct[0],
      [20261102, 2, "charges", -2_000_001],
      [20261102, 11, "charges", -1_000_000],
      direct[2],
      direct[3],
    ]);
    await expect(importCosts(ctx, { name: "again.csv", text: GOOD }, place)).rejects.toThrow(
      "This file was imported already, as cloud.csv",
    );
    expect(await listImports(ctxOf(db))).toMatchObject([
      {
        id,
        name: "cloud.csv",
        lines: 2,
        fromDay: 20261101,
        untilDay: 20261104,
        amountMicros: 6_999_999,
        removedAt: null,
      },
    ]);
    await removeCosts(ctx, id, "twice");
    expect(await chargeDue(ctx, place)).toBe(3);
    expect(await shares()).toEqual([]);
    expect(await chargeDue(ctx, place)).toBe(0);
    await expect(removeCosts(ctx, id)).rejects.toThrow("removed already");
    expect((await importCosts(ctx, { name: "cloud.csv", text: GOOD }, place)).id).not.toBe(id);
    const acts = await listActs(db, 10, `cost/${id}`);
    expect(acts.map((a) => a.reason).sort()).toEqual(["", "twice"]);
  });

  it.skipIf(isAbsent(engine))(
    "is written whole or not at all, every wrong line reported, and never in a closed period",
    async () => {
      const { db } = store;
      const wrong = `${GOOD}2026-11-05,2026-11-05,Visoin,west,x,y,"1,000",usd
2026-02-30,2026-11-09,,,gpu,A p4d.24xlarge instance,5,USD
2026-11-01,2026-11-02,,,x,y,5,EUR\n`;
      const error = await importCosts(ctx, { name: "x.csv", text: wrong }, place).catch((e: Error) => e.message);
      for (const part of [
        'Line 4: amount: "1,000" is not an amount',
        'Line 4: team: there is no team "Visoin"',
        'Line 4: cluster: there is no cluster "west"',
        'Line 4: currency: "usd" is not a currency',
        'Line 5: from: "2026-02-30" is not a day',
        'Line 5: "p4d.24xlarge" looks like GPU time',
        "Line 6: There is no exchange rate for EUR on or before 2026-11-01",
      ])
        expect(error).toContain(part);
      expect(await listImports(ctxOf(db))).toEqual([]);
      await importCosts(ctx, { name: "ok.csv", text: GOOD }, place);
      await db.write((tx) =>
        tx.run(sql`insert into closes (period_id, sequence, from_day, until_day, closed_by, closed_at, currency, billing_time_zone, total_micros, overrides, hash, previous_hash)
        values ('2026-11', 1, 20261101, 20261201, 'x', ${NOW}, 'USD', 'UTC', 0, '[]', 'h', '')`),
      );
      const late = importCosts(ctx, { name: "late.csv", text: `${GOOD}2026-12-01,2026-12-02,,,x,y,1,USD\n` }, place);
      await expect(late).rejects.toThrow("Line 2: 2026-11-01 to 2026-12-01 is closed");
      const [{ id } = { id: "" }] = await listImports(ctxOf(db));
      await expect(removeCosts(ctx, id)).rejects.toThrow("which is closed");
      expect((await listImports(ctxOf(db)))[0]?.removedAt).toBe(null);
    },
  );

  it.skipIf(isAbsent(engine))("that is there already is refused, replaced or kept, as somebody chooses", async () => {
    const { db } = store;
    const export_ = (days: number) =>
      `BilledCost,BillingCurrency,BillingAccountId,BillingPeriodStart,ChargePeriodStart,ChargePeriodEnd\n${Array.from(
        { length: days },
        (_, i) => `10,USD,b1,2026-11-01,${dateOfKey(20261101 + i)},${dateOfKey(20261102 + i)}\n`,
      ).join("")}`;
    const take = (name: string, text: string, overlap?: "replace" | "beside") =>
      importCosts(ctx, { name, text, overlap }, place);
    const total = async () =>
      sumExactly((await listImports(ctxOf(db))).filter((i) => i.removedAt === null).map((i) => i.amountMicros)) / 1e6;
    await take("nov-09.csv", export_(9));
    await expect(take("nov-19.csv", export_(19))).rejects.toThrow(
      "9 lines are on days that nov-09.csv already covers: 2026-11-01 to 2026-11-09, where it has 90.000000 USD.",
    );
    expect(await total()).toBe(90);
    const { id, notes } = await take("nov-19.csv", export_(19), "replace");
    expect([await total(), notes]).toEqual([190, ["Replaced nov-09.csv: 9 lines of 90.000000 USD."]]);
    const acts = await listActs(db, 10, "cost");
    expect(acts.find((a) => a.reason === "replaced by nov-19.csv")?.after).toBe(null);
    await take("nov-20.csv", export_(20), "beside");
    expect(await total()).toBe(390);
    // Our own columns: a corrected file beside its first version.
    await take("net.csv", GOOD);
    const corrected = GOOD.replace("-3.000001", "-4");
    await expect(take("net-2.csv", corrected)).rejects.toThrow("2 lines are on days that net.csv already covers");
    await removeCosts(ctx, id);
    await take("net-2.csv", corrected, "replace");
    expect(await total()).toBe(206);
    // What reaches into a closed period stays.
    await db.write((tx) =>
      tx.run(sql`insert into closes (period_id, sequence, from_day, until_day, closed_by, closed_at, currency, billing_time_zone, total_micros, overrides, hash, previous_hash)
      values ('2026-11a', 1, 20261101, 20261105, 'x', ${NOW}, 'USD', 'UTC', 0, '[]', 'h', '')`),
    );
    const late = export_(20).replace(/(10,USD,b1,2026-11-01,2026-11-0[1-4].*\n)+/, "");
    await expect(take("late.csv", late, "replace")).rejects.toThrow("nov-20.csv has cost of 2026-11-01 to 2026-11-05");
    expect(await total()).toBe(206);
  });

  it.skipIf(isAbsent(engine))(
    "with a mistyped year is refused before its days are counted, in both formats",
    async () => {
      const { db } = store;
      const ours = (from: string, until: string) => `${HEAD}${from},${until},,,storage,S3,36500,USD\n`;
      const focus = (from: string, until: string) =>
        `BilledCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd\n36500,USD,${from},${until}\n`;
      for (const [text, problem] of [
        [ours("2026-10-01", "2062-11-01"), "Line 2: 2026-10-01 up to 2062-11-01 are 13180 days"],
        [ours("2026-10-01", "9999-12-31"), "Line 2: 2026-10-01 up to 9999-12-31 are"],
        [ours("2062-10-01", "2062-11-01"), "Line 2: 2062-10-01 up to 2062-11-01 ends more than a year after today"],
        [ours("2006-10-01", "2006-11-01"), "Line 2: 2006-10-01 up to 2006-11-01 begins more than three years before"],
        [focus("2026-10-01T00:00:00Z", "2062-11-01T00:00:00Z"), "Line 2: 2026-10-01 up to 2062-11-01 are 13180 days"],
        [focus("2062-10-01T10:00:00Z", "2062-10-01T11:00:00Z"), "Line 2: 2062-10-01 up to 2062-10-02 ends more than"],
        [focus("2026-10-01T00:00:00Z", "+275760-09-12T00:00:00Z"), "Line 2: ChargePeriodEnd: "],
        [focus("-000001-01-01T00:00:00Z", "2026-10-01T00:00:00Z"), "Line 2: ChargePeriodStart: "],
      ] as const)
        await expect(importCosts(ctx, { name: "x.csv", text }, place)).rejects.toThrow(problem);
      expect(await listImports(ctxOf(db))).toEqual([]);
      expect(await db.all(sql`select day from charged_days`)).toEqual([]);
    },
  );

  it.skipIf(isAbsent(engine))(
    "of an older version with a mistyped year does not keep today waiting, and can be removed",
    async () => {
      const { db } = store;
      await seedPrice(db, "H100", 1_000_000_000, 20261001);
      await meterDay(db, 20261109, [{ hardwareKey: 1, workloadKey: 1, activeMilli: GPU_HOUR }]);
      const imported = { name: "old.csv", format: "csv", importedBy: "", importedAt: 0 };
      const money = { amountMicros: 36_500_000_000, currency: "USD", billedMicros: 36_500_000_000 };
      const line = { position: 1, fromDay: 20261108, untilDay: 20621101, teamKey: 11, clusterId: "", category: "" };
      const marked = [20261108, 20261109, 20261110, 20261111, 20271110, 20271111, 20400101, 20621031];
      await db.write(async (tx) => {
        await tx.insert(costImports, [{ id: "old", ...imported }]);
        await tx.insert(costLines, [{ importId: "old", ...line, ...money, description: "" }]);
        await forgetDays(tx, marked, NOW);
      });
      const order: number[] = [];
      const at = sql`select day from charged_days where metered_revision <> -1 order by day`;
      const seen = async () => (await db.all<{ day: number }>(at)).map((r) => r.day);
      const stop = new AbortController();
      const onProgress = (done: number) => {
        order.push(done);
        if (done === 2) stop.abort();
      };
      await expect(chargeDue(ctx, { ...place, signal: stop.signal, onProgress })).rejects.toThrow(/abort/i);
      expect(await seen()).toEqual([20261109, 20261110]);
      expect(order).toEqual([1, 2]);
      expect(await chargeDue(ctx, place)).toBe(3);
      expect(await seen()).toEqual([20261108, 20261109, 20261110, 20261111, 20271110]);
      expect(await chargeDue(ctx, place)).toBe(0);
      await removeCosts(ctx, "old", "mistyped");
      expect(await chargeDue(ctx, place)).toBe(5);
      expect((await shares()).filter(([, , method]) => method === "direct")).toEqual([]);
    },
  );

  it.skipIf(isAbsent(engine))("falls on days as a split into equal parts has it, summed by the database", async () => {
    const { db } = store;
    const DAYS = [1, 2, 3, 4, 5, 6, 7].map((d) => 20261100 + d);
    const lines = fc.sample(
      fc.record({
        at: fc.integer({ min: 0, max: 5 }),
        length: fc.integer({ min: 1, max: 7 }),
        teamKey: fc.constantFrom(0, 11, 12),
        clusterId: fc.constantFrom("", "c1"),
        category: fc.constantFrom("a", "b"),
        amountMicros: fc.integer({ min: -1_000_000_000_007, max: 1_000_000_000_007 }),
      }),
      { numRuns: 200, seed: 20261125 },
    );
    const rows = lines.map(({ at, length, ...line }, position) => ({
      ...{ ...line, importId: "random", position, description: "", currency: "USD", billedMicros: line.amountMicros },
      ...{ fromDay: DAYS[at] as number, untilDay: addDays(DAYS[at] as number, length) },
    }));
    await db.write(async (tx) => {
      const imported = { name: "random", format: "csv", importedBy: "", importedAt: 0 };
      await tx.insert(costImports, [{ id: "random", ...imported }]);
      await tx.insert(costLines, rows);
    });
    const expected = (row: (typeof rows)[number]) =>
      splitExactly(
        row.amountMicros,
        Array.from({ length: daysBetween(row.fromDay, row.untilDay) }, () => 1),
      ).map((amount, i) => [addDays(row.fromDay, i), amount] as const);
    const sumBy = (list: readonly (readonly [string, number])[]) =>
      Object.fromEntries([...Map.groupBy(list, ([key]) => key)].map(([k, v]) => [k, sumExactly(v.map(([, n]) => n))]));
    for (const day of DAYS) {
      const found = (await loadDayCosts(db, day)).map((c) => [`${c.clusterId}/${c.teamKey}`, c.amountMicros] as const);
      const wanted = rows.flatMap((row) =>
        expected(row).flatMap(([on, n]) => (on === day ? [[`${row.clusterId}/${row.teamKey}`, n] as const] : [])),
      );
      expect([day, sumBy(found)]).toEqual([day, sumBy(wanted)]);
    }
    const [fromDay, untilDay] = [20261103, 20261106];
    const of = (r: { clusterId: string; teamKey: number; category: string }) =>
      `${r.clusterId}/${r.teamKey}/${r.category}`;
    const found = (await loadTeamCosts(db, { fromDay, untilDay }, null)).map((c) => [of(c), c.amountMicros] as const);
    const wanted = rows
      .filter((r) => r.teamKey !== 0)
      .flatMap((r) => expected(r).flatMap(([on, n]) => (on >= fromDay && on < untilDay ? [[of(r), n] as const] : [])));
    expect(sumBy(found)).toEqual(sumBy(wanted));
  });
});

describe("files of cost", () => {
  let store: TestDb;
  let ctx: Ctx;
  beforeEach(async () => {
    store = await sqliteFile();
    ctx = ctxOf(store.db);
    await seedTeam(store.db, 11, "Vision", "vision");
    for (const [key, name] of [
      [12, "Beta"],
      [13, "Gamma"],
    ] as const) {
      await seedTeam(store.db, key, name, name.toLowerCase());
      await store.db.write((tx) => tx.run(sql`update teams set cost_centre = 'C2' where key = ${key}`));
    }
  });
  afterEach(() => store.drop());
  const read = (text: string, more = {}) => readCosts(ctx, { name: "f", text, ...more }, place);

  it.each<[string, string, RegExp]>([
    ["nothing", "", /The file is empty/],
    ["no line", HEAD, /no line below the header/],
    ["other columns", "date,amount\n1,2\n", /the column from, until, currency is missing/],
    ["a column too many", `${HEAD.trim()},vat\n`, /there is no column vat/],
    [
      "an amount with a comma",
      `${HEAD}2026-11-01,2026-12-01,,,a,b,1,234.50,USD\n`,
      /Line 2: It has 9 fields where the header has 8/,
    ],
    ["a column twice", "from,until,amount,amount,currency\n", /has the column amount twice/],
    ["semicolons", "from;until;amount;currency\n", /parted by semicolons/],
    ["an open quote", `${HEAD}"2026-11-01,,`, /not a CSV file/],
    [
      "days that end before they begin",
      `${HEAD}2026-11-02,2026-11-02,,,a,b,1,USD`,
      /Line 2: it ends \(2026-11-02\) before it begins/,
    ],
    [
      "a cost centre of two teams",
      `${HEAD}2026-11-01,2026-11-02,C2,,a,b,1,USD`,
      /Line 2: team: the cost centre "C2" belongs to Beta and Gamma: name the team/,
    ],
    ["seven decimals", `${HEAD}2026-11-01,2026-11-02,,,a,b,0.0000001,USD`, /at most six decimals/],
  ])("refuse %s", async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it("of FOCUS keep an hour in the billing day in which it begins, and a UTC day as its date", async () => {
    const row = (from: string, until: string) => `1,1,USD,${from},${until},Storage,S3,a,x,`;
    const text = focus([
      row("2026-10-31T18:00:00Z", "2026-10-31T19:00:00Z"),
      row("2026-10-31T00:00:00Z", "2026-11-01T00:00:00Z"),
      row("2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z"),
    ]);
    const { lines } = await readCosts(ctx, { name: "f", text }, { ...place, billingTimeZone: "Asia/Kolkata" });
    expect(lines.map((l) => [l.fromDay, l.untilDay]).sort()).toEqual([
      [20261031, 20261101],
      [20261031, 20261102],
    ]);
    expect(lines.map((l) => l.amountMicros).sort()).toEqual([1_000_000, 2_000_000]);
  });

  const focus = (rows: string[]) =>
    `BilledCost,EffectiveCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ServiceCategory,ServiceName,SubAccountName,ChargeDescription,Tags\n${rows.join("\n")}\n`;

  it("of FOCUS are summed by day, team and service, rounded together, without GPU time", async () => {
    const hour = (h: number, cost: string, account: string, more = "x,") =>
      `9,${cost},USD,2026-11-01 0${h}:00:00,2026-11-01 0${h + 1}:00:00,Storage,S3,${account},${more}`;
    const text = focus([
      hour(1, "0.0000004", "vision"),
      hour(2, "4e-7", "Vision"),
      hour(3, "0.0000004", "other", `x,"{""Team"":""VISION""}"`),
      hour(4, "1.5", "other"),
      hour(5, "2", "other", "p4d.24xlarge Linux,"),
      `7,7,USD,2026-11-01 00:00:00,2026-12-01 00:00:00,Compute,EC2,NULL,month,NULL`,
    ]);
    const { lines, notes } = await read(text);
    expect(lines.map((l) => [l.fromDay, l.untilDay, l.teamKey, l.description, l.amountMicros])).toEqual([
      [20261101, 20261102, 11, "S3, vision", 1],
      [20261101, 20261102, 0, "S3, other", 1_500_000],
      [20261101, 20261201, 0, "EC2", 7_000_000],
    ]);
    expect(notes).toEqual([expect.stringContaining("Left out 1 row of 2.00 that look like GPU time")]);
    const all = await read(text, { withGpus: true, teamKey: 11, billed: true });
    expect(all.lines.reduce((sum, l) => sum + l.amountMicros, 0)).toBe(52_000_000);
    expect(new Set(all.lines.map((l) => l.teamKey))).toEqual(new Set([11]));
  });

  it("keep their sum when they are rounded", () => {
    const third = 10n ** 18n / 3n;
    expect(roundTogether([third, third, third, -third])).toEqual([333_334, 333_333, 333_333, -333_333]);
    expect(roundTogether([])).toEqual([]);
  });

  const sample = path.resolve(import.meta.dirname, "../../../shared/data/focus_1.0_sample_1000.csv.gz");
  it.skipIf(!existsSync(sample))(
    "of another's FOCUS 1.0 sample are taken, to the micro-unit (needs ../shared/data)",
    async () => {
      const text = gunzipSync(readFileSync(sample)).toString("utf8");
      const { lines, format } = await read(text, { withGpus: true });
      expect([format, lines.length > 10]).toEqual(["focus", true]);
      // The sum of its 1,000 values of EffectiveCost, in decimals.
      expect(lines.reduce((sum, l) => sum + l.amountMicros, 0)).toBe(14_976_514);
    },
  );
});
