import type { Metadata } from "next";
import { readInput, type Search } from "@/app/page-input.ts";
import { PageHeader, Section } from "@/components/page-header.tsx";
import { drawn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { PERSONAL_CHANNEL } from "@/lib/alerts/channels/index.ts";
import { listChosen } from "@/lib/alerts/preferences/choose.ts";
import { listOpenChannels } from "@/lib/alerts/preferences/place.ts";
import { formatMinute } from "@/lib/alerts/quiet.ts";
import { ANY_KIND, type Preference, usualPreference } from "@/lib/alerts/recipients-load.ts";
import { RULE_KINDS } from "@/lib/alerts/rules/index.ts";
import { SEVERITIES } from "@/lib/alerts/types.ts";
import { readerOfOwn } from "@/lib/auth/allow.ts";
import { clearPreference, savePreference } from "./actions.ts";

export const metadata: Metadata = { title: "My alerts" };

const MODES = [
  { value: "now", label: "at once" },
  { value: "daily", label: "in a daily digest" },
  { value: "weekly", label: "in a weekly digest" },
  { value: "off", label: "never" },
];
const OTHERS = "all other kinds";
const titleOf = (kind: string) =>
  kind === ANY_KIND ? OTHERS : (RULE_KINDS.find((r) => r.kind === kind)?.title ?? kind);

export default async function PreferencesPage({ searchParams }: { searchParams: Search }) {
  const { ctx, zone, now } = await readInput(searchParams);
  const { userKey, kind } = ctx.viewer;
  if (kind !== "person" || userKey === undefined)
    return (
      <PageHeader title="My alerts" trail={[{ label: "Account", href: "/account" }]}>
        Sign-in is off (AUTH=off): nobody has an e-mail address. Rules send to channels and to ALERT_EMAIL_TO.
      </PageHeader>
    );
  const [rows, channels] = await Promise.all([listChosen(ctx), listOpenChannels(readerOfOwn(ctx, userKey))]);
  const [others = usualPreference(userKey)] = rows;
  const places = [
    { value: String(PERSONAL_CHANNEL), label: `e-mail to ${ctx.viewer.id}` },
    ...channels.map(({ key, name }) => ({ value: String(key), label: `${name}, to me alone` })),
  ];
  const placeOf = ({ channelKey }: Preference) =>
    channels.find((channel) => channel.key === channelKey)?.name ??
    (channelKey === PERSONAL_CHANNEL ? "e-mail" : "e-mail: the channel is no longer open for people");
  const columns: readonly TableColumn<Preference>[] = [
    text("kind", "Kind", (p) => titleOf(p.kind)),
    text("mode", "When", (p) => MODES.find((m) => m.value === p.mode)?.label ?? p.mode, { lead: true }),
    text("where", "Where", placeOf),
    text("severity", "From severity", (p) => p.severity),
    text("quiet", "Quiet hours", (p) =>
      p.quietFrom < 0 ? "none" : `${formatMinute(p.quietFrom)} to ${formatMinute(p.quietUntil)}`,
    ),
    drawn("act", "Act", (p) =>
      p.kind === ANY_KIND ? null : (
        <ActionForm action={clearPreference} label="As all others" look="plain" fields={{ kind: p.kind }} />
      ),
    ),
  ];
  return (
    <>
      <PageHeader title="My alerts" trail={[{ label: "Account", href: "/account" }]}>
        Which messages about alerts {ctx.viewer.id} gets, where and when. Digests leave at 08:00, weekly ones on
        Mondays; times in {ctx.ledger.zone}.
      </PageHeader>
      <DataTable
        view={plainView("Alert preferences", columns, { zone, now, carry: {} })}
        rows={rows}
        keyOf={(p) => p.kind}
      />
      <Section title="Change" note="critical alerts do not wait for the end of quiet hours">
        <ActionForm action={savePreference} label="Save">
          <SelectField
            label="Kind"
            name="kind"
            options={[
              { value: ANY_KIND, label: OTHERS },
              ...RULE_KINDS.map((r) => ({ value: r.kind, label: r.title })),
            ]}
          />
          <SelectField label="When" name="mode" options={MODES} value={others.mode} />
          <SelectField
            label="Where"
            hint={
              channels.length > 0
                ? "who is not found there by this address gets an e-mail"
                : "administrators have opened no other channel for people"
            }
            name="where"
            options={places}
            value={String(channels.some(({ key }) => key === others.channelKey) ? others.channelKey : 0)}
          />
          <SelectField
            label="From severity"
            name="severity"
            options={SEVERITIES.map((value) => ({ value, label: value }))}
            value={others.severity}
          />
          <TextField label="Quiet from" name="quietFrom" placeholder="22:00" value={formatMinute(others.quietFrom)} />
          <TextField
            label="Quiet until"
            name="quietUntil"
            placeholder="07:00"
            value={formatMinute(others.quietUntil)}
          />
        </ActionForm>
      </Section>
    </>
  );
}
