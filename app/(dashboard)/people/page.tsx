import type { Metadata } from "next";
import { TokenTable } from "@/app/(dashboard)/account/token-table.tsx";
import { signInSettings } from "@/app/ctx.ts";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { Empty, Notice, PageHeader, Section } from "@/components/page-header.tsx";
import { instant, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { readerFor } from "@/lib/auth/allow.ts";
import { grantWords } from "@/lib/auth/grant-names-load.ts";
import { listGroupRules } from "@/lib/auth/groups/group-store.ts";
import { listTokens } from "@/lib/auth/tokens.ts";
import { waysToSignIn } from "@/lib/auth/ways.ts";
import { loadPeople, type People } from "@/lib/pages/people.ts";
import { invite } from "./actions.ts";
import { GrantFields } from "./grant-fields.tsx";
import { Groups } from "./groups.tsx";

export const metadata: Metadata = { title: "People & tokens" };

export default async function PeoplePage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/people");
  const { ctx, zone, now, params } = input;
  const [people, tokens, rules] = await Promise.all([
    loadPeople(ctx),
    listTokens(ctx, true),
    listGroupRules(readerFor(ctx, "users.manage")),
  ]);
  const { names, rows } = people;
  return (
    <>
      <PageHeader title="People & tokens" notice={input.notice}>
        Who may sign in, what they may see and do, and which programs read for them.
      </PageHeader>
      {!signInSettings() && (
        <Notice>Sign-in is off (AUTH=off). People and roles that you set here act once it is on.</Notice>
      )}
      <Section title="People" note={`${rows.length}`}>
        {rows.length === 0 ? (
          <Empty title="No people yet">Add a person below: they get a link that signs them in.</Empty>
        ) : (
          <PeopleTable people={people} zone={zone} />
        )}
      </Section>
      <Section title="Add a person" note="they get a one-time link; more roles can be added later">
        <ActionForm action={invite} label="Add and create link">
          <TextField label="E-mail" name="email" type="email" required />
          <TextField label="Name" name="name" />
          <GrantFields names={names} />
          <TextField label="Reason (audit log)" name="reason" />
        </ActionForm>
      </Section>
      <Section
        title="API tokens"
        id="tokens"
        note={
          signInSettings()
            ? "of everybody; each person creates their own under Account"
            : "of everybody; npm run ledger -- tokens create makes one while sign-in is off"
        }
      >
        <TokenTable
          tokens={tokens}
          teams={names.teams}
          zone={zone}
          now={now}
          owners={new Map(rows.map((p) => [p.key, p.email]))}
        />
      </Section>
      <Groups ctx={ctx} rules={rules} names={names} params={params} />
    </>
  );
}

function PeopleTable({ people: { rows, names }, zone }: { people: People; zone: string }) {
  const rolesOf = (p: Person) => p.grants.map((g) => grantWords(g, names)).join(", ") || "no role";
  const columns: readonly TableColumn<Person>[] = [
    text("person", "Person", (p) => p.email, { link: (p) => `/people/${p.key}` }),
    text("name", "Name", (p) => p.name),
    text("roles", "Roles", rolesOf),
    text("ways", "Signs in by", waysToSignIn),
    instant("seen", "Last seen", (p) => p.lastSeenAt, { look: ["whole"], unknown: "Never signed in" }),
    text("state", "State", (p) => (p.disabledAt === null ? "active" : "disabled"), { lead: true }),
  ];
  return <DataTable view={plainView("People", columns, { zone, now: 0, carry: {} })} rows={rows} />;
}

type Person = People["rows"][number];
