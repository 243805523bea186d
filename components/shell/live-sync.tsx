"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { formatNumber } from "@/components/format.ts";
import type { SyncHealth } from "@/lib/pages/types.ts";
import { useSyncState } from "./sync-state.tsx";

/** The first sync as it goes; the page reloads itself when there are figures to show. */
export function LiveSync({ initial }: { initial: SyncHealth }) {
  const router = useRouter();
  const { data, query } = useSyncState(0);
  const health = data?.health ?? initial;
  const fetched = (data?.windows ?? []).filter((w) => w.status === "fetched").reduce((sum, w) => sum + w.count, 0);
  const ready = fetched > 0 && health.dueBuckets === 0;
  useEffect(() => {
    if (ready) router.refresh();
  }, [ready, router]);
  const facts = data?.facts;
  return (
    <div role="status">
      {query}
      <dl className="grid max-w-sm gap-1 text-sm [&>div]:flex [&>div]:justify-between [&>div]:border-b [&>div]:py-1">
        <div>
          <dt>State</dt>
          <dd>
            {health.lastRun
              ? health.lastRun.finishedAt === null
                ? "syncing"
                : `last run: ${health.lastRun.status}`
              : "waiting for the first run"}
          </dd>
        </div>
        <div>
          <dt>Nodes, workloads, pods</dt>
          <dd>{facts ? [facts.nodes, facts.workloads, facts.pods].map((n) => formatNumber(n)).join(", ") : "–"}</dd>
        </div>
        <div>
          <dt>Windows fetched</dt>
          <dd>{formatNumber(fetched)}</dd>
        </div>
        <div>
          <dt>Hours waiting to be metered</dt>
          <dd>{formatNumber(health.dueBuckets)}</dd>
        </div>
      </dl>
    </div>
  );
}
