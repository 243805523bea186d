import type { ReactNode } from "react";
import { drawn, instant, text } from "../tables/columns.ts";
import { DataTable } from "../tables/data-table.tsx";
import { plainView, type TableColumn } from "../tables/view.ts";
import { type AuditNames, actorText, changesOf, subjectText } from "./words.ts";

export interface AuditLine {
  readonly id: string;
  readonly at: number;
  readonly actorKind: string;
  readonly actorId: string;
  readonly action: string;
  readonly subject: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly reason: string;
}

interface AuditListProps {
  readonly acts: readonly AuditLine[];
  readonly zone: string;
  readonly empty: string;
  /** What subjects such as `team/7` are called. */
  readonly names?: AuditNames;
  /** What actions are called: a column of them, where acts of several kinds are listed. */
  readonly actions?: ReadonlyMap<string, string>;
}

/** What was done, by whom, and what it changed: newest first. */
export function AuditList({ acts, zone, empty, names = new Map(), actions }: AuditListProps) {
  const columns: readonly TableColumn<AuditLine>[] = [
    instant("at", "When", (a) => a.at, { look: ["whole"] }),
    text("who", "Who", (a) => actorText(a, names)),
    ...(actions ? [text<AuditLine>("action", "Action", (a) => actions.get(a.action) ?? a.action)] : []),
    text("what", "What", (a) => subjectText(a.subject, names), { lead: true }),
    drawn("change", "Change", (a) => <Changes act={a} names={names} zone={zone} />, { bare: false, look: ["wide"] }),
    text("reason", "Reason", (a) => a.reason),
  ];
  return (
    <DataTable
      view={plainView("Changes", columns, { zone, now: 0, carry: {} })}
      rows={acts}
      empty={<p className="text-sm text-faint">{empty}</p>}
    />
  );
}

/** The fields that differ, old and new. */
function Changes({ act, names, zone }: { act: AuditLine; names: AuditNames; zone: string }): ReactNode {
  if (act.before === null && act.after === null) return "–";
  const changes = changesOf(act.before, act.after, names, zone);
  if (changes.length === 0) return "created";
  return (
    <ul className="text-xs text-soft">
      {changes.map(({ label, old, now }) => (
        <li key={label} className="break-words">
          {label}: {old !== null && <del className="text-faint">{old}</del>}{" "}
          {now !== null && <ins className="no-underline">{now}</ins>}
        </li>
      ))}
    </ul>
  );
}
