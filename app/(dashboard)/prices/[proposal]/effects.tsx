import { ChangeBars } from "@/components/charts/change-bars.tsx";
import { formatNumber } from "@/components/format.ts";
import type { PriceEffect } from "@/lib/previews/price.ts";

const SHOWN = 15;

/** Differences from the largest to the smallest. */
export function Effects({ rows, currency }: { rows: readonly (PriceEffect & { name: string })[]; currency: string }) {
  const bars = rows.map((r) => ({ ...r, changeMicros: Number(r.changeMicros) }));
  const shown = bars.sort((a, b) => b.changeMicros - a.changeMicros).slice(0, SHOWN);
  return (
    <>
      <ChangeBars rows={shown} currency={currency} />
      {rows.length > SHOWN && (
        <p className="mt-1 text-xs text-faint">{formatNumber(rows.length - SHOWN)} more are in the table.</p>
      )}
    </>
  );
}
