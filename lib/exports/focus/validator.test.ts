import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import { goldenStatement } from "@/lib/exports/testing-statement.ts";
import type { FocusRow } from "./columns.ts";
import { focusRows } from "./focus.ts";
import { GROUP_RULES, PRESENCE_RULES, ROW_RULES } from "./rules.ts";
import { detailsOf, PublishedRules, type Verdict } from "./testing-focus.ts";
import { validateFocus } from "./validator.ts";

// The published rules and a foreign bill lie beside the project, never in it.
const DATA = path.resolve(import.meta.dirname, "../../../../shared/data");
const MODEL = path.join(DATA, "focus_model-1.2.json.gz");
const FOREIGN = path.join(DATA, "focus_1.0_sample_1000.csv.gz");
const unpacked = (file: string) => gunzipSync(readFileSync(file)).toString("utf8");

/** Static rules that we know and do not check, each with its reason. */
const KNOWN_DIFFERENCES: Readonly<Record<string, readonly string[]>> = {
  "the file refuses texts that are not ASCII; the standard asks to keep names as they are":
    "CommitmentDiscountName-C-002-M InvoiceIssuerName-C-002-M ProviderName-C-002-M BillingAccountId-C-003-M BillingAccountName-C-002-M AvailabilityZone-C-002-M PublisherName-C-002-M SkuMeter-C-002-M CommitmentDiscountId-C-002-M ResourceId-C-002-M ChargeDescription-C-002-M SkuPriceId-C-002-M InvoiceId-C-002-M ConsumedUnit-C-002-M SkuId-C-002-M ResourceType-C-002-M SubAccountType-C-002-M PricingCurrency-C-002-M CommitmentDiscountUnit-C-002-M BillingAccountType-C-002-M CommitmentDiscountType-C-002-M ServiceName-C-002-M RegionId-C-002-M PricingUnit-C-002-M BillingCurrency-C-002-M CapacityReservationId-C-002-M SubAccountName-C-002-M ResourceName-C-002-M RegionName-C-002-M SubAccountId-C-002-M".split(
      " ",
    ),
  "both rules hold for every row, and contradict each other": ["InvoiceId-C-004-C", "InvoiceId-C-005-C"],
  "asks for a status where there is no commitment, and for words that the standard does not have": [
    "CommitmentDiscountStatus-C-003-C",
    "CommitmentDiscountStatus-C-004-C",
    "CommitmentDiscountStatus-C-005-M",
  ],
  "asks corrections for a quantity, where the standard excepts them": ["ConsumedQuantity-C-006-C"],
  "holds only where it cannot fail": ["PricingQuantity-C-008-M"],
  "says may: it cannot fail": [
    "ListUnitPrice-C-006-O",
    "Tags-C-002-O",
    "ConsumedQuantity-C-007-C",
    "CommitmentDiscountQuantity-C-006-C",
    "SkuPriceDetails-C-005-C",
    "SkuPriceId-C-011-O",
  ],
};
const OURS = [...ROW_RULES, ...GROUP_RULES].map((rule) => rule.id);

async function goodRows(): Promise<FocusRow[]> {
  const rows: FocusRow[] = [];
  for await (const page of focusRows(goldenStatement(), detailsOf(goldenStatement()))) rows.push(...page);
  return rows;
}

async function ourVerdicts(rows: readonly FocusRow[]): Promise<Verdict[]> {
  const { faults } = await validateFocus([rows], { most: 1_000_000 });
  const known = new Set(OURS);
  return faults.filter((f) => known.has(f.rule)).map(({ rule, row }) => ({ rule, row }));
}
const sorted = (verdicts: readonly Verdict[]): string[] => verdicts.map((v) => `${v.rule} in row ${v.row}`).sort();

/** What a field may wrongly hold: nothing, another kind of value, another word of the standard, another case. */
const WRONG: readonly (string | null)[] = [
  null,
  "word",
  "-1.5",
  "0",
  "2.50",
  "1,000",
  "$5",
  "1e3",
  "NaN",
  "2026-10-01",
  "2026-10-01T00:00:00",
  "2026-02-30T00:00:00Z",
  "2026-10-01 00:00:00",
  "{}",
  '{"a":{"b":1}}',
  "[1]",
  "{",
  "usd",
  "USD",
  "ZZZ",
  "GPU-Hours",
  "GPU/Hour",
  "GPUs/3 Hours",
  "1000 Tokens",
  "GPU-hours",
  "Usage",
  "Purchase",
  "Tax",
  "Credit",
  "Correction",
  "Usage-Based",
  "One-Time",
  "Used",
  "Unused",
  "Spend",
  "Standard",
  "Compute",
  "Containers",
  "Other (Other)",
  "Zürich",
];

describe.skipIf(!existsSync(MODEL))("the published rules of FOCUS 1.2 (needs ../shared/data)", () => {
  let published: PublishedRules;
  beforeAll(() => {
    published = new PublishedRules(JSON.parse(unpacked(MODEL)));
  });

  it("are all checked, or named with the reason why not", () => {
    const named = Object.values(KNOWN_DIFFERENCES).flat();
    expect([...OURS, ...named].sort()).toEqual(published.leaves().sort());
    expect(new Set(OURS).size).toBe(OURS.length);
  });

  it("find nothing in our export, and neither do we", async () => {
    const rows = await goodRows();
    expect(published.judge(rows, OURS)).toEqual([]);
    expect(await ourVerdicts(rows)).toEqual([]);
  });

  it("agree with us, rule by rule and row by row, on rows with one wrong field", async () => {
    const good = await goodRows();
    const broken: FocusRow[] = [];
    for (const row of good)
      for (const column of Object.keys(row).filter((c) => !c.startsWith("x_")))
        for (const value of WRONG) broken.push({ ...row, [column]: value });
    // Of another type than the file could hold: what a caller might hand over.
    broken.push(...Object.keys(good[0] ?? {}).map((column) => ({ ...good[0], [column]: 5 as unknown as string })));
    const theirs = published.judge(broken, OURS);
    expect(sorted(await ourVerdicts(broken))).toEqual(sorted(theirs));
    const found = new Set(theirs.map((v) => v.rule));
    expect(ROW_RULES.map((r) => r.id).filter((id) => !found.has(id))).toEqual([]);
  });

  it("agree with us on rows with two wrong fields: taxes, purchases and commitments", async () => {
    const good = await goodRows();
    const [usage] = good as [FocusRow, ...FocusRow[]];
    const categories = ["Tax", "Purchase", "Credit", "Usage"].map((ChargeCategory) => ({ ...usage, ChargeCategory }));
    const commitments = categories.flatMap((row) => [
      { ...row, CommitmentDiscountId: "lease-1" },
      { ...row, CommitmentDiscountId: "lease-1", CommitmentDiscountStatus: "Unused", ChargeClass: "Correction" },
      { ...row, CapacityReservationId: "pool-1" },
      { ...row, RegionId: "eu" },
    ]);
    const broken = [...categories, ...commitments].flatMap((row) =>
      Object.keys(row)
        .filter((c) => !c.startsWith("x_"))
        .flatMap((column) =>
          ["1.0", null, "Usage", "GPU-Hours"].map((value): FocusRow => ({ ...row, [column]: value })),
        ),
    );
    const theirs = published.judge(broken, OURS);
    expect(sorted(await ourVerdicts(broken))).toEqual(sorted(theirs));
    expect(theirs.length).toBeGreaterThan(1000);
  });

  it("agree with us on which columns must be there", async () => {
    const [row = {}] = await goodRows();
    const declared = new Set(PRESENCE_RULES.map((rule) => rule.id));
    for (const id of published.presence()) {
      const rule = published.rules.get(id);
      const column = rule?.ValidationCriteria.Requirement.ColumnName as string;
      const { [column]: _, ...rest } = row;
      const { faults } = await validateFocus([[rest]], { most: 1_000_000 });
      const reported = faults.filter((f) => f.row === 0 && f.column === column).map((f) => [f.rule, f.level]);
      const level = rule?.ValidationCriteria.Keyword === "MUST" ? "error" : "warning";
      expect(reported).toEqual(declared.has(id) ? [[id, level]] : []);
      // What we leave out belongs to concepts that the ledger does not have, or may be left out.
      if (!declared.has(id))
        expect(rule?.ApplicabilityCriteria?.join()).toMatch(/REGION|COMMITMENT|ZONE|CURRENC|_TYPES/);
    }
  });
});

describe.skipIf(!existsSync(FOREIGN))("a bill of other providers (needs ../shared/data)", () => {
  it("is refused with row and rule", async () => {
    const read: Record<string, string>[] = parse(unpacked(FOREIGN), { columns: true });
    const rows = read.map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, v || null])));
    const report = await validateFocus([rows], { most: 1_000_000 });
    expect(report.rows).toBe(1000);
    const where = (rule: string) => report.faults.filter((f) => f.rule === rule).map((f) => f.row);
    // Its times have a space and no zone; columns of 1.2 are not there.
    expect(where("ChargePeriodStart-C-001-M")).toEqual(rows.map((_, i) => i + 1));
    expect(where("CostAndUsage-D-033-O")).toEqual([0]);
    expect(report.errors).toBeGreaterThan(4000);
    expect(report.faults.every((f) => f.message !== "" && f.row <= 1000)).toBe(true);
  });
});

describe("validateFocus", () => {
  it("counts everything and keeps the first", async () => {
    const rows = (await goodRows()).map((row) => ({ ...row, BilledCost: null }));
    const report = await validateFocus([rows], { most: 3 });
    expect(report.faults).toHaveLength(3);
    expect(report.errors).toBeGreaterThan(rows.length);
  });

  it("checks the ledger's own promises", async () => {
    const rows = await goodRows();
    const faultsOf = async (change: (row: FocusRow) => FocusRow, totals?: ReadonlyMap<string, number>) =>
      new Set((await validateFocus([rows.map(change)], totals ? { totals } : {})).faults.map((f) => f.rule));
    expect(await faultsOf((row) => row, new Map([["GL-2026-10-0003", 1]]))).toEqual(new Set(["GL-TOTAL"]));
    expect(await faultsOf((row) => ({ ...row, x_Reason: "" }))).toEqual(new Set(["GL-EMPTY"]));
    expect(await faultsOf((row) => ({ ...row, x_AmountMicros: "1" }))).toEqual(new Set(["GL-AMOUNT"]));
    expect(await faultsOf((row) => ({ ...row, ChargePeriodEnd: "2027-01-01T00:00:00Z" }))).toEqual(
      new Set(["GL-WITHIN"]),
    );
    expect(await faultsOf((row) => ({ ...row, BillingPeriodEnd: row.BillingPeriodStart ?? null }))).toContain(
      "GL-PERIOD",
    );
    expect(await faultsOf(({ Tags, ...row }) => ({ ...row, Tags: Tags ?? null }))).toEqual(new Set(["GL-COLUMNS"]));
  });

  it("finds nothing in nothing", async () => {
    expect(await validateFocus([])).toEqual({ rows: 0, errors: 0, warnings: 0, faults: [] });
  });
});
