import type { ChargeSettings } from "@/lib/allocation/types.ts";
import { CLASSES, classProperty, OBSERVABLE, sumOf, type UsageClass, zeroRow } from "@/lib/classes.ts";
import { addExactly, priceOf, type Sku, splitExactly, sumExactly } from "@/lib/money.ts";
import { type DayPrices, isPriced } from "@/lib/pricing/price-book.ts";
import type { AppliedPrice } from "@/lib/pricing/types.ts";
import type { DayInput, DayUsage } from "./day.ts";
import type { Termed } from "./terms.ts";
import type { Amounts, Unpriced } from "./types.ts";

/** A rated part of a usage row: a charge but for who pays. */
export interface Rated extends Amounts {
  readonly usage: DayUsage;
  readonly sku: Sku;
  readonly price: AppliedPrice;
}

export interface Rating {
  readonly rated: readonly Rated[];
  readonly unpriced: readonly Unpriced[];
}

/**
 * GPU time × its price. All that one hardware was at one price on a day is priced once, rounded half to even; each row and
 * class takes its part by the largest remainder. So the parts sum to capacity × rate to the micro-unit, and none is two
 * micro-units from its own product (decision 0021).
 */
export function rateGpus(day: number, termed: readonly Termed[]): Rating {
  const rated: Rated[] = [];
  const unpriced = new Unpriceds(day);
  const groups = Map.groupBy(termed, (t) =>
    isPriced(t.price) ? `${t.usage.hardwareKey}/${t.price.priceKey}/${t.price.unitPriceNanos}` : "",
  );
  for (const [key, parts] of groups) {
    if (key === "")
      for (const part of parts) unpriced.add(part.usage.hardwareKey, "gpu", part.priceClass, total(part), part.price);
    else rated.push(...rateGroup(parts));
  }
  return { rated, unpriced: unpriced.list() };
}

const total = (part: Termed): number => sumOf(part.classes, CLASSES, "milli");

/** Whose time samples should cover. */
const SAMPLED: ReadonlySet<UsageClass> = new Set(OBSERVABLE);

function rateGroup(parts: readonly Termed[]): Rated[] {
  const price = (parts[0] as Termed).price as AppliedPrice;
  const cells = parts.flatMap((part) =>
    CLASSES.flatMap((c) => {
      const milli = part.classes[classProperty(c, "milli")];
      return milli > 0 ? [{ part, class: c, milli }] : [];
    }),
  );
  const whole = priceOf(sumExactly(cells.map((c) => c.milli)), "gpu", price.unitPriceNanos);
  const amounts = splitExactly(
    whole,
    cells.map((c) => c.milli),
  );
  const out = new Map<Termed, Rated>();
  cells.forEach((cell, i) => {
    const rated = out.get(cell.part) ?? begin(cell.part, price);
    out.set(cell.part, rated);
    const micros = amounts[i] as number;
    rated.quantity += cell.milli;
    rated.amountMicros = addExactly(rated.amountMicros, micros);
    if (SAMPLED.has(cell.class) && cell.part.usage.workloadKey !== 0) rated.expectedMilli += cell.milli;
    rated.classes[classProperty(cell.class, "milli")] = cell.milli;
    rated.classes[classProperty(cell.class, "micros")] = micros;
  });
  return [...out.values()];
}

function begin({ usage, observedMilli }: Termed, price: AppliedPrice): Rated {
  return {
    usage,
    sku: "gpu",
    price,
    quantity: 0,
    amountMicros: 0,
    observedMilli,
    expectedMilli: 0,
    classes: zeroRow(),
  };
}

type Basis = ChargeSettings["cpu"];

/** What is charged of a host's CPU or memory: what was requested, used, or the larger. Where use was not observed, what was requested. */
function basis(how: Basis, requested: number, used: number, observedSeconds: number): number {
  if (how === "none") return 0;
  if (how === "request" || observedSeconds === 0) return requested;
  return how === "usage" ? used : Math.max(requested, used);
}

/** CPU, memory and GPU memory × their prices, where such prices are in force: a book without them charges none of it. */
export function rateHosts(input: DayInput, prices: DayPrices, settings: ChargeSettings): Rating {
  const rated: Rated[] = [];
  const unpriced = new Unpriceds(input.day);
  const skus: readonly [Sku, (u: DayUsage) => number][] = [
    ["cpu", (u) => basis(settings.cpu, u.cpuRequestedMilliSeconds, u.cpuUsedMilliSeconds, u.cpuObservedSeconds)],
    [
      "memory",
      (u) => basis(settings.memory, u.memoryRequestedMibSeconds, u.memoryUsedMibSeconds, u.memoryObservedSeconds),
    ],
    [
      "gpu-memory",
      (u) =>
        basis(
          settings.gpuMemory,
          u.gpuMemoryRequestedMibSeconds,
          u.gpuMemoryUsedMibSeconds,
          u.gpuMemoryObservedSeconds,
        ),
    ],
  ];
  for (const [sku, quantityOf] of skus) {
    if (!prices.has(sku)) continue;
    for (const usage of input.usage) {
      const hardware = input.hardware.get(usage.hardwareKey);
      const quantity = usage.workloadKey === 0 ? 0 : quantityOf(usage);
      if (quantity === 0 || !hardware) continue;
      const spot = input.workloads.get(usage.workloadKey)?.preemptible ? prices.find(hardware, sku, "spot") : null;
      const price = spot && isPriced(spot) ? spot : prices.find(hardware, sku, "standard");
      if (!isPriced(price)) unpriced.add(usage.hardwareKey, sku, "standard", quantity, price);
      else {
        const amountMicros = priceOf(quantity, sku, price.unitPriceNanos);
        rated.push({
          usage,
          sku,
          price,
          quantity,
          amountMicros,
          observedMilli: 0,
          expectedMilli: 0,
          classes: zeroRow(),
        });
      }
    }
  }
  return { rated, unpriced: unpriced.list() };
}

/** Usage without a price, summed by what lacks it. */
class Unpriceds {
  readonly #day: number;
  readonly #rows = new Map<string, Unpriced>();
  constructor(day: number) {
    this.#day = day;
  }
  add(
    hardwareKey: number,
    sku: Sku,
    priceClass: Unpriced["priceClass"],
    quantity: number,
    price: Termed["price"],
  ): void {
    if (quantity === 0 || isPriced(price)) return;
    const key = `${hardwareKey}/${sku}/${priceClass}`;
    const before = this.#rows.get(key)?.quantity ?? 0;
    const { reason } = price;
    this.#rows.set(key, { day: this.#day, hardwareKey, sku, priceClass, quantity: before + quantity, reason });
  }
  list(): Unpriced[] {
    return [...this.#rows.values()];
  }
}
