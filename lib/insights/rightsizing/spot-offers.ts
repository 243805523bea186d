import type { ListPrice } from "@/lib/pricing/list-price.ts";
import { matchModel, modelWords } from "@/lib/pricing/model-match.ts";

/** A price in force with the day from which it holds. Billionths of the ledger currency for a GPU-hour. */
export interface DatedPrice {
  readonly nanos: number;
  readonly fromDay: number;
}

/** How much less spot costs than on demand for a GPU model: in the price book, and in public lists. Shares in percent. */
export interface SpotOffer {
  readonly gpuModel: string;
  readonly standard: DatedPrice | null;
  readonly spot: DatedPrice | null;
  /** Null: one of the two has no price. Below 0: spot costs more. */
  readonly lessPercent: number | null;
  /** List prices of the model that name both, the largest saving first. */
  readonly listed: readonly ListPrice[];
  /** Smallest and largest saving of them; null without any. */
  readonly listedPercent: readonly [least: number, most: number] | null;
}

const less = (spot: number, standard: number): number | null => (standard > 0 ? 100 * (1 - spot / standard) : null);

/** How much less spot costs on a list; null where the list does not name both prices. */
export const listedLess = ({ onDemandNanos, spotNanos }: ListPrice): number | null =>
  onDemandNanos === null || spotNanos === null ? null : less(spotNanos, onDemandNanos);

/** One model's own prices beside the list prices that name it. A list price is shown and compared; it prices nothing. */
export function spotOfferOf(
  gpuModel: string,
  standard: DatedPrice | null,
  spot: DatedPrice | null,
  list: readonly ListPrice[],
): SpotOffer {
  const words = modelWords(gpuModel);
  const listed = list
    .flatMap((p) => {
      const share = listedLess(p);
      return share !== null && matchModel(modelWords(p.gpuModel), words) > 0 ? [{ p, share }] : [];
    })
    .sort((a, b) => b.share - a.share || (a.p.instance < b.p.instance ? -1 : 1));
  const [most, least] = [listed[0]?.share, listed.at(-1)?.share];
  return {
    ...{ gpuModel, standard, spot, listed: listed.map((x) => x.p) },
    lessPercent: standard && spot ? less(spot.nanos, standard.nanos) : null,
    listedPercent: most === undefined || least === undefined ? null : [least, most],
  };
}
