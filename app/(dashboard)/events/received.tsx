import type { PageInput } from "@/app/page-input.ts";
import { Section } from "@/components/page-header.tsx";
import { count, day, gpuHours, instant, percent, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { listReceivedDays, listRefusedReceived } from "@/lib/events/index.ts";
import { addDays, dateOf, dayKey } from "@/lib/time.ts";

const DAYS = 7;
const MOST_ROWS = 200;
const MOST_REFUSED = 50;

/** What collectors sent in the last week, how far it can be trusted, and what was refused. */
export async function ReceivedEvents({ input: { ctx, zone, now } }: { input: PageInput }) {
  const today = dayKey(dateOf(now, ctx.ledger.zone));
  const [days, refused] = await Promise.all([
    listReceivedDays(ctx, { fromDay: addDays(today, 1 - DAYS), untilDay: addDays(today, 1) }, MOST_ROWS),
    listRefusedReceived(ctx, MOST_REFUSED),
  ]);
  type Day = (typeof days)[number];
  type Refused = (typeof refused)[number];
  const columns: readonly TableColumn<Day>[] = [
    day("day", "Day", (d) => d.day),
    text("subject", "Subject", (d) => d.subject, { note: (d) => d.source }),
    gpuHours("gpu-hours", "GPU-hours", (d) => d.gpuMilliSeconds),
    percent("utilisation", "Utilization", (d) => (d.utilisation === null ? null : 100 * d.utilisation)),
    percent("coverage", "Covered", (d) => (d.coverage === null ? null : 100 * d.coverage)),
    count("events", "Events", (d) => d.events),
    count("repeats", "Repeats", (d) => d.repeats, { toneOf: (d) => (d.repeats ? "warn" : undefined) }),
    count("unmeasured", "Of unknown length", (d) => d.unmeasured),
    instant("last", "Last", (d) => d.lastAt, { look: ["whole"] }),
  ];
  const refusals: readonly TableColumn<Refused>[] = [
    instant("at", "Received", (r) => r.receivedAt, { look: ["whole"] }),
    text("event", "Event", (r) => r.eventId || null, { note: (r) => r.source }),
    text("reason", "Why", (r) => r.reason, { lead: true, look: ["wide"], note: (r) => r.excerpt.slice(0, 120) }),
  ];
  return (
    <>
      <Section id="received" title="Received from collectors" note={`the last ${DAYS} days`}>
        <p className="mb-3 max-w-prose text-sm text-soft">
          Point a collector at <code>/api/v1/events</code>, or <code>/api/v3/openmeter/events</code>, with a token that
          has the scope ingest. What it sends stands beside what the ledger meters, and is charged to nobody.
        </p>
        {days.length > 0 && (
          <DataTable
            view={plainView("Usage that collectors sent", columns, { zone, now, carry: {} })}
            rows={days}
            keyOf={(d) => `${d.day}/${d.workloadHash}`}
          />
        )}
      </Section>
      {refused.length > 0 && (
        <Section title="Received events that were refused" note={`the newest ${refused.length}`}>
          <DataTable
            view={plainView("Received events that were refused", refusals, { zone, now, carry: {} })}
            rows={refused}
            keyOf={(r) => r.key}
          />
        </Section>
      )}
    </>
  );
}
