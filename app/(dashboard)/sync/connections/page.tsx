import type { Metadata } from "next";
import { inputName } from "@/app/kind-fields.ts";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { PageLink } from "@/app/page-link.tsx";
import { PageHeader, Section } from "@/components/page-header.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { AddressForm } from "@/components/ui/address-form.tsx";
import { Button } from "@/components/ui/button.tsx";
import { SelectField, TextArea, TextField } from "@/components/ui/field.tsx";
import { type ListedConnection, listClusterNames, listConnections } from "@/lib/connections/index.ts";
import { env } from "@/lib/env.ts";
import type { ConnectionField } from "@/lib/sources/connection-form.ts";
import { CONNECTION_KINDS, type ConnectionKind } from "@/lib/sources/index.ts";
import { saveConnection } from "./actions.ts";
import { ClusterNames } from "./cluster-names.tsx";
import { ConnectionTable } from "./connection-table.tsx";

export const metadata: Metadata = { title: "Connections" };

export default async function ConnectionsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/sync/connections");
  const { ctx, params, zone, now } = input;
  const [connections, names] = await Promise.all([listConnections(ctx, env()), listClusterNames(ctx)]);
  const edited = connections.find((one) => one.key !== null && String(one.key) === params.connection);
  const kind = CONNECTION_KINDS.find(({ name }) => name === (edited?.kind ?? params.kind));
  return (
    <>
      <PageHeader title="Connections" notice={input.notice}>
        Where the ledger reads clusters, workloads and samples. Secrets are stored encrypted and never shown again.{" "}
        <PageLink to="/sync">What was read, and what is missing</PageLink>
      </PageHeader>
      <ConnectionTable connections={connections} zone={zone} now={now} />
      <Section id="edit" title={edited ? `Change “${edited.title}”` : "Add a connection"}>
        {!edited && <KindForm kind={kind} />}
        {kind && <Editor kind={kind} edited={edited} />}
      </Section>
      <ClusterNames names={names} connections={connections} zone={zone} now={now} />
    </>
  );
}

function KindForm({ kind }: { kind: ConnectionKind | undefined }) {
  const options = CONNECTION_KINDS.map(({ name, title }) => ({ value: name, label: title }));
  return (
    <AddressForm action="/sync/connections#edit">
      <SelectField
        label="Kind"
        name="kind"
        value={kind?.name}
        options={[...(kind ? [] : [{ value: "", label: "Choose…" }]), ...options]}
      />
      <div className="sm:pt-5.5">
        <Button type="submit">Continue</Button>
      </div>
    </AddressForm>
  );
}

function Editor({ kind, edited }: { kind: ConnectionKind; edited: ListedConnection | undefined }) {
  return (
    <div className="mt-4 grid gap-4">
      <p className="max-w-prose text-sm text-soft">{kind.form.help}</p>
      <ActionForm
        key={edited?.key ?? kind.name}
        action={saveConnection}
        label={edited ? "Save connection" : "Add connection"}
        fields={{ kind: kind.name, connection: edited ? String(edited.key) : "" }}
      >
        {!edited && (
          <TextField
            label="Name"
            name="name"
            placeholder="emea-prod"
            hint="Small letters, digits and hyphens. It never changes."
            required
          />
        )}
        <TextField label="Title" name="title" value={edited?.title} hint="What people call it." />
        {kind.form.fields.map((field) => (
          <FieldOf key={field.name} field={field} edited={edited} />
        ))}
      </ActionForm>
    </div>
  );
}

function FieldOf({ field, edited }: { field: ConnectionField; edited: ListedConnection | undefined }) {
  const { name, label, hint, placeholder, secret, required, isLong } = field;
  const isStored = edited?.stored.includes(name) ?? false;
  const shown = {
    label,
    hint: isStored ? "Stored. Leave it empty to keep it; a hyphen (-) removes it." : hint,
    name: inputName(field),
    required: Boolean(required) && !isStored,
  };
  const value = edited?.fields[name];
  // A key has several lines, which a password field would join.
  if (isLong) return <TextArea {...shown} rows={3} value={secret ? undefined : value} />;
  if (secret) return <TextField {...shown} type="password" autoComplete="off" />;
  return <TextField {...shown} placeholder={placeholder} value={value} />;
}
