import type { ReactNode } from "react";
import { href, type Params } from "./href.ts";

/** What an amount is of: the fewest keys that identify it. Days are keys `YYYYMMDD`, half-open. */
export interface Explained {
  readonly fromDay: number;
  readonly untilDay: number;
  readonly team?: number | undefined;
  readonly project?: number | undefined;
  readonly workload?: number | undefined;
  readonly hardware?: number | undefined;
  readonly sku?: string | undefined;
  readonly priceClass?: string | undefined;
  readonly price?: number | undefined;
}

const date = (day: number): string => String(day).replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");

/** Where an amount is explained: the one place that builds this query. */
export function explainHref({ fromDay, untilDay, ...of }: Explained): string {
  const params: Params = Object.fromEntries(
    Object.entries(of).map(([key, value]) => [key, value === undefined ? undefined : String(value)]),
  );
  return href("/explain", { from: date(fromDay), to: date(untilDay), ...params });
}

/** A figure that leads to its explanation. */
export function Explain({ of, children }: { of: Explained; children: ReactNode }) {
  return (
    <a
      href={explainHref(of)}
      title="Explain this number"
      className="decoration-line-strong decoration-dotted underline-offset-3 hover:underline print:no-underline"
    >
      {children}
      <span className="sr-only"> – explain this number</span>
    </a>
  );
}
