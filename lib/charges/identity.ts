import { CLASSES, classProperty } from "@/lib/classes.ts";
import { AppError } from "@/lib/errors.ts";
import { priceOf, sumExactly } from "@/lib/money.ts";
import type { DayCharges, DayInput } from "./day.ts";

/** One hardware's day: what is charged against what is there. All in integers; a residual that is not 0 is a breach. */
export interface DayTie {
  readonly day: number;
  readonly hardwareKey: number;
  /** Milli-GPU-seconds: all that metering has, and those that no price covers. */
  readonly meteredMilli: number;
  readonly unpricedMilli: number;
  readonly chargedMilli: number;
  /** Σ (milli-GPU-seconds at a price × that price), each product rounded once, and what charges come to. */
  readonly productMicros: number;
  readonly chargedMicros: number;
  readonly residualMilli: number;
  readonly residualMicros: number;
}

/** Ties a day out, hardware by hardware (docs/accounting.md): every GPU-second charged or unpriced, every product whole. */
export function tieDay(input: Pick<DayInput, "day" | "usage" | "hardware">, result: DayCharges): DayTie[] {
  return [...input.hardware.values()]
    .filter((h) => h.gpuModel !== "")
    .map(({ key }) => {
      const metered = input.usage.filter((u) => u.hardwareKey === key);
      const charges = result.charges.filter((c) => c.hardwareKey === key && c.sku === "gpu");
      const unpriced = result.unpriced.filter((u) => u.hardwareKey === key && u.sku === "gpu");
      const byPrice = Map.groupBy(charges, (c) => `${c.priceKey}/${c.unitPriceNanos}`);
      const products = [...byPrice.values()].map((list) =>
        priceOf(sumExactly(list.map((c) => c.quantity)), "gpu", list[0]?.unitPriceNanos ?? 0),
      );
      const meteredMilli = sumExactly(metered.flatMap((u) => CLASSES.map((c) => u.classes[classProperty(c, "milli")])));
      const unpricedMilli = sumExactly(unpriced.map((u) => u.quantity));
      const chargedMilli = sumExactly(charges.map((c) => c.quantity));
      const productMicros = sumExactly(products);
      const chargedMicros = sumExactly(charges.map((c) => c.amountMicros));
      return {
        day: input.day,
        hardwareKey: key,
        meteredMilli,
        unpricedMilli,
        chargedMilli,
        productMicros,
        chargedMicros,
        residualMilli: meteredMilli - unpricedMilli - chargedMilli,
        residualMicros: productMicros - chargedMicros,
      };
    });
}

/** @throws AppError `internal` where a day does not tie out: such a day is not written. */
export function assertTied(input: DayInput, result: DayCharges): void {
  const breach = tieDay(input, result).find((t) => t.residualMilli !== 0 || t.residualMicros !== 0);
  if (breach)
    throw new AppError(
      "internal",
      `Charges of ${input.day} do not add up on hardware ${breach.hardwareKey}: ${breach.residualMilli} milli-GPU-seconds and ${breach.residualMicros} micro-units are left. Nothing was written.`,
    );
  const moved = sumExactly(result.shares.map((s) => s.amountMicros));
  const imported = sumExactly(input.costs.map((c) => c.amountMicros));
  if (moved !== imported)
    throw new AppError("internal", `Shares of ${input.day} sum to ${moved}, not to ${imported}. Nothing was written.`);
}
