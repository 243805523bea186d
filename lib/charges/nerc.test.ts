import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { formatMicros, sumExactly } from "@/lib/money.ts";
import { checkDrafts } from "@/lib/pricing/draft.ts";
import { readPriceFile } from "@/lib/pricing/import.ts";
import { addDays } from "@/lib/time.ts";
import { chargeDay } from "./charge.ts";
import { dayInput, usageRow } from "./testing-day.ts";

const FILE = path.resolve(import.meta.dirname, "../../../shared/data/nerc_rates.yaml");

describe.skipIf(!existsSync(FILE))("the real rates of a research cloud (needs ../shared/data)", () => {
  it("charge one H100 around the clock exactly 2,603.52 from 2025-05-20 to 2025-06-09", () => {
    const file = readPriceFile("nerc_rates.yaml", readFileSync(FILE, "utf8"));
    const world = { currency: "USD", billingTimeZone: "UTC", clusters: [], rates: [], models: [], nodePools: [] };
    const { prices: read, problems } = checkDrafts(file.drafts, world);
    expect([...file.problems, ...problems]).toEqual([]);
    expect(read.map((p) => p.match)).toEqual(["A100", "A100SXM4", "V100", "K80", "A2", "H100", "H100"]);
    const prices = read.map((p, i) => ({ ...p, key: i + 1, proposalId: "p", version: 1 }));
    const amounts: number[] = [];
    for (let day = 20250520; day <= 20250609; day = addDays(day, 1)) {
      const usage = [usageRow(1, 1, { activeMilli: 24 * 3_600_000 })];
      const { charges, unpriced } = chargeDay(dayInput({ day, prices, usage }));
      expect(unpriced).toEqual([]);
      amounts.push(...charges.map((c) => c.amountMicros));
    }
    expect(amounts).toHaveLength(21);
    expect(formatMicros(sumExactly(amounts))).toBe("2603.520000");
  });
});
