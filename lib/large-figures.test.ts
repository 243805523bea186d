import { expect, it } from "vitest";
import { countsOf } from "@/lib/api/unit-answer.ts";
import { readBillFile } from "@/lib/bills/read.ts";
import { readBudgetCsv } from "@/lib/budgets/csv.ts";
import type { CostContext } from "@/lib/costs/file.ts";
import { readCostFile } from "@/lib/costs/read.ts";
import { parseRate } from "@/lib/pricing/propose.ts";
import { readCountCsv } from "@/lib/unit-costs/csv.ts";

const LARGE = "9007199254.740992";
const context: CostContext = {
  ...{
    teams: [],
    clusters: [],
    billingTimeZone: "UTC",
    closed: [],
    teamKey: undefined,
    withGpus: false,
    billed: false,
  },
  book: { currency: "USD", prices: [], rates: [] },
  bounds: { today: 20261110, firstDay: 20261001 },
};
const bytes = (text: string) => new TextEncoder().encode(text);
const FOCUS =
  "BillingCurrency,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart,ProviderName,BillingAccountId,ServiceName,ChargeCategory,EffectiveCost\n";
const focus = (amount: string) =>
  `${FOCUS}USD,2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,2026-10-01T00:00:00Z,AWS,1,S3,Usage,${amount}\n`;
const cost = (text: string) => readCostFile({ name: "f.csv", bytes: bytes(text), context });
const budget = (amount: string) =>
  readBudgetCsv("b.csv", `scope,name,from,span,amount\nall,,2026-11-01,month,${amount}\n`, () => ({
    kind: "all",
    value: "",
  })).map(({ read }) => read(20301231));

const NINE_BILLION = /Line 2: EffectiveCost: more than 9 billion cannot be kept exactly/;

/** Every door for a figure, with the smallest that one number does not hold. */
it.each<[string, () => unknown, RegExp]>([
  [
    "a line of a cost file",
    () => cost(`from,until,category,description,amount,currency\n2026-11-01,2026-11-02,a,b,${LARGE},USD\n`),
    /Line 2: amount: "9007199254\.740992" is too large: one figure holds at most 9007199254\.740991/,
  ],
  ["a line of a FOCUS file", () => cost(focus(LARGE)), NINE_BILLION],
  [
    "a line of a bill",
    () => readBillFile({ name: "b.csv", bytes: bytes(focus(LARGE)), context, gpus: new Map() }),
    NINE_BILLION,
  ],
  ["a budget of a file", () => budget(LARGE), /amount: "9007199254\.740992" is too large/],
  [
    "a count of a file",
    () => readCountCsv("c.csv", "day,count\n2026-11-01,9007199254740.992\n", 20301231),
    /too large/,
  ],
  [
    "a count of the API",
    () => countsOf({ id: "a", day: "2026-11-01", count: "9007199254740.992" }, "UTC"),
    /too large/,
  ],
  [
    "an exchange rate",
    () =>
      parseRate(
        { currency: "EUR", day: "2026-11-01", rate: "9007199.254740992", source: "ECB" },
        { currency: "USD", billingTimeZone: "UTC" },
      ),
    /"9007199\.254740992" is too large: one figure holds at most 9007199\.254740991/,
  ],
])("%s that no number holds is refused with the limit", (_, read, words) => {
  expect(read).toThrow(words);
});
