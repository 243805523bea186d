import { useSearchParams } from "next/navigation";
import { Address } from "@/app/address.ts";
import { Empty } from "@/components/page-header.tsx";
import { List } from "@/components/tables/list.tsx";
import { sortRows } from "@/components/tables/view.ts";
import type { SyncRun } from "@/lib/pages/types.ts";
import { readRuns } from "./run-columns.tsx";

/** The newest runs, as they come. */
export function Runs({ runs, now, zone }: { runs: readonly SyncRun[]; now: number; zone: string }) {
  const address = new Address(Object.fromEntries(useSearchParams()));
  const view = readRuns({ address, zone, now });
  return (
    <List
      title="Runs"
      note={view.sort === undefined ? "the newest first" : "the newest"}
      view={view}
      rows={sortRows(runs, view)}
      empty={
        <Empty title="No sync has run yet">
          Connect a source (below), then press “Sync now” or wait for the schedule.
        </Empty>
      }
    />
  );
}
