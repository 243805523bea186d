import { Columns3, Download } from "lucide-react";
import { Button, type ButtonLook, buttonLook } from "@/components/ui/button.tsx";
import type { TableView } from "./view.ts";

/** What every list offers: which columns it has, and what it shows as a file. Both work without a script. */
export function TableTools<R>({ view }: { view: TableView<R> }) {
  return (
    <>
      {view.at && view.all.length > 2 && <ColumnChoice view={view} />}
      {view.csv && (
        <DownloadLink
          look="quiet"
          to={view.csv}
          label={`CSV of ${view.label.replace(/^[A-Z](?=[a-z])/, (c) => c.toLowerCase())}`}
        >
          CSV
        </DownloadLink>
      )}
    </>
  );
}

interface DownloadLinkProps {
  readonly to: string;
  readonly children: string;
  readonly label?: string;
  readonly look?: ButtonLook;
}

export function DownloadLink({ to, children, label, look = "plain" }: DownloadLinkProps) {
  return (
    <a href={to} download className={buttonLook(look)} aria-label={label}>
      <Download size={14} aria-hidden="true" className="text-faint" />
      {children}
    </a>
  );
}

/** Which columns the table and its download have: a form of the address. A tick sends it where scripts run (soft-navigation.tsx). */
function ColumnChoice<R>({ view: { at, all, columns, prefix } }: { view: TableView<R> }) {
  const id = `${prefix}columns`;
  const name = `${prefix}cols`;
  const others = Object.entries(at?.params ?? {}).filter(([key, value]) => key !== name && value);
  return (
    <>
      <Button look="quiet" popoverTarget={id}>
        <Columns3 size={14} aria-hidden="true" className="text-faint" />
        Columns
      </Button>
      <form id={id} popover="auto" aria-label="Columns" action={at?.path} data-soft="" data-live="" className="menu">
        <input type="hidden" name={name} value={all[0]?.key} />
        {others.map(([key, value]) => (
          <input key={key} type="hidden" name={key} value={value} />
        ))}
        {all.map((c, i) => (
          <label key={c.key}>
            <input type="checkbox" name={name} value={c.key} defaultChecked={columns.includes(c)} disabled={i === 0} />
            {c.label}
          </label>
        ))}
        <noscript>
          <Button type="submit">Show these columns</Button>
        </noscript>
      </form>
    </>
  );
}
