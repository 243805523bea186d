import { DownloadLink } from "@/components/tables/table-tools.tsx";
import type { PeriodState } from "@/lib/periods/types.ts";

const LOOK: Readonly<Record<PeriodState, string>> = {
  open: "bg-sunken text-soft",
  draft: "bg-warn-wash text-warn",
  closed: "bg-accent-wash text-accent",
};

/** A period's state: a word in a colour, never the colour alone. */
export function StateBadge({ state }: { state: PeriodState }) {
  return <span className={`rounded px-1.5 py-0.5 text-xs font-medium whitespace-nowrap ${LOOK[state]}`}>{state}</span>;
}

/** Files to download, one link each. */
export function Downloads({
  label,
  files,
}: {
  label: string;
  files: readonly { readonly href: string; readonly label: string }[];
}) {
  return (
    <ul aria-label={label} className="no-print flex flex-wrap gap-1.5">
      {files.map((file) => (
        <li key={file.href}>
          <DownloadLink to={file.href}>{file.label}</DownloadLink>
        </li>
      ))}
    </ul>
  );
}

interface FileLinksProps {
  readonly whose: string;
  readonly formats: Readonly<Record<string, { readonly label: string }>>;
  readonly to: (format: string) => string;
}

/** `FOCUS 1.2` → FOCUS, `Everything, ZIP` → ZIP. */
const shortOf = (label: string): string => label.split(", ").at(-1)?.split(" ")[0] ?? label;

/** A row's files, in small. */
export function FileLinks({ whose, formats, to }: FileLinksProps) {
  return (
    <span className="no-print inline-flex flex-wrap gap-x-2 text-xs [&>a]:inline-block [&>a]:min-w-6 [&>a]:leading-6">
      {Object.entries(formats).map(([format, { label }]) => (
        <a key={format} href={to(format)} download aria-label={`${whose}, ${label}`}>
          {shortOf(label)}
        </a>
      ))}
    </span>
  );
}
