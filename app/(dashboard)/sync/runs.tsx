import { useSearchParams } from "next/navigation";
import { Address } from "@/app/address.ts";
import { readView } from "@/app/table-input.ts";
import { ColumnTable } from "@/components/column-table.tsx";
import { href, travelling } from "@/components/href.ts";
import { Empty, Section } from "@/components/page-header.tsx";
import { TableTools } from "@/components/table-tools.tsx";
import { sortRows } from "@/components/table-view.ts";
import type { SyncRun } from "@/lib/pages/types.ts";
import { RUN_COLUMNS } from "./columns.tsx";

/** The newest runs, as they come. */
export function Runs({ runs, now, zone }: { runs: readonly SyncRun[]; now: number; zone: string }) {
  const params = Object.fromEntries(useSearchParams());
  const view = readView(new Address(params), RUN_COLUMNS, { prefix: "runs-" });
  if (!runs.length)
    return (
      <Section title="Runs">
        <Empty title="No sync has run yet">
          Connect a source (below), then press “Sync now” or wait for the schedule.
        </Empty>
      </Section>
    );
  return (
    <Section
      title="Runs"
      note={view.sort === undefined ? "the newest first" : "the newest"}
      controls={
        <span className="flex gap-2">
          <TableTools view={view} csv={href("/sync/download/runs", params)} label="CSV of the runs" />
        </span>
      }
    >
      <ColumnTable
        label="Sync runs"
        dense
        view={view}
        rows={sortRows(runs, view)}
        keyOf={(run) => run.id}
        look={{ zone, now, carry: travelling(params) }}
        path="/sync"
        params={params}
      />
    </Section>
  );
}
