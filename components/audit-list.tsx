import type { ReactNode } from "react";
import { formatMicros } from "@/lib/money.ts";
import { dateOfKey } from "@/lib/time.ts";
import { grouped } from "./format.ts";
import { drawn, instant, text } from "./tables/columns.ts";
import { DataTable } from "./tables/data-table.tsx";
import { plainView, type TableColumn } from "./tables/view.ts";

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
  readonly names?: ReadonlyMap<string, string>;
  /** A column with the name of each action, where acts of several kinds are listed. */
  readonly withActions?: boolean;
}

/** What was done, by whom, and what it changed: newest first. */
export function AuditList({ acts, zone, empty, names = new Map(), withActions = false }: AuditListProps) {
  const columns: readonly TableColumn<AuditLine>[] = [
    instant("at", "When", (a) => a.at, { look: ["whole"] }),
    text("who", "Who", (a) => a.actorId),
    ...(withActions ? [text<AuditLine>("action", "Action", (a) => a.action)] : []),
    text("what", "What", (a) => subjectText(a.subject, names), { lead: true }),
    drawn("change", "Change", (a) => <Change before={a.before} after={a.after} />, { bare: false, look: ["wide"] }),
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

/** `team/7/rule/3f2a` → `Vision, rule`: the name where there is one, else the kind and key. */
function subjectText(subject: string, names: ReadonlyMap<string, string>): string {
  const parts = subject.split("/");
  const owner = names.get(parts.slice(0, 2).join("/"));
  return owner === undefined ? parts.join(" ") : [owner, ...parts.slice(2).filter((_, i) => i % 2 === 0)].join(", ");
}

const LABELS: Readonly<Record<string, string>> = {
  kind: "by",
  fromDay: "from",
  untilDay: "until",
  costCentre: "cost centre",
  glAccount: "GL account",
  costClass: "class",
  clusterId: "cluster",
  position: "place in the order",
  totalMicros: "total",
  sharedMicros: "of it shared",
};
/** They say to the ledger which row it is; the subject says it to a reader. */
const KEYS = new Set(["id", "teamKey", "key"]);

/** The fields that differ, old and new. */
function Change({ before, after }: { before: string | null; after: string | null }): ReactNode {
  const old = fieldsOf(before);
  const now = fieldsOf(after);
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (k) => old[k] !== now[k] && !KEYS.has(k),
  );
  if (keys.length === 0) return "created";
  return (
    <ul className="text-xs text-soft">
      {keys.map((key) => (
        <li key={key} className="break-words">
          {LABELS[key] ?? key}: {before !== null && <del className="text-faint">{old[key] ?? "–"}</del>}{" "}
          {after !== null && <ins className="no-underline">{now[key] ?? "–"}</ins>}
        </li>
      ))}
    </ul>
  );
}

function fieldsOf(json: string | null): Record<string, string> {
  if (json === null) return {};
  const value: unknown = JSON.parse(json);
  if (typeof value !== "object" || value === null) return { value: String(value) };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== "" && v !== null)
      .map(([k, v]) => [k, valueText(k, v)]),
  );
}

function valueText(key: string, value: unknown): string {
  if (typeof value === "number" && /Day$/.test(key)) return dateOfKey(value);
  return typeof value === "number" && /Micros$/.test(key) ? grouped(formatMicros(value)) : textOf(value);
}

const textOf = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));
