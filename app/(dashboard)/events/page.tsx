import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { type PageInput, readInput, type Search } from "@/app/page-input.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { count, drawn, instant, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { AddressForm } from "@/components/ui/address-form.tsx";
import { Button } from "@/components/ui/button.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import { DESTINATIONS, type DestinationDefinition } from "@/lib/events/destinations/index.ts";
import { listVisibleDestinations, listVisibleRefused } from "@/lib/events/index.ts";
import type { ListedDestination } from "@/lib/events/list.ts";
import { counted } from "@/lib/format.ts";
import { remove, sendNow, setPaused } from "./actions.ts";
import { Editor } from "./editor.tsx";
import { ReceivedEvents } from "./received.tsx";

export const metadata: Metadata = { title: "Usage events" };

const MOST_REFUSED = 100;

export default async function EventsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/events");
  const { ctx, params } = input;
  const destinations = await listVisibleDestinations(ctx);
  const edited = destinations.find((d) => String(d.key) === params.destination);
  const kind = DESTINATIONS.find((d) => d.kind === (edited?.kind ?? params.kind));
  return (
    <>
      <PageHeader title="Usage events" notice={input.notice}>
        Usage of every workload and hour as CloudEvents, for billing systems such as OpenMeter. Each interval counts
        once there; late data follows as a correction.
      </PageHeader>
      {destinations.length === 0 ? (
        <Empty title="No destination yet">Choose a kind below. Nothing leaves the ledger without one.</Empty>
      ) : (
        <DestinationTable input={input} destinations={destinations} />
      )}
      {edited && edited.refused > 0 && <Refused input={input} destination={edited} />}
      <Section id="edit" title={edited ? `Change “${edited.name}”` : "Add a destination"}>
        {!edited && <KindForm kind={kind} />}
        {kind && <Editor input={input} kind={kind} edited={edited} />}
      </Section>
      <ReceivedEvents input={input} />
    </>
  );
}

function KindForm({ kind }: { kind: DestinationDefinition | undefined }) {
  const options = DESTINATIONS.map((d) => ({ value: d.kind, label: d.title }));
  return (
    <AddressForm action="/events#edit">
      <SelectField
        label="Kind"
        name="kind"
        value={kind?.kind}
        options={[...(kind ? [] : [{ value: "", label: "Choose…" }]), ...options]}
      />
      <div className="sm:pt-5.5">
        <Button type="submit">Continue</Button>
      </div>
    </AddressForm>
  );
}

const stateOf = (d: ListedDestination): string => {
  if (d.pausedAt !== null) return "paused";
  return d.error === "" ? "in use" : "failing";
};

function DestinationTable({
  input: { zone, now },
  destinations,
}: {
  input: PageInput;
  destinations: readonly ListedDestination[];
}) {
  const columns: readonly TableColumn<ListedDestination>[] = [
    text("name", "Destination", (d) => d.name, { link: (d) => `/events?destination=${d.key}#edit` }),
    text("kind", "Kind", (d) => DESTINATIONS.find(({ kind }) => kind === d.kind)?.title ?? d.kind),
    text("state", "State", stateOf, {
      ...{ lead: true, look: ["wide"] as const, note: (d: ListedDestination) => d.error },
      toneOf: (d) => (d.error === "" ? undefined : "bad"),
    }),
    count("sent", "Sent", (d) => d.sent),
    count("waiting", "Waiting", (d) => d.waiting),
    count("refused", "Refused", (d) => d.refused, { toneOf: (d) => (d.refused ? "bad" : undefined) }),
    instant("last", "Last sent", (d) => d.lastSentAt, { look: ["whole"], unknown: "Nothing was sent yet" }),
    drawn("act", "Act", (d) => <Acts destination={d} />),
  ];
  return (
    <DataTable
      view={plainView("Destinations of usage events", columns, { zone, now, carry: {} })}
      rows={destinations}
      keyOf={(d) => d.key}
    />
  );
}

function Acts({ destination: { key, name, pausedAt } }: { destination: ListedDestination }) {
  const fields = { destination: String(key) };
  const paused = pausedAt !== null;
  return (
    <div className="grid gap-2">
      {!paused && <ActionForm action={sendNow} label="Send now" busy="Sending…" look="plain" fields={fields} />}
      <ActionForm
        action={setPaused}
        label={paused ? "Resume" : "Pause"}
        look="plain"
        fields={{ ...fields, paused: paused ? "no" : "yes" }}
      />
      <Guarded label="Delete">
        <ActionForm action={remove} label={`Delete ${name}`} look="danger" fields={fields}>
          <TextField label="Reason (audit log)" name="reason" />
        </ActionForm>
      </Guarded>
    </div>
  );
}

async function Refused({
  input: { ctx, zone, now },
  destination: { key, refused },
}: {
  input: PageInput;
  destination: ListedDestination;
}) {
  const rows = await listVisibleRefused(ctx, key, MOST_REFUSED);
  type Row = (typeof rows)[number];
  const columns: readonly TableColumn<Row>[] = [
    text("workload", "Workload", (r) => r.workload, { note: (r) => `${r.cluster} · ${r.gpuModel || "no GPU"}` }),
    instant("interval", "Interval from", (r) => r.bucketAt, { look: ["whole"] }),
    text("subject", "Subject", (r) => r.subject),
    text("error", "Why", (r) => r.error, { lead: true, look: ["wide"] }),
  ];
  return (
    <Section
      title="Refused events"
      note={refused > rows.length ? `the newest ${rows.length} of ${refused}` : counted(refused, "event")}
    >
      <DataTable
        view={plainView("Refused events", columns, { zone, now, carry: {} })}
        rows={rows}
        keyOf={(r) => `${r.bucketAt}/${r.hardwareKey}/${r.workloadKey}`}
      />
      <ActionForm
        action={sendNow}
        label="Send refused events again"
        busy="Sending…"
        look="plain"
        fields={{ destination: String(key), refused: "yes" }}
      />
    </Section>
  );
}
