import type { ReactNode } from "react";
import { Table, Td, Th } from "./data-table";
import { formatMoment } from "./format";

export interface AuditLine {
  readonly id: string;
  readonly at: number;
  readonly actorKind: string;
  readonly actorId: string;
  readonly subject: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly reason: string;
}

/** What was done, by whom, and what it changed: newest first. */
export function AuditList({ acts, zone, empty }: { acts: readonly AuditLine[]; zone: string; empty: string }) {
  if (acts.length === 0) return <p className="text-sm text-faint">{empty}</p>;
  return (
    <Table label="Changes">
      <thead>
        <tr>
          <Th>When</Th>
          <Th>Who</Th>
          <Th>What</Th>
          <Th>Change</Th>
          <Th>Why</Th>
        </tr>
      </thead>
      <tbody>
        {acts.map((act) => (
          <tr key={act.id}>
            <Td className="whitespace-nowrap">{formatMoment(act.at, zone)}</Td>
            <Td>{act.actorId}</Td>
            <Td className="whitespace-nowrap">{act.subject}</Td>
            <Td className="max-w-md">
              <Change before={act.before} after={act.after} />
            </Td>
            <Td>{act.reason}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** The fields that differ, old and new. */
function Change({ before, after }: { before: string | null; after: string | null }): ReactNode {
  const old = fieldsOf(before);
  const now = fieldsOf(after);
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((k) => old[k] !== now[k]);
  if (keys.length === 0) return "made anew";
  return (
    <ul className="text-xs text-soft">
      {keys.map((key) => (
        <li key={key} className="break-words">
          {key}: {before !== null && <del className="text-faint">{old[key] ?? "–"}</del>}{" "}
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
      .map(([k, v]) => [k, typeof v === "object" ? JSON.stringify(v) : String(v)]),
  );
}
