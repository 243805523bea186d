import { Table, Td, Th } from "@/components/data-table";
import { formatMoment, formatSpan, plural } from "@/components/format";
import { Empty } from "@/components/page-header";
import type { SyncRun } from "@/lib/reports/pages/types";

const TONES: Record<string, string> = { ok: "text-good", partial: "text-warn", failed: "text-bad" };

export function Runs({ runs, now, zone }: { runs: readonly SyncRun[]; now: number; zone: string }) {
  if (!runs.length)
    return (
      <Empty title="No sync has run yet">
        Connect a source (below), then press “Sync now” or wait for the schedule.
      </Empty>
    );
  return (
    <Table label="Sync runs" dense>
      <thead>
        <tr>
          <Th>Started</Th>
          <Th>Kind</Th>
          <Th>Status</Th>
          <Th right>Took</Th>
          <Th>What it did</Th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            <Td className="whitespace-nowrap">{formatMoment(run.startedAt, zone, "second")}</Td>
            <Td>{run.kind}</Td>
            <Td>
              <span className={TONES[run.status] ?? "text-soft"}>{run.status}</span>
            </Td>
            <Td right>{formatSpan((run.finishedAt ?? now) - run.startedAt)}</Td>
            <Td className="min-w-60 text-xs text-soft">
              {run.error ? (
                <span className={run.status === "failed" ? "text-bad" : "text-warn"}>{run.error}</span>
              ) : (
                countsText(run.counts)
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const countsText = (counts: SyncRun["counts"]): string =>
  Object.entries(counts)
    .filter(([, n]) => n !== 0)
    .map(([name, n]) => plural(n, ...nounOf(name)))
    .join(", ");

/** A count is named by its plural: `histories` → history, histories; one that is no noun stays as it is. */
function nounOf(name: string): [one: string, many: string] {
  const many = name.replace(/([A-Z])/g, " $1").toLowerCase();
  return [many.replace(/ies$/, "y").replace(/([^s])s$/, "$1"), many];
}
