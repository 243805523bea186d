import type { Metadata } from "next";
import {
  MESSAGE_STATES,
  placeOf,
  readAlertMessages,
  SHOWN,
  stateWords,
  statusNote,
} from "@/app/(dashboard)/alerts/lists.tsx";
import { Views } from "@/app/(dashboard)/alerts/views.tsx";
import { needPage } from "@/app/need-page.ts";
import { type PageInput, readInput, type Search } from "@/app/page-input.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { count, instant, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { List } from "@/components/tables/list.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { Switch } from "@/components/ui/switch.tsx";
import { findVisibleDelivery, nameChannels } from "@/lib/alerts/list.ts";
import type { Attempt, Delivery } from "@/lib/alerts/outbox/store.ts";
import { readMessage } from "@/lib/alerts/types.ts";
import { counted } from "@/lib/format.ts";

export const metadata: Metadata = { title: "Alert messages" };

export default async function MessagesPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/alerts");
  const { ctx, params } = input;
  const [list, names, chosen] = await Promise.all([
    readAlertMessages(input),
    nameChannels(ctx),
    /^\d{1,15}$/.test(params.message ?? "") ? findVisibleDelivery(ctx, Number(params.message)) : null,
  ]);
  const label = (s: (typeof MESSAGE_STATES)[number]) => (s === "" ? "All" : s === "dead" ? "Given up" : "Waiting");
  return (
    <>
      <PageHeader
        title="Alert messages"
        notice={input.notice}
        controls={<Views at="/alerts/messages" viewer={ctx.viewer} />}
      >
        Every message, one for each change and place. An attempt without an answer may have arrived, and is sent again
        with the same id.
      </PageHeader>
      {chosen && <Attempts input={input} of={chosen} names={names} />}
      <List
        title="Messages"
        note={list.rows.length === SHOWN ? `the newest ${SHOWN}` : ""}
        controls={
          <Switch
            label="State"
            options={MESSAGE_STATES.map((s) => ({
              label: label(s),
              href: s ? `/alerts/messages?state=${s}` : "/alerts/messages",
              active: s === (params.state ?? ""),
            }))}
          />
        }
        {...list}
        keyOf={(d) => d.key}
        empty={<Empty title="No messages">They appear when a rule fires.</Empty>}
      />
    </>
  );
}

function Attempts({
  input: { zone, now },
  of: { delivery, attempts },
  names,
}: {
  input: PageInput;
  names: Awaited<ReturnType<typeof nameChannels>>;
  of: { delivery: Delivery; attempts: Attempt[] };
}) {
  const columns: readonly TableColumn<Attempt>[] = [
    count("number", "Attempt", (a) => a.fence),
    instant("started", "Started", (a) => a.startedAt, { look: ["whole"] }),
    text("outcome", "Outcome", (a) => (a.outcome === "unknown" ? "no record: it may have arrived" : a.outcome), {
      lead: true,
    }),
    text("status", "Answer", (a) => (a.status ? String(a.status) : null)),
    text("excerpt", "Says", (a) => a.excerpt || null, { look: ["wide"] }),
  ];
  const state = [`${stateWords(delivery)}, ${counted(delivery.attempts, "attempt")}`, statusNote(delivery)];
  return (
    <Section title={readMessage(delivery.message).title} note={`message ${delivery.messageId}`}>
      <p className="mb-3 text-sm text-soft">
        {placeOf(delivery, names)} · {state.filter(Boolean).join(" · ")}
        {delivery.state === "dead" && ". It is not sent again by itself: Send again is in its row below."}
      </p>
      <DataTable
        view={plainView("Attempts", columns, { zone, now, carry: {} })}
        rows={attempts}
        keyOf={(a) => a.fence}
        empty={<Empty title="Not tried yet" />}
      />
    </Section>
  );
}
