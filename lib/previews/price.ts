import { needAllTeams } from "@/lib/auth/visible-teams.ts";
import { chargeDay } from "@/lib/charges/charge.ts";
import type { ChargeRules, DayCharges, DayInput } from "@/lib/charges/day.ts";
import { loadChargeRules, loadDay, loadPlaces } from "@/lib/charges/day-load.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { type ExactMicros, exactMicros, type Micros } from "@/lib/money.ts";
import type { Price } from "@/lib/pricing/types.ts";
import { addDays, dayOfKey } from "@/lib/time.ts";

/** Something that is charged, with the prices there are and with those proposed. Null: nothing of it has a price. */
export interface PriceEffect {
  readonly key: number;
  readonly beforeMicros: ExactMicros | null;
  readonly afterMicros: ExactMicros | null;
  readonly changeMicros: ExactMicros;
}

export interface PricePreview {
  readonly total: PriceEffect;
  /** By team and by project key (0: nobody's), largest change first; policies' shares are in the teams' amounts. */
  readonly teams: readonly PriceEffect[];
  readonly projects: readonly PriceEffect[];
  /** GPU models, with the milli-GPU-seconds that have no price before and after. */
  readonly unpriced: readonly {
    readonly gpuModel: string;
    readonly beforeMilli: number;
    readonly afterMilli: number;
  }[];
  /** Days that the proposal can change, of those asked for. */
  readonly days: number;
}

/**
 * What proposed prices would do to days, open or closed, without writing: each day is charged twice, by the same function
 * that charges it. Requires access to all teams.
 * @throws AppError `forbidden`.
 * @param proposed prices without a version; they are taken for the newest. @param days keys, half-open.
 */
export async function previewPrices(
  ctx: Ctx,
  proposed: readonly Price[],
  days: { readonly from: number; readonly until: number },
  money: { readonly currency: string; readonly billingTimeZone: string },
  signal?: AbortSignal,
): Promise<PricePreview> {
  needAllTeams(ctx.viewer);
  const [rules, places] = await Promise.all([loadChargeRules(ctx.db, money.currency), loadPlaces(ctx.db)]);
  const after: ChargeRules = { ...rules, book: { ...rules.book, prices: [...rules.book.prices, ...proposed] } };
  const first = Math.max(days.from, Math.min(...proposed.map((p) => p.effectiveFrom)));
  const sums = new Sums();
  let count = 0;
  for (let key = first; key < days.until; key = addDays(key, 1)) {
    signal?.throwIfAborted();
    const input = await loadDay(ctx.db, dayOfKey(key, money.billingTimeZone), rules, places);
    if (input.usage.length === 0 && input.costs.length === 0) continue;
    count++;
    sums.add(input, chargeDay(input), "before");
    sums.add(input, chargeDay({ ...input, rules: after }), "after");
  }
  return sums.result(count);
}

type Side = "before" | "after";
type Sides = Record<Side, bigint | null>;

class Sums {
  readonly #total: Sides = { before: null, after: null };
  readonly #teams = new Map<number, Sides>();
  readonly #projects = new Map<number, Sides>();
  readonly #unpriced = new Map<string, Record<Side, number>>();

  add({ hardware }: DayInput, { teamDays, shares, unpriced }: DayCharges, side: Side): void {
    for (const { teamKey, projectKey, amountMicros } of teamDays) {
      this.#total[side] = (this.#total[side] ?? 0n) + BigInt(amountMicros);
      raise(this.#teams, teamKey, side, amountMicros);
      raise(this.#projects, projectKey, side, amountMicros);
    }
    for (const { teamKey, amountMicros } of shares) raise(this.#teams, teamKey, side, amountMicros);
    for (const { hardwareKey, sku, quantity } of unpriced) {
      if (sku !== "gpu") continue;
      const model = hardware.get(hardwareKey)?.gpuModel ?? "";
      const sums = this.#unpriced.get(model) ?? { before: 0, after: 0 };
      sums[side] += quantity;
      this.#unpriced.set(model, sums);
    }
  }

  result(days: number): PricePreview {
    return {
      total: effect(0, this.#total),
      teams: effects(this.#teams),
      projects: effects(this.#projects),
      unpriced: [...this.#unpriced]
        .map(([gpuModel, { before, after }]) => ({ gpuModel, beforeMilli: before, afterMilli: after }))
        .sort((a, b) => b.beforeMilli - a.beforeMilli),
      days,
    };
  }
}

function raise(sums: Map<number, Sides>, key: number, side: Side, micros: Micros): void {
  const sides = sums.get(key) ?? { before: null, after: null };
  sides[side] = (sides[side] ?? 0n) + BigInt(micros);
  sums.set(key, sides);
}

const effect = (key: number, { before, after }: Sides): PriceEffect => ({
  key,
  beforeMicros: before === null ? null : exactMicros(before),
  afterMicros: after === null ? null : exactMicros(after),
  changeMicros: exactMicros((after ?? 0n) - (before ?? 0n)),
});

const effects = (sums: ReadonlyMap<number, Sides>): PriceEffect[] =>
  [...sums]
    .map(([key, sides]) => effect(key, sides))
    .sort((a, b) => Math.abs(Number(b.changeMicros)) - Math.abs(Number(a.changeMicros)) || a.key - b.key);
