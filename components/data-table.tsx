import { ArrowDown, ArrowUp } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

/** The frame of every table: scrolls sideways inside itself, never the page, with a shadow where it goes on. Its first column stays. */
export function Table({ label, children, dense = false }: { label: string; children: ReactNode; dense?: boolean }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
    <section aria-label={`${label}: table`} tabIndex={0} className="scroll-table @container relative -mx-4 sm:mx-0">
      <table className={`w-full border-collapse text-sm ${dense ? "[&_td]:py-1" : ""}`}>{children}</table>
    </section>
  );
}

interface ThProps {
  readonly children: ReactNode;
  readonly right?: boolean;
  readonly sort?: SortLink;
  readonly className?: string;
}

export function Th({ children, right = false, sort, className = "" }: ThProps) {
  const direction = sort?.active ? (sort.descending ? "descending" : "ascending") : undefined;
  const Arrow = sort?.descending ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      aria-sort={direction}
      className={`h-8 border-b border-line-strong px-2.5 text-xs font-medium whitespace-nowrap text-faint first:pl-4 last:pr-4 sm:first:pl-0 sm:last:pr-0 ${right ? "text-right" : "text-left"} ${className}`}
    >
      {sort ? (
        <Link
          href={sort.href}
          prefetch={false}
          scroll={false}
          className={`inline-flex items-center gap-1 hover:text-ink ${sort.active ? "text-ink" : ""}`}
        >
          {children}
          {sort.active && <Arrow size={12} aria-hidden="true" />}
        </Link>
      ) : (
        children
      )}
    </th>
  );
}

export interface SortLink {
  readonly href: string;
  readonly active: boolean;
  readonly descending: boolean;
}

export function Td({
  children,
  right = false,
  className = "",
}: {
  children: ReactNode;
  right?: boolean;
  className?: string;
}) {
  return (
    <td
      className={`border-b px-2.5 py-1.5 align-middle first:pl-4 last:pr-4 sm:first:pl-0 sm:last:pr-0 ${right ? "text-right whitespace-nowrap" : ""} ${className}`}
    >
      {children}
    </td>
  );
}

/** What a row is about, below its name where the table is too narrow to show the column of it without scrolling. */
export function Narrow({ children }: { children: ReactNode }) {
  return <span className="block text-xs whitespace-nowrap text-soft @3xl:hidden print:hidden">{children}</span>;
}

/** The name of a row, which is its link. */
export function RowLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link href={to} prefetch={false} className="font-medium decoration-line-strong underline-offset-2 hover:underline">
      {children}
    </Link>
  );
}
