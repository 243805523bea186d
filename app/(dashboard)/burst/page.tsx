import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { formatMoment } from "@/components/format.ts";
import { TRAVELLING } from "@/components/href.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { instant, moneyIn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { List } from "@/components/tables/list.tsx";
import { plainView } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import type { BurstView } from "@/lib/burst/burst-days.ts";
import type { RecordedRate, RecordedSwitch } from "@/lib/burst/types.ts";
import { formatSeconds } from "@/lib/time.ts";
import { setRate, turn } from "./actions.ts";
import { BURST_NAMES, readBurst } from "./lists.tsx";

export const metadata: Metadata = { title: "Burst capacity" };

const NO_RATE = "It was on without a rate";
const SOURCE_WORDS = {
  page: "on this page",
  api: "by the API",
  command: "by a command",
  setting: "by GPU_BURST",
} as const;
/** Newest switches and rates that are shown. */
const SHOWN = 20;

export default async function BurstPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/burst");
  input.address.only([...TRAVELLING, ...BURST_NAMES]);
  const { burst, ...list } = await readBurst(input);
  const { ctx, zone, now } = input;
  const { currency } = ctx.ledger;
  const maySwitch = mayDo(ctx.viewer, "burst.switch");
  return (
    <>
      <PageHeader title="Burst capacity" notice={input.notice} controls={<PeriodControl input={input} />}>
        Capacity that is rented for a while, outside of the metered clusters: it costs its rate while it is on, to the
        second. It is not in the ledger until its cost is imported.
      </PageHeader>
      <State burst={burst} currency={currency} zone={zone} />
      {maySwitch && (
        <div className="mb-9">
          <ActionForm
            action={turn}
            label={burst.isOn ? "Switch off" : "Switch on"}
            look={burst.isOn ? "danger" : "strong"}
            fields={{ on: burst.isOn ? "no" : "yes" }}
          >
            <TextField label="From" name="at" placeholder="now" hint="or an earlier instant: 2026-11-29T22:15:00Z" />
            <TextField label="Note" name="note" />
          </ActionForm>
        </div>
      )}
      <List
        title="Days"
        note="newest first"
        {...list}
        keyOf={(d) => d.day}
        empty={<Empty title="No day of this period has begun">Choose an earlier period.</Empty>}
      />
      <Section title="Rate" note="for an hour, until the next one">
        <Rates rates={burst.rates} currency={currency} zone={zone} now={now} />
        {maySwitch && (
          <ActionForm action={setRate} label="Save rate" className="mt-4">
            <TextField
              label="An hour costs"
              name="rate"
              required
              inputMode="decimal"
              align="right"
              placeholder="0.50"
            />
            <TextField label="From" name="from" placeholder="now" hint="or an instant: 2026-11-29T22:15:00Z" />
            <TextField label="Reason (audit log)" name="reason" />
          </ActionForm>
        )}
      </Section>
      <Section title="Switched" note="newest first">
        <Switches switches={burst.switches} zone={zone} now={now} />
      </Section>
    </>
  );
}

function State({ burst, currency, zone }: { burst: BurstView; currency: string; zone: string }) {
  const { isOn, since, rateMicros, today, month } = burst;
  return (
    <Kpis
      items={[
        { label: "Now", value: isOn ? "On" : "Off", note: since === null ? "" : `since ${formatMoment(since, zone)}` },
        {
          label: "An hour costs",
          value: <Money headline micros={rateMicros} currency={currency} why="No rate is set" />,
          note: rateMicros === null ? "set a rate below" : "",
        },
        {
          label: "Today",
          value: <Money headline micros={today.micros} currency={currency} why={NO_RATE} />,
          note: `on for ${formatSeconds(today.seconds)}`,
        },
        {
          label: "This month",
          value: <Money headline micros={month.micros} currency={currency} why={NO_RATE} />,
          note: `on for ${formatSeconds(month.seconds)}`,
        },
      ]}
    />
  );
}

interface Look {
  readonly zone: string;
  readonly now: number;
}

function Rates({ rates, currency, zone, now }: Look & { rates: readonly RecordedRate[]; currency: string }) {
  const columns = [
    instant<RecordedRate>("from", "From", (r) => r.fromAt, { look: ["whole"] }),
    moneyIn(currency)<RecordedRate>("rate", "An hour", (r) => r.rateMicros, { lead: true }),
    text<RecordedRate>("by", "Set by", (r) => r.recordedBy),
  ];
  return (
    <DataTable
      view={plainView("Rates", columns, { zone, now, carry: {} })}
      rows={rates.slice(0, SHOWN)}
      keyOf={(r) => r.fromAt}
      empty={<p className="text-sm text-faint">No rate is set, so nobody knows what burst capacity costs.</p>}
    />
  );
}

function Switches({ switches, zone, now }: Look & { switches: readonly RecordedSwitch[] }) {
  const columns = [
    instant<RecordedSwitch>("at", "At", (s) => s.at, { look: ["whole"] }),
    text<RecordedSwitch>("state", "Switched", (s) => (s.isOn ? "on" : "off"), { lead: true, look: ["strong"] }),
    text<RecordedSwitch>("how", "How", (s) => SOURCE_WORDS[s.source]),
    text<RecordedSwitch>("by", "By", (s) => s.recordedBy),
    text<RecordedSwitch>("note", "Note", (s) => s.note || null, { unknown: "None" }),
  ];
  return (
    <DataTable
      view={plainView("Switched", columns, { zone, now, carry: {} })}
      rows={switches.slice(0, SHOWN)}
      keyOf={(s) => s.at}
      empty={<p className="text-sm text-faint">It was never on.</p>}
    />
  );
}
