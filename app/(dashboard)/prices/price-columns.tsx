import { day, nanos, text, textField } from "@/components/tables/columns.ts";
import type { TableColumn } from "@/components/tables/view.ts";
import { formatNanos } from "@/lib/money.ts";
import type { Price } from "@/lib/pricing/types.ts";
import { CLASS_WORDS, KIND_WORDS, subjectOf, UNIT_WORDS } from "./words.ts";

/** What a price is of, how much, and from when on. @param isToCome whether it is not in force yet. */
export const priceColumns = <R,>(
  of: (row: R) => Price,
  clusters: ReadonlyMap<string, string>,
  isToCome: (row: R) => boolean = () => false,
): readonly TableColumn<R>[] => [
  text("subject", "What", (r) => subjectOf(of(r)), { look: ["strong"] }),
  text("kind", "Kind", (r) => KIND_WORDS[of(r).kind]),
  text("class", "Class", (r) => CLASS_WORDS[of(r).priceClass]),
  text("cluster", "Cluster", (r) => clusters.get(of(r).clusterId) ?? (of(r).clusterId || "every")),
  nanos("price", "Price", (r) => of(r).unitPriceNanos, {
    lead: true,
    cell: (r) => (
      <>
        {formatNanos(of(r).unitPriceNanos)} {of(r).currency}
        <span className="text-xs text-faint"> / {UNIT_WORDS[of(r).kind]}</span>
      </>
    ),
    fields: [
      { key: "price", header: "price", unit: "nanos", decimals: 9, value: (r) => of(r).unitPriceNanos },
      textField("currency", (r) => of(r).currency),
      textField("unit", (r) => UNIT_WORDS[of(r).kind]),
    ],
  }),
  day("from", "From", (r) => of(r).effectiveFrom, {
    ...{ look: ["whole"], note: (r) => isToCome(r) && <span className="text-warn">not in force yet</span> },
  }),
];
