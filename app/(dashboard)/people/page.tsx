import type { Metadata } from "next";
import { TokenTable } from "@/app/(dashboard)/account/token-table.tsx";
import { signInSettings } from "@/app/ctx.ts";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { ActionForm } from "@/components/action-form.tsx";
import { Narrow, RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { TextField } from "@/components/fields.tsx";
import { formatMoment } from "@/components/format.ts";
import { Empty, Notice, PageHeader, Section } from "@/components/page-header.tsx";
import { grantWords } from "@/lib/auth/grant-names-load.ts";
import { listGroupRules } from "@/lib/auth/group-store.ts";
import { listTokens } from "@/lib/auth/tokens.ts";
import { loadPeople, type People } from "@/lib/pages/people.ts";
import { invite } from "./actions.ts";
import { GrantFields } from "./grant-fields.tsx";
import { Groups } from "./groups.tsx";

export const metadata: Metadata = { title: "People & tokens" };

export default async function PeoplePage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/people");
  const { ctx, zone, now, params } = input;
  const [people, tokens, rules] = await Promise.all([loadPeople(ctx), listTokens(ctx, true), listGroupRules(ctx.db)]);
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
          <Empty title="Nobody yet">Add a person below: they get a link that signs them in.</Empty>
        ) : (
          <PeopleTable people={people} zone={zone} />
        )}
      </Section>
      <Section title="Add a person" note="they get a one-time link; more roles can be added later">
        <ActionForm action={invite} label="Add and create the link">
          <TextField label="E-mail" name="email" type="email" required />
          <TextField label="Name" name="name" />
          <GrantFields names={names} />
          <TextField label="Why (for the audit log)" name="reason" />
        </ActionForm>
      </Section>
      <Section title="API tokens" id="tokens" note="of everybody; each person creates their own under Account">
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
  return (
    <Table label="People">
      <thead>
        <tr>
          <Th>Person</Th>
          <Th>Name</Th>
          <Th>Roles</Th>
          <Th>Signs in by</Th>
          <Th>Last seen</Th>
          <Th>State</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((person) => {
          const roles = person.grants.map((g) => grantWords(g, names)).join(", ") || "no role";
          const ways = [person.hasPassword && "password", person.subject && "provider"].filter(Boolean).join(", ");
          return (
            <tr key={person.key} className={person.disabledAt === null ? "hover:bg-raised" : "text-faint"}>
              <Td>
                <RowLink to={`/people/${person.key}`}>{person.email}</RowLink>
                <Narrow>{roles}</Narrow>
              </Td>
              <Td>{person.name}</Td>
              <Td>{roles}</Td>
              <Td>{ways || "link"}</Td>
              <Td className="whitespace-nowrap">
                {person.lastSeenAt === null ? "never" : formatMoment(person.lastSeenAt, zone)}
              </Td>
              <Td>{person.disabledAt === null ? "active" : "disabled"}</Td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
