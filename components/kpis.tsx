import type { ReactNode } from "react";

export interface Kpi {
  readonly label: string;
  readonly value: ReactNode;
  readonly unit?: string;
  readonly note?: ReactNode;
}

/** So few stand together, not at the two ends of the page. */
const FEW = 4;

/** The figures of a page at a glance, on one rule instead of in boxes. */
export function Kpis({ items }: { items: readonly Kpi[] }) {
  return (
    <dl
      className={`mb-9 grid grid-cols-2 gap-x-6 gap-y-5 border-y py-4 sm:grid-cols-3 xl:flex ${items.length < FEW ? "xl:gap-x-16" : "xl:justify-between"}`}
    >
      {items.map((item) => (
        <div key={item.label} className="min-w-0 xl:min-w-min">
          <dt className="text-xs text-faint">{item.label}</dt>
          <dd>
            <span className="block text-xl font-semibold tracking-tight whitespace-nowrap">
              {item.value}
              {item.unit && <span className="ml-1 text-xs font-normal text-faint">{item.unit}</span>}
            </span>
            {item.note && <span className="block text-xs text-soft">{item.note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
