import { PageLink } from "@/app/page-link.tsx";
import { formatMoment, formatNumber, formatPercent, formatSpan, plural } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import { Unknown } from "@/components/quantity.tsx";
import type { SyncHealth } from "@/lib/pages/types.ts";

/** Whether the data is whole: the last run, what is missing, what is still to come. */
export function SyncPanel({ sync, now, zone }: { sync: SyncHealth; now: number; zone: string }) {
  const { lastRun } = sync;
  return (
    <Section title="Data">
      <dl className="text-sm [&>div]:flex [&>div]:justify-between [&>div]:gap-4 [&>div]:border-b [&>div]:py-1.5 [&_dt]:text-soft">
        <div>
          <dt>Last sync</dt>
          <dd className={lastRun?.status === "failed" ? "text-bad" : ""}>
            {lastRun ? (
              <span title={formatMoment(lastRun.startedAt, zone, "second")}>
                {lastRun.finishedAt === null
                  ? "running now"
                  : `${lastRun.status}, ${formatSpan(now - lastRun.finishedAt)} ago`}
              </span>
            ) : (
              <Unknown why="No sync has run yet" />
            )}
          </dd>
        </div>
        <div>
          <dt>Open gaps</dt>
          <dd className={sync.openGaps ? "text-warn" : ""}>{formatNumber(sync.openGaps)}</dd>
        </div>
        <div>
          <dt>Windows due</dt>
          <dd>{formatNumber(sync.dueWindows)}</dd>
        </div>
        <div>
          <dt>Hours to meter again</dt>
          <dd>{formatNumber(sync.dueBuckets)}</dd>
        </div>
        {sync.runningBackfills.map((b) => (
          <div key={b.id}>
            <dt>Backfill</dt>
            <dd>
              {formatPercent(100 * b.fraction)}, {plural(b.windowsDone, "window")}
              {b.remainingSeconds !== null && `, ${formatSpan(b.remainingSeconds)} left`}
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-2 text-xs">
        <PageLink to="/sync" otherwise={null}>
          Sync, gaps and backfill
        </PageLink>
      </p>
    </Section>
  );
}
