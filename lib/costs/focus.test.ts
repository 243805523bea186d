import { beforeEach, describe, expect, it } from "vitest";
import type { Team } from "@/lib/attribution/types.ts";
import { parseInstant } from "@/lib/time.ts";
import type { CostContext } from "./file.ts";
import { isFocus, readFocus } from "./focus.ts";

const team = (key: number, name: string, costCentre: string): Team =>
  ({ key, name, costCentre, archivedAt: null }) as Team;

let context: CostContext;
beforeEach(() => {
  context = {
    teams: [team(11, "Alpha", "CC-1"), team(12, "Beta", "C2"), team(13, "Gamma", "C2")],
    clusters: [],
    book: { currency: "USD", rates: [], prices: [] } as unknown as CostContext["book"],
    billingTimeZone: "UTC",
    bounds: { today: 20261129, firstDay: 20261001 },
    closed: [{ fromDay: 20261001, untilDay: 20261101 }],
    teamKey: undefined,
    withGpus: false,
    billed: false,
  };
});

const ROW: Readonly<Record<string, string>> = {
  ...{ BilledCost: "10", EffectiveCost: "10", BillingCurrency: "USD", BillingAccountId: "b1", SubAccountId: "sub-1" },
  ...{ BillingPeriodStart: "2026-11-01T00:00:00Z", ChargePeriodStart: "2026-11-05T00:00:00Z" },
  ...{ ChargePeriodEnd: "2026-11-06T00:00:00Z", ChargeCategory: "Usage", ChargeClass: "", ProviderName: "Cloud" },
  ...{ ChargeDescription: "Block storage", ResourceType: "Disk", ServiceCategory: "Storage", ServiceName: "Disks" },
  ...{ SkuId: "S1", SkuMeter: "", SubAccountName: "acct", Tags: "{}", CommitmentDiscountId: "" },
};
const names = Object.keys(ROW);
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const file = (...rows: Readonly<Record<string, string>>[]) =>
  [names.join(), ...rows.map((row) => names.map((name) => quoted(row[name] ?? ROW[name] ?? "")).join())].join("\n");
const cost = (amount: string) => ({ BilledCost: amount, EffectiveCost: amount });
const read = (...rows: Readonly<Record<string, string>>[]) => readFocus(file(...rows), context);
const sumOf = (...rows: Readonly<Record<string, string>>[]) =>
  read(...rows).lines.reduce((sum, line) => sum + line.amountMicros, 0) / 1e6;

describe("dates of a FOCUS file", () => {
  it.each([
    ["2026-11-05 00:00:00 UTC", "2026-11-06 00:00:00 UTC"],
    ["2026-11-05 00:00:00.000000 UTC", "2026-11-06 00:00:00.000000 UTC"],
    ["2026-11-05 00:00:00+00", "2026-11-06 00:00:00+00"],
    ["2026-11-05", "2026-11-06"],
    ["20261105T000000Z", "20261106T000000Z"],
    ["2026-11-05T13:00:00+01:00", "2026-11-05T14:00:00+01:00"],
    ["2026-11-05T00:00:00Z", "2026-11-05T00:00:00Z"],
  ])("%s to %s is 5 November", (ChargePeriodStart, ChargePeriodEnd) => {
    const { lines } = read({ ChargePeriodStart, ChargePeriodEnd });
    expect(lines.map((l) => [l.fromDay, l.untilDay])).toEqual([[20261105, 20261106]]);
  });

  it.each(["05/11/2026", "11/05/2026", "13/11/2026", "5.11.2026", "2026/11/05", "Nov 5 2026", "46331", ""])(
    "%s is refused, and said",
    (ChargePeriodStart) => {
      expect(() => read({ ChargePeriodStart })).toThrow(
        `Line 2: ChargePeriodStart: "${ChargePeriodStart}" is not a date of ISO 8601`,
      );
    },
  );

  it("of a month from another midnight on are a month of days", () => {
    const month = { ChargePeriodStart: "2026-11-01T05:00:00Z", ChargePeriodEnd: "2026-12-01T05:00:00Z" };
    expect(read(month).lines.map((l) => [l.fromDay, l.untilDay])).toEqual([[20261101, 20261201]]);
    const berlin = { ChargePeriodStart: "2026-11-05T22:00:00Z", ChargePeriodEnd: "2026-11-12T23:00:00Z" };
    expect(read(berlin).lines.map((l) => [l.fromDay, l.untilDay])).toEqual([[20261105, 20261112]]);
    const odd = { ChargePeriodStart: "2026-11-05T12:00:00Z", ChargePeriodEnd: "2026-11-07T18:00:00Z" };
    expect(read(odd).lines.map((l) => [l.fromDay, l.untilDay])).toEqual([[20261105, 20261108]]);
    expect(parseInstant("2026-12-01T05:00:00Z")).toBeGreaterThan(0);
  });
});

describe("amounts of a FOCUS file", () => {
  it.each([
    [".25", 0.25],
    ["-.5", -0.5],
    ["1.5E-05", 0.000015],
    ["2e3", 2000],
    ["5.", 5],
    ["-0", 0],
  ])("%s is %d", (amount, expected) => {
    expect(sumOf(cost(amount))).toBe(expected);
  });

  it.each(["1,234.50", "12,50", "", "NULL", "NaN", "Infinity", "1e999", "0x10", "$5", "9e30"])(
    "%s is refused",
    (amount) => {
      expect(() => read(cost(amount))).toThrow(/Line 2: EffectiveCost: /);
    },
  );
});

describe("tags of a FOCUS file", () => {
  it.each([
    '"team": "Alpha","env": "prod"',
    '[{"key":"team","value":"Alpha"}]',
    '{"user:team":"Alpha"}',
    '{"user_team":"Alpha"}',
    "{'team': 'Alpha'}",
    '{"team":null,"cost-center":"CC-1"}',
  ])("%s name the team", (Tags) => {
    expect(read({ Tags }).lines.map((l) => l.teamKey)).toEqual([11]);
    expect(read({ Tags }).notes).toEqual([]);
  });

  it("that cannot be read are reported, with their cost", () => {
    const { lines, notes } = read({ Tags: "Alpha" }, { ...cost("2"), Tags: "{{" }, { Tags: "{}" });
    expect(lines.map((l) => l.teamKey)).toEqual([0]);
    expect(notes).toEqual(["The tags of 2 rows of 12.00 could not be read, first on line 2: they are shared cost."]);
  });

  it("with a cost centre of two teams are refused", () => {
    const message = 'Line 2: the cost centre "c2" belongs to Beta and Gamma: name the team';
    expect(() => read({ Tags: '{"cost-center":"c2"}' })).toThrow(message);
    expect(read({ Tags: '{"team":"Beta","cost-center":"C2"}' }).lines[0]?.teamKey).toBe(12);
    context = { ...context, teamKey: 13 };
    expect(read({ Tags: '{"cost-center":"C2"}' }).lines[0]?.teamKey).toBe(13);
  });
});

describe("commitments in a FOCUS file", () => {
  const usage = { ...cost("24"), CommitmentDiscountId: "sp-1" };
  const purchase = { ...cost("720"), ChargeCategory: "Purchase", CommitmentDiscountId: "sp-1" };
  it("are not counted beside the usage that they cover", () => {
    const { lines, notes } = read(purchase, ...Array.from({ length: 30 }, () => usage));
    expect(lines.reduce((sum, l) => sum + l.amountMicros, 0)).toBe(720_000_000);
    expect(notes).toEqual(["Left out 1 row of 720.00 that buy commitments: the usage that they cover has their cost."]);
  });
  it("are taken as they were invoiced", () => {
    context = { ...context, billed: true };
    expect(sumOf(purchase, { ...usage, BilledCost: "0" })).toBe(720);
  });
  it("without usage are taken, and said", () => {
    const { lines, notes } = read(purchase, { ...usage, CommitmentDiscountId: "sp-2" });
    expect(lines.reduce((sum, l) => sum + l.amountMicros, 0)).toBe(744_000_000);
    expect(notes).toEqual([expect.stringContaining("1 row of 720.00 buy commitments and are taken")]);
  });
  it("that cost nothing effectively change nothing", () => {
    expect(sumOf({ ...purchase, EffectiveCost: "0" }, usage)).toBe(24);
    expect(read({ ...purchase, EffectiveCost: "0" }, usage).notes).toEqual([]);
  });
});

describe("closed periods in a FOCUS file", () => {
  const october = { ChargePeriodStart: "2026-10-05T00:00:00Z", ChargePeriodEnd: "2026-10-06T00:00:00Z" };
  const days = (...rows: Readonly<Record<string, string>>[]) =>
    read(...rows).lines.map((l) => [l.fromDay, l.untilDay, l.amountMicros / 1e6, l.description]);

  it("are corrected in the open one", () => {
    expect(days({}, { ...cost("-3"), ...october, ChargeClass: "Correction" })).toEqual([
      [20261105, 20261106, 10, "Disks, acct"],
      [20261101, 20261102, -3, "Disks, acct (correction of 2026-10-05)"],
    ]);
    expect(read({ ...cost("-3"), ...october, ChargeClass: "Correction" }).notes).toEqual([
      "1 row of -3.00 are of closed periods: they are booked in the open one, as corrections.",
    ]);
  });
  it("are corrected on the days of the correction that are open", () => {
    const both = { ChargePeriodStart: "2026-10-20T00:00:00Z", ChargePeriodEnd: "2026-11-04T00:00:00Z" };
    expect(days({ ...both, ChargeClass: "Correction" })).toEqual([
      [20261101, 20261104, 10, "Disks, acct (correction of 2026-10-20 to 2026-11-03)"],
    ]);
  });
  it("take what the bill of an open one has of them", () => {
    expect(days(october)).toEqual([[20261101, 20261102, 10, "Disks, acct (late cost of 2026-10-05)"]]);
  });
  it("take nothing of their own bill", () => {
    expect(() => read({ ...october, BillingPeriodStart: "2026-10-01T00:00:00Z" })).toThrow(
      "Line 2: 2026-10-01 to 2026-11-01 is closed",
    );
    expect(() => read({ ...october, BillingPeriodStart: "" })).toThrow("is closed");
  });
  it("are passed over where several are closed", () => {
    context = {
      ...context,
      closed: [
        { fromDay: 20261001, untilDay: 20261101 },
        { fromDay: 20260901, untilDay: 20261001 },
      ],
    };
    const september = { ChargePeriodStart: "2026-09-05T00:00:00Z", ChargePeriodEnd: "2026-09-06T00:00:00Z" };
    expect(days({ ...september, ChargeClass: "Correction", BillingPeriodStart: "" })).toEqual([
      [20261101, 20261102, 10, "Disks, acct (correction of 2026-09-05)"],
    ]);
  });
});

describe("GPU time in a FOCUS file", () => {
  const rows: Readonly<Record<string, string>>[] = [
    { SkuMeter: "NC4as T4 v3" },
    { ...cost("2"), ChargeDescription: "gpu_8x_h100_sxm5" },
    { ...cost("3"), SkuMeter: "NC4as T4 v3" },
    { ...cost("1"), SkuMeter: "P40 LRS Disk" },
  ];
  it("is left out, with its names and amounts", () => {
    const { lines, notes } = read(...rows);
    expect(lines.map((l) => l.amountMicros)).toEqual([1_000_000]);
    expect(notes).toEqual([
      "Left out 3 rows of 15.00 that look like GPU time, which the ledger charges itself: NC4as T4 v3 (2 rows of 13.00), gpu_8x_h100_sxm5 (1 row of 2.00). Import the file with GPU charges, or with some of these names, where they are not of these clusters.",
    ]);
  });
  it("is taken by the names that somebody chose", () => {
    context = { ...context, withGpus: ["nc4as t4 v3"] };
    expect(sumOf(...rows)).toBe(14);
    context = { ...context, withGpus: true };
    expect(sumOf(...rows)).toBe(16);
  });
});

describe("oddities of real bills", () => {
  it("names of columns in small letters, and spaces around values, are what they are without", () => {
    const text = file({ BillingCurrency: " USD ", EffectiveCost: "\u00a03.50 " }).replace(
      names.join(),
      names.join().toLowerCase(),
    );
    expect(isFocus(text)).toBe(true);
    expect(readFocus(text, context).lines.map((l) => l.amountMicros)).toEqual([3_500_000]);
  });

  it("credits and refunds lessen what they are of; alone they are a negative line", () => {
    const credit = { ...cost("-3.5"), ChargeCategory: "Credit" };
    expect(sumOf(credit, {})).toBe(6.5);
    expect(read(credit).lines.map((l) => l.amountMicros)).toEqual([-3_500_000]);
  });

  it("a row that costs nothing is in no note", () => {
    const free = { ...cost("0"), ChargeDescription: "p4d.24xlarge" };
    expect(read(free, {}).notes).toEqual([]);
    expect(read({ ...cost("1"), ChargeDescription: "p4d.24xlarge" }, {}).notes).toHaveLength(1);
  });

  it("names are kept as long as people can read them", () => {
    const [line] = read({ ServiceName: "x".repeat(900_000), ServiceCategory: "y".repeat(5000) }).lines;
    expect([line?.description.length, line?.category.length]).toEqual([200 + ", acct".length, 200]);
  });

  it("a file of a header alone has no line", () => {
    expect(() => readFocus(`${names.join()}\n`, context)).toThrow("there is no line below the header");
  });

  it.each([
    "(3.50)",
    "3.50-",
    "\u22123.50",
    "$3.50",
    "3,50",
    "1,000.50",
    "NaN",
    "Infinity",
    "0x10",
    "",
    "NULL",
    "\uff11\uff10",
  ])("%j is no amount", (EffectiveCost) => {
    expect(() => read({ EffectiveCost })).toThrow("Line 2: EffectiveCost:");
  });

  it.each([
    "2026-W45-4",
    "2026-309",
    "1793836800",
    "2026-11-05T24:00:00Z",
    "2026-11-05 12:00 PM",
    "2026-11-05T00:00:00\u221205:00",
  ])("%s is no date of a bill", (ChargePeriodStart) => {
    expect(() => read({ ChargePeriodStart })).toThrow("is not a date of ISO 8601");
  });
});
