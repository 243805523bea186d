"use client";
import { formatMoment, formatNumber, formatPercent, formatSpan, plural } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import { DownloadLink } from "@/components/tables/table-tools.tsx";
import { Button } from "@/components/ui/button.tsx";
import type { Backfill, SyncState } from "@/lib/pages/types.ts";

interface Verbs {
  readonly zone: string;
  readonly mayOperate: boolean;
  readonly busy: boolean;
  readonly onCancel: (id: string) => void;
  readonly onResume: (id: string) => void;
}

/** Each backfill with how far it is, what remains, and its stop. */
export function Backfills({ state, ...verbs }: { state: SyncState } & Verbs) {
  if (!state.backfills.length) return <span id="backfills" />;
  return (
    <Section
      title="Backfills"
      id="backfills"
      controls={
        <DownloadLink to="/download/backfills" label="CSV of the backfills">
          CSV
        </DownloadLink>
      }
    >
      <ul>
        {state.backfills.map((b) => (
          <One key={b.id} backfill={b} {...verbs} />
        ))}
      </ul>
    </Section>
  );
}

function One({ backfill: b, zone, mayOperate, busy, onCancel, onResume }: { backfill: Backfill } & Verbs) {
  const live = b.status === "queued" || b.status === "running";
  const stopped = b.status === "cancelled" || b.status === "failed";
  const range = `${formatMoment(b.fromAt, zone)} to ${formatMoment(b.toAt, zone)}`;
  const percent = 100 * b.fraction;
  return (
    <li className="border-b py-3 text-sm">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <p>
          <span className="font-medium">{range}</span>{" "}
          <span className="text-faint">
            every {formatSpan(b.stepSeconds)}, asked by {b.requestedBy}
          </span>
        </p>
        <p className="flex items-center gap-3">
          <span className={b.status === "failed" ? "text-bad" : b.status === "done" ? "text-good" : "text-soft"}>
            {b.status}
          </span>
          {mayOperate && (live || stopped) && (
            <Button
              size="small"
              disabled={busy}
              onClick={() => (live ? onCancel(b.id) : onResume(b.id))}
              aria-label={`${live ? "Cancel" : "Resume"} the backfill of ${range}`}
            >
              {live ? "Cancel" : "Resume"}
            </Button>
          )}
        </p>
      </div>
      {b.status !== "done" && (
        <div
          role="progressbar"
          aria-label={`Backfill of ${range}`}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(percent)}
          className="mt-2 h-1.5 overflow-hidden rounded-full bg-sunken"
        >
          <div
            className="h-full rounded-full bg-accent transition-[width] duration-500"
            style={{ width: `${Math.max(percent, live ? 1 : 0)}%` }}
          />
        </div>
      )}
      <p className="mt-1.5 text-xs text-soft">{progressText(b)}</p>
      {b.error && <p className={`mt-1 text-xs ${b.status === "failed" ? "text-bad" : "text-warn"}`}>{b.error}</p>}
    </li>
  );
}

/** `42 %, 120 of about 290 windows, 1.2k samples, 34 a minute, 5 min left`. */
function progressText(b: Backfill): string {
  const parts = [formatPercent(100 * b.fraction)];
  parts.push(
    b.windowsTotal === null || b.status === "done"
      ? plural(b.windowsDone, "window")
      : `${formatNumber(b.windowsDone)} of about ${plural(b.windowsTotal, "window")}`,
  );
  parts.push(plural(b.samples, "sample"));
  if (b.windowsFailed) parts.push(`${formatNumber(b.windowsFailed)} not read whole`);
  if (b.perMinute !== null) parts.push(`${formatNumber(b.perMinute)} a minute`);
  if (b.remainingSeconds !== null) parts.push(`about ${formatSpan(b.remainingSeconds)} left`);
  return parts.join(", ");
}
