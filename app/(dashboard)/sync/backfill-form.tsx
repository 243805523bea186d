import { formatMoment, formatNumber, formatSpan, plural } from "@/components/format.ts";
import { href, type Params } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { AddressForm } from "@/components/ui/address-form.tsx";
import { Button } from "@/components/ui/button.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
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

type Range = { from: Instant; to: Instant } | { problems: Readonly<Record<string, string>> } | null;

function readRange({ backfillFrom, backfillTo }: Params, now: Instant): Range {
  if (!backfillFrom && !backfillTo) return null;
  if (!backfillFrom) return { problems: { backfillFrom: "Choose the first day." } };
  if (!backfillTo) return { problems: { backfillTo: "Choose the day after the last." } };
  try {
    const { start, end } = askedRange({ from: backfillFrom, to: backfillTo }, env(), now);
    return { from: start, to: end };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { problems: { [error.fields?.to ? "backfillTo" : "backfillFrom"]: error.message } };
  }
}

/** First what it would do (a link that can be shared), then the act. */
export function BackfillForm({ preview, zone, billingZone, now, stepSeconds, state }: Props) {
  const range = readRange(preview, now);
  const from = preview.backfillFrom ?? dateOf(now - 7 * DAY, billingZone);
  const to = preview.backfillTo ?? dateOf(now, billingZone);
  return (
    <Section title="Backfill" note="fetch history again, or for the first time">
      <AddressForm action="/sync" {...(range && "problems" in range ? { problems: range.problems } : {})}>
        <TextField label="From" name="backfillFrom" type="date" value={from} required />
        <TextField label="Up to, not including" name="backfillTo" type="date" value={to} required />
        <div className="sm:pt-5.5">
          <Button type="submit">Preview</Button>
        </div>
      </AddressForm>
      {range && "from" in range && (
        <Panel title="What this will do" className="mt-4">
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
            <TextLink to={href("/sync", preview, { backfillFrom: undefined, backfillTo: undefined })}>Cancel</TextLink>
          </p>
        </Panel>
      )}
    </Section>
  );
}
