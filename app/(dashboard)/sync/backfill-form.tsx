import { ActionForm } from "@/components/action-form.tsx";
import { RowLink } from "@/components/data-table.tsx";
import { formatMoment, formatNumber, formatSpan, plural } from "@/components/format.ts";
import { href, type Params } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { askedRange, forgottenPart } from "@/lib/jobs/index.ts";
import type { SyncState } from "@/lib/pages/types.ts";
import { DAY, dateOf, type Instant } from "@/lib/time.ts";
import { startBackfill } from "./actions.ts";

interface Props {
  readonly preview: Params;
  readonly zone: string;
  readonly billingZone: string;
  readonly now: Instant;
  readonly stepSeconds: number;
  readonly state: SyncState;
}

type Range = { from: Instant; to: Instant } | { problem: string } | null;

function readRange({ backfillFrom, backfillTo }: Params, now: Instant): Range {
  if (!backfillFrom && !backfillTo) return null;
  if (!backfillFrom || !backfillTo) return { problem: "Give both days." };
  try {
    const { start, end } = askedRange({ from: backfillFrom, to: backfillTo }, env(), now);
    return { from: start, to: end };
  } catch (error) {
    return { problem: error instanceof AppError ? error.message : "That is not a date." };
  }
}

/** First what it would do (a link that can be shared), then the deed. */
export function BackfillForm({ preview, zone, billingZone, now, stepSeconds, state }: Props) {
  const range = readRange(preview, now);
  const from = preview.backfillFrom ?? dateOf(now - 7 * DAY, billingZone);
  const to = preview.backfillTo ?? dateOf(now, billingZone);
  const field = "h-8 rounded-md border border-line-strong bg-ground px-2 text-sm";
  return (
    <Section title="Backfill" note="fetch history again, or for the first time">
      <form action="/sync" method="get" className="flex flex-wrap items-end gap-3">
        <label className="grid gap-1 text-xs text-faint">
          From
          <input type="date" name="backfillFrom" required defaultValue={from} className={`${field} text-ink`} />
        </label>
        <label className="grid gap-1 text-xs text-faint">
          Up to, not including
          <input type="date" name="backfillTo" required defaultValue={to} className={`${field} text-ink`} />
        </label>
        <button
          type="submit"
          className="h-8 rounded-md border border-line-strong px-3 text-sm font-medium hover:bg-raised"
        >
          Preview
        </button>
      </form>
      {range && "problem" in range && (
        <p role="alert" className="mt-3 text-sm text-bad">
          {range.problem}
        </p>
      )}
      {range && "from" in range && (
        <div className="mt-4 rounded-md bg-raised p-4 text-sm">
          <p className="font-medium">What this will do</p>
          <ul className="mt-1.5 grid list-disc gap-1 pl-5 text-soft marker:text-faint">
            <li>
              Ask every source for {formatMoment(range.from, zone)} to {formatMoment(range.to, zone)} (
              {formatSpan(range.to - range.from)}), one sample every {formatSpan(stepSeconds)}, newest first.
            </li>
            <li>Write the samples over those that are there; fetching twice changes nothing.</li>
            <li>
              Meter {plural(Math.ceil((range.to - range.from) / env().BUCKET_SECONDS), "bucket")} again. Figures of this
              time may change as gaps fill.
            </li>
            {forgottenPart({ start: range.from, end: range.to }, env(), now) && (
              <li className="text-warn">
                Part of this is older than the {formatSpan(env().SOURCE_RETENTION)} that the sources are said to keep:
                expect gaps there.
              </li>
            )}
            {state.health.runningBackfills.length > 0 && (
              <li>It waits its turn: {formatNumber(state.health.runningBackfills.length)} unfinished before it.</li>
            )}
          </ul>
          <ActionForm
            action={startBackfill}
            label="Start the backfill"
            busy="Asking…"
            fields={{ from: preview.backfillFrom ?? "", to: preview.backfillTo ?? "" }}
            className="mt-3"
          />
          <p className="mt-2 text-xs">
            <RowLink to={href("/sync", preview, { backfillFrom: undefined, backfillTo: undefined })}>Do not</RowLink>
          </p>
        </div>
      )}
    </Section>
  );
}
