import { Download } from "lucide-react";
import { ColumnChoice } from "./column-choice.tsx";
import type { TableView } from "./table-view.ts";

const LOOK =
  "no-print inline-flex h-8 items-center gap-1.5 rounded-md border border-line-strong px-2.5 text-sm hover:bg-raised";

/** What every table offers: which columns it has, and what it shows as a file. `csv`: where the download is. */
export function TableTools<R>({ view, csv, label }: { view: TableView<R>; csv: string; label?: string }) {
  return (
    <>
      <ColumnChoice
        name={`${view.prefix}cols`}
        all={view.all.map(({ key, label: text }) => ({ key, label: text }))}
        chosen={view.columns.map((c) => c.key)}
      />
      <DownloadLink to={csv} {...(label ? { label } : {})}>
        CSV
      </DownloadLink>
    </>
  );
}

export function DownloadLink({ to, children, label }: { to: string; children: string; label?: string }) {
  return (
    <a href={to} download className={LOOK} aria-label={label}>
      <Download size={14} aria-hidden="true" className="text-faint" />
      {children}
    </a>
  );
}
