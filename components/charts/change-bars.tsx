import { formatMoneyChange } from "@/components/format.ts";

export interface ChangeBar {
  readonly key: string | number;
  readonly name: string;
  readonly changeMicros: number;
}

/** Differences in the order given, to the right for more and to the left for less, with their figures. */
export function ChangeBars({ rows, currency }: { rows: readonly ChangeBar[]; currency: string }) {
  const most = Math.max(1, ...rows.map((r) => Math.abs(r.changeMicros)));
  return (
    <ol className="grid grid-cols-[minmax(4rem,max-content)_minmax(0,1fr)_max-content] items-center gap-x-3 gap-y-1.5 text-sm">
      {rows.map((r) => {
        const width = `${(50 * Math.abs(r.changeMicros)) / most}%`;
        const more = r.changeMicros > 0;
        return (
          <li key={r.key} className="col-span-3 grid grid-cols-subgrid items-center">
            <span className="max-w-32 truncate sm:max-w-56" title={r.name}>
              {r.name}
            </span>
            <span aria-hidden="true" className="relative block h-3 border-l border-transparent">
              <span className="absolute inset-y-0 left-1/2 w-px bg-line-strong" />
              <span
                className={`absolute inset-y-0 rounded-[2px] ${more ? "left-1/2 bg-warn" : "right-1/2 bg-accent"}`}
                style={{ width: r.changeMicros === 0 ? 0 : `max(1px, ${width})` }}
              />
            </span>
            <span className="text-right tabular-nums">{formatMoneyChange(r.changeMicros, currency)}</span>
          </li>
        );
      })}
    </ol>
  );
}
