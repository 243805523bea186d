import type { Metadata } from "next";
import { sendAgain } from "@/app/(dashboard)/alerts/actions.ts";
import { Views } from "@/app/(dashboard)/alerts/views.tsx";
import { needPage } from "@/app/need-page.ts";
import { type PageInput, readInput, type Search } from "@/app/page-input.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { count, drawn, instant, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { Switch } from "@/components/ui/switch.tsx";
import { findVisibleDelivery, listVisibleChannels, listVisibleDeliveries } from "@/lib/alerts/list.ts";
import type { Attempt, Delivery } from "@/lib/alerts/outbox/store.ts";
import { CHANGE_WORDS, readMessage } from "@/lib/alerts/types.ts";
import { mayDo } from "@/lib/auth/allow.ts";

export const metadata: Metadata = { title: "Alert messages" };

const SHOWN = 200;
const STATES = ["", "waiting", "dead"] as const;
const STATE_WORDS = {
  waiting: "waiting",
  sending: "being sent",
  sent: "sent",
  accepted: "accepted",
  dead: "given up",
  dropped: "not needed",
} as const;
const TONES = {
  waiting: undefined,
  sending: undefined,
  sent: "good",
  accepted: "good",
  dead: "bad",
  dropped: undefined,
} as const;

export default async function MessagesPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/alerts");
  const { ctx, params } = input;
  const state = STATES.find((s) => s === params.state) ?? "";
  const [messages, channels, chosen] = await Promise.all([
    listVisibleDeliveries(ctx, SHOWN, state ? { state } : {}),
    listVisibleChannels(ctx),
    /^\d{1,15}$/.test(params.message ?? "") ? findVisibleDelivery(ctx, Number(params.message)) : null,
  ]);
  const names = new Map(channels.map((channel) => [channel.key, channel.name]));
  const to = (s: string) => (s ? `/alerts/messages?state=${s}` : "/alerts/messages");
  const label = (s: (typeof STATES)[number]) => (s === "" ? "All" : s === "dead" ? "Given up" : "Waiting");
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
      {chosen && <Attempts input={input} of={chosen} />}
      <Section
        title="Messages"
        controls={
          <Switch label="State" options={STATES.map((s) => ({ label: label(s), href: to(s), active: s === state }))} />
        }
      >
        {messages.length === 0 ? (
          <Empty title="No messages">They appear when a rule fires.</Empty>
        ) : (
          <Table
            input={input}
            rows={messages}
            place={(d) => d.target || names.get(d.channelKey) || `channel ${d.channelKey}`}
          />
        )}
      </Section>
    </>
  );
}

function Table({
  input: { ctx, zone, now },
  rows,
  place,
}: {
  input: PageInput;
  rows: readonly Delivery[];
  place: (d: Delivery) => string;
}) {
  const mayRetry = mayDo(ctx.viewer, "alerts.manage");
  const columns: readonly TableColumn<Delivery>[] = [
    text("title", "Message", (d) => readMessage(d.message).title, {
      look: ["wide"],
      link: (d) => `/alerts/messages?message=${d.key}`,
      note: (d) => CHANGE_WORDS[d.change],
    }),
    text("to", "To", place),
    text("state", "State", (d) => STATE_WORDS[d.state], {
      lead: true,
      toneOf: (d) => TONES[d.state],
      note: (d) => d.error,
    }),
    count("attempts", "Attempts", (d) => d.attempts),
    instant("created", "Created", (d) => d.createdAt, { look: ["whole"] }),
    instant("next", "Next attempt", (d) => (d.state === "waiting" ? d.nextAttemptAt : null), {
      look: ["whole"],
      unknown: "None is planned",
    }),
    ...(mayRetry
      ? [
          drawn<Delivery>("act", "Act", (d) =>
            d.state === "dead" ? (
              <ActionForm action={sendAgain} label="Send again" look="plain" fields={{ message: String(d.key) }} />
            ) : null,
          ),
        ]
      : []),
  ];
  return (
    <DataTable view={plainView("Alert messages", columns, { zone, now, carry: {} })} rows={rows} keyOf={(d) => d.key} />
  );
}

function Attempts({
  input: { zone, now },
  of: { delivery, attempts },
}: {
  input: PageInput;
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
  return (
    <Section title={readMessage(delivery.message).title} note={`message ${delivery.messageId}`}>
      <DataTable
        view={plainView("Attempts", columns, { zone, now, carry: {} })}
        rows={attempts}
        keyOf={(a) => a.fence}
        empty={<Empty title="Not tried yet" />}
      />
    </Section>
  );
}
