import { inLedgerCurrency } from "@/lib/costs/file.ts";
import { type PriceVolume, priceAndVolume } from "@/lib/costs/price-volume.ts";
import { addExactly } from "@/lib/money.ts";
import type { PriceBook } from "@/lib/pricing/types.ts";
import type { NamespaceDay, OwnNamespace } from "./types.ts";

/** GPU cost of one namespace by OpenCost and by the ledger, in the ledger's currency. */
export interface ComparedNamespace {
  readonly clusterId: string;
  /** Empty: what OpenCost allocates to no namespace. */
  readonly namespace: string;
  /** Null: OpenCost does not say, or its currency has no exchange rate. */
  readonly theirMicros: number | null;
  readonly theirMilliHours: number | null;
  readonly ourMicros: number;
  readonly ourMilliHours: number;
  /** Of theirs less ours; null: not known. */
  readonly parts: PriceVolume | null;
  readonly reasons: readonly string[];
}

export interface OpencostComparison {
  /** Days of clusters that both have, and that are compared. */
  readonly days: number;
  /** Days of the span of which one of them has nothing. */
  readonly leftOut: number;
  readonly rows: readonly ComparedNamespace[];
}

interface Sum {
  readonly clusterId: string;
  readonly namespace: string;
  theirMicros: number | null;
  theirMilliHours: number | null;
  ourMicros: number;
  ourMilliSeconds: number;
  isDefaultPrice: boolean;
}

/** OpenCost's price of a GPU-hour where nobody has set one, in micro-units of its currency. */
const DEFAULT_PRICE = 950_000;

/**
 * OpenCost's GPU cost against the ledger's, on the days of a cluster that OpenCost was read of and the ledger charged.
 * @param isCharged whether a day is charged. @param span how many days were asked for.
 */
export function compareOpencost(
  theirs: readonly NamespaceDay[],
  ours: readonly OwnNamespace[],
  book: PriceBook,
  isCharged: (day: number) => boolean,
  span: number,
): OpencostComparison {
  const read = new Set(theirs.filter((row) => isCharged(row.day)).map((row) => `${row.clusterId}/${row.day}`));
  const isCompared = (row: { readonly clusterId: string; readonly day: number }) =>
    read.has(`${row.clusterId}/${row.day}`);
  const sums = new Map<string, Sum>();
  const sumOf = ({ clusterId, namespace }: { readonly clusterId: string; readonly namespace: string }): Sum => {
    const key = `${clusterId}/${namespace}`;
    const sum = sums.get(key) ?? {
      ...{ clusterId, namespace, theirMicros: 0, theirMilliHours: 0, ourMicros: 0, ourMilliSeconds: 0 },
      isDefaultPrice: false,
    };
    sums.set(key, sum);
    return sum;
  };
  for (const row of theirs) if (isCompared(row)) addTheirs(sumOf(row), row, book);
  for (const row of ours) {
    if (!isCompared(row)) continue;
    const sum = sumOf(row);
    sum.ourMicros = addExactly(sum.ourMicros, row.amountMicros);
    sum.ourMilliSeconds += row.gpuMilliSeconds;
  }
  const clusters = new Set(theirs.map((row) => row.clusterId)).size;
  return {
    days: read.size,
    leftOut: Math.max(0, span * Math.max(1, clusters) - read.size),
    rows: [...sums.values()].filter(isAboutGpus).map(compared).sort(byDifference),
  };
}

function addTheirs(sum: Sum, { gpuMicros, gpuMilliHours, currency, day }: NamespaceDay, book: PriceBook): void {
  const micros = gpuMicros === null ? null : inLedgerCurrency(book, gpuMicros, currency, day);
  sum.theirMicros = sum.theirMicros === null || typeof micros !== "number" ? null : addExactly(sum.theirMicros, micros);
  sum.theirMilliHours =
    sum.theirMilliHours === null || gpuMilliHours === null ? null : sum.theirMilliHours + gpuMilliHours;
  if (gpuMicros && gpuMilliHours && Math.abs((gpuMicros * 1000) / gpuMilliHours - DEFAULT_PRICE) < 100)
    sum.isDefaultPrice = true;
}

const isAboutGpus = (sum: Sum): boolean =>
  sum.theirMicros !== 0 || sum.theirMilliHours !== 0 || sum.ourMicros !== 0 || sum.ourMilliSeconds !== 0;

function compared({ ourMilliSeconds, isDefaultPrice, ...sum }: Sum): ComparedNamespace {
  const ourMilliHours = Math.round(ourMilliSeconds / 3600);
  const { theirMicros, theirMilliHours, ourMicros } = sum;
  const parts =
    theirMicros === null
      ? null
      : priceAndVolume(
          { micros: theirMicros, milliHours: theirMilliHours },
          { micros: ourMicros, milliHours: ourMilliHours },
        );
  return { ...sum, ourMilliHours, parts, reasons: reasonsOf({ ...sum, ourMilliHours, parts, isDefaultPrice }) };
}

const byDifference = (a: ComparedNamespace, b: ComparedNamespace): number =>
  differenceOf(b) - differenceOf(a) || (a.namespace < b.namespace ? -1 : 1);
const differenceOf = ({ theirMicros, ourMicros }: ComparedNamespace): number =>
  Math.abs((theirMicros ?? 0) - ourMicros);

/** What of the time or the amount is worth a word. */
const NOTABLE = 0.02;

function reasonsOf(row: Omit<ComparedNamespace, "reasons"> & { readonly isDefaultPrice: boolean }): string[] {
  const { theirMicros, theirMilliHours, ourMicros, ourMilliHours, parts } = row;
  if (theirMicros === null || theirMilliHours === null) return ["OpenCost does not say all of it"];
  if (theirMilliHours === 0 && ourMilliHours > 0)
    return ["OpenCost sees no GPU of it: its pods request none by the name that it counts, as with fractions"];
  if (ourMilliHours === 0 && theirMilliHours > 0)
    return [
      "no workload of the ledger held a GPU in it: a pod that no source lists, or one that requested and did not get it",
    ];
  const reasons: string[] = [];
  if (theirMilliHours > ourMilliHours * (1 + NOTABLE))
    reasons.push("OpenCost counts whole requested GPUs, from when the pod is there; the ledger the part that was held");
  if (theirMilliHours < ourMilliHours * (1 - NOTABLE))
    reasons.push("the ledger saw GPUs held that OpenCost's Prometheus did not");
  if (row.isDefaultPrice) reasons.push("0.95 an hour is OpenCost's own default, and nobody's price");
  if (parts && Math.abs(Number(parts.priceMicros)) > NOTABLE * Math.max(1, Math.abs(ourMicros)))
    reasons.push("its price of a GPU-hour is another than the one in force here");
  return reasons;
}
