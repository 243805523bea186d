import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { formatNumber } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import type { TableView } from "./view.ts";

/** Where the reader is in a long list, and the way on. @param count null: more than this page shows, and not counted. */
export function Pager({
  view: { at, prefix },
  page,
  size,
  count,
}: {
  view: Pick<TableView<never>, "at" | "prefix">;
  page: number;
  size: number;
  count: number | null;
}) {
  const last = count === null ? null : Math.max(1, Math.ceil(count / size));
  const beyond = last !== null && page > last;
  const to = (n: number) =>
    href(at?.path ?? "", at?.params ?? {}, { [`${prefix}page`]: n === 1 ? undefined : String(n) });
  const first = (page - 1) * size + 1;
  return (
    <nav aria-label="Pages" className="no-print mt-3 flex items-center justify-between gap-4 text-sm text-soft">
      <p>
        {beyond
          ? `There is no page ${formatNumber(page)}: the list ends with page ${formatNumber(last)}.`
          : count === null
            ? `${formatNumber(first)}–${formatNumber(page * size)} of more`
            : `${formatNumber(first)}–${formatNumber(Math.min(count, page * size))} of ${formatNumber(count)}`}
      </p>
      <ul className="flex items-center gap-1">
        <Step to={to(beyond ? last : page - 1)} off={page <= 1} label={beyond ? "Last page" : "Previous page"}>
          <ChevronLeft size={16} aria-hidden="true" />
        </Step>
        <li className="px-2">
          {beyond ? (
            <a href={to(last)} className="text-accent hover:underline">
              To the last page
            </a>
          ) : (
            `Page ${formatNumber(page)}${last === null ? "" : ` of ${formatNumber(last)}`}`
          )}
        </li>
        <Step to={to(page + 1)} off={last !== null && page >= last} label="Next page">
          <ChevronRight size={16} aria-hidden="true" />
        </Step>
      </ul>
    </nav>
  );
}

function Step({ to, off, label, children }: { to: string; off: boolean; label: string; children: ReactNode }) {
  const look = "grid size-8 place-items-center rounded-md border";
  return (
    <li>
      {off ? (
        <span aria-hidden="true" className={`${look} text-line-strong`}>
          {children}
        </span>
      ) : (
        <a href={to} aria-label={label} className={`${look} border-line-strong hover:bg-raised`}>
          {children}
        </a>
      )}
    </li>
  );
}
