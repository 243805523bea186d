import type { ReactNode } from "react";

/** Filters above a list: in a row where there is room, else folded up, so that the list begins on the first screen. Needs no script. */
export function Filters({ count, children }: { count: number; children: ReactNode }) {
  return (
    <details className="filters no-print mb-4" open={count > 0}>
      <summary className="inline-flex h-8 items-center rounded-md border border-line-strong px-2.5 text-sm hover:bg-raised sm:hidden">
        Filters{count > 0 && ` (${count})`}
      </summary>
      <div className="mt-2 flex flex-wrap items-center gap-2 sm:mt-0">{children}</div>
    </details>
  );
}
