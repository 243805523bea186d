import type { Metadata } from "next";
import { Views } from "@/app/(dashboard)/alerts/views.tsx";
import { inputName } from "@/app/kind-fields.ts";
import { needPage } from "@/app/need-page.ts";
import { type PageInput, readInput, type Search } from "@/app/page-input.ts";
import { Empty, Notice, PageHeader, Section } from "@/components/page-header.tsx";
import { drawn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { AddressForm } from "@/components/ui/address-form.tsx";
import { Button } from "@/components/ui/button.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import { type ChannelRow, secretOwner } from "@/lib/alerts/channel-store.ts";
import { CHANNELS, type ChannelDefinition } from "@/lib/alerts/channels/index.ts";
import { alertSettingsOf, sampleMessage } from "@/lib/alerts/index.ts";
import { listVisibleChannels } from "@/lib/alerts/list.ts";
import type { Change } from "@/lib/alerts/types.ts";
import { readerFor } from "@/lib/auth/allow.ts";
import { env } from "@/lib/env.ts";
import { own } from "@/lib/order.ts";
import { describeSecrets } from "@/lib/secrets/index.ts";
import { remove, saveChannel, test } from "./actions.ts";

export const metadata: Metadata = { title: "Alert channels" };

export default async function ChannelsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/alerts/channels");
  const { ctx, params } = input;
  const channels = await listVisibleChannels(ctx);
  const edited = channels.find((channel) => String(channel.key) === params.channel);
  const kind = CHANNELS.find((c) => c.kind === (edited?.kind ?? params.kind));
  return (
    <>
      <PageHeader
        title="Alert channels"
        notice={input.notice}
        controls={<Views at="/alerts/channels" viewer={ctx.viewer} />}
      >
        Where messages go, besides people&apos;s own e-mail. Addresses and tokens are stored encrypted and never shown
        again.
      </PageHeader>
      {!env().SMTP_URL && (
        <Notice>No mail server is set (SMTP_URL, MAIL_FROM): e-mails wait until there is one.</Notice>
      )}
      {channels.length === 0 ? (
        <Empty title="No channel yet">Choose a kind below. People get e-mails without one.</Empty>
      ) : (
        <ChannelTable input={input} channels={channels} />
      )}
      <Section id="edit" title={edited ? `Change “${edited.name}”` : "Add a channel"}>
        {!edited && <KindForm kind={kind} />}
        {kind && <Editor input={input} kind={kind} edited={edited} />}
      </Section>
    </>
  );
}

function KindForm({ kind }: { kind: ChannelDefinition | undefined }) {
  const options = CHANNELS.map((c) => ({ value: c.kind, label: c.title }));
  return (
    <AddressForm action="/alerts/channels#edit">
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

function ChannelTable({ input: { zone, now }, channels }: { input: PageInput; channels: readonly ChannelRow[] }) {
  const titleOf = (kind: string) => CHANNELS.find((c) => c.kind === kind)?.title ?? kind;
  const columns: readonly TableColumn<ChannelRow>[] = [
    text("name", "Channel", (c) => c.name, { link: (c) => `/alerts/channels?channel=${c.key}#edit` }),
    text("kind", "Kind", (c) => titleOf(c.kind)),
    text("state", "State", (c) => (c.disabledAt === null ? "in use" : "disabled"), {
      lead: true,
      note: (c) => c.disabledReason,
      toneOf: (c) => (c.disabledAt === null ? undefined : "bad"),
    }),
    drawn("test", "Test", (c) => (
      <ActionForm action={test} label="Send a test" busy="Sending…" look="plain" fields={{ channel: String(c.key) }} />
    )),
    drawn("act", "Act", (c) => (
      <Guarded label="Delete">
        <ActionForm action={remove} label={`Delete ${c.name}`} look="danger" fields={{ channel: String(c.key) }}>
          <TextField label="Reason (audit log)" name="reason" />
        </ActionForm>
      </Guarded>
    )),
  ];
  return (
    <DataTable
      view={plainView("Alert channels", columns, { zone, now, carry: {} })}
      rows={channels}
      keyOf={(c) => c.key}
    />
  );
}

interface EditorProps {
  readonly input: PageInput;
  readonly kind: ChannelDefinition;
  readonly edited: ChannelRow | undefined;
}

async function Editor({ input: { ctx }, kind, edited }: EditorProps) {
  const stored = edited
    ? (await describeSecrets(readerFor(ctx, "channels.manage"), secretOwner(edited.key))).map((s) => s.field)
    : [];
  const given = edited ? (JSON.parse(edited.settings) as Record<string, string>) : {};
  return (
    <div className="mt-4 grid gap-4">
      <p className="max-w-prose text-sm text-soft">{kind.help}</p>
      <ActionForm
        key={edited?.key ?? kind.kind}
        action={saveChannel}
        label={edited ? "Save channel" : "Add channel"}
        fields={{ kind: kind.kind, channel: edited ? String(edited.key) : "" }}
      >
        <TextField label="Name" name="name" value={edited?.name ?? kind.title} required />
        {kind.fields.map(({ name, label, hint, placeholder, secret, required, options }) =>
          options ? (
            <SelectField
              key={name}
              label={label}
              hint={hint}
              name={inputName({ name })}
              options={options}
              value={given[name] ?? ""}
            />
          ) : (
            <TextField
              key={name}
              label={label}
              hint={secret && stored.includes(name) ? "Stored. Leave it empty to keep it." : hint}
              placeholder={placeholder}
              name={inputName({ name, secret })}
              required={required && !stored.includes(name)}
              {...(secret ? { type: "password" as const, autoComplete: "off" } : { value: given[name] })}
            />
          ),
        )}
        <TextField
          label="Messages a minute"
          name="ratePerMinute"
          inputMode="numeric"
          value={String(edited?.ratePerMinute ?? 30)}
        />
      </ActionForm>
      <Previews kind={kind} given={given} sample={sampleMessage(ctx, alertSettingsOf(env()), "preview")} />
    </div>
  );
}

const SHOWN: readonly Change[] = ["trigger", "resolve"];

/** What a message looks like on its way, before a channel is set up: with the settings' own defaults. */
function Previews({
  kind,
  given,
  sample,
}: {
  kind: ChannelDefinition;
  given: Record<string, string>;
  sample: ReturnType<typeof sampleMessage>;
}) {
  const settings = kind.settings.safeParse({ ...own(EXAMPLES, kind.kind), ...given });
  if (!settings.success) return null;
  return (
    <details className="text-sm">
      <summary className="cursor-pointer text-soft hover:text-ink">Preview of what is sent</summary>
      {SHOWN.map((change) => (
        <pre key={change} className="mt-2 max-h-96 overflow-auto rounded-md bg-raised p-3 text-xs whitespace-pre-wrap">
          {kind.preview({ ...sample, change, resolvedAt: change === "resolve" ? sample.at : null }, settings.data)}
        </pre>
      ))}
    </details>
  );
}

/** Of fields that have no default, for previews alone. */
const EXAMPLES: Readonly<Record<string, Record<string, string>>> = {
  email: { to: "gpu-costs@example.com" },
  "slack-bot": { channel: "C0123456789" },
  alertmanager: { urls: "http://alertmanager:9093" },
};
