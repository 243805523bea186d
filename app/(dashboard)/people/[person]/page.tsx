import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { SessionTable } from "@/app/(dashboard)/account/session-table.tsx";
import { TokenTable } from "@/app/(dashboard)/account/token-table.tsx";
import { disable, endAll, saveGrant, saveNames, sendLink, unlink } from "@/app/(dashboard)/people/actions.ts";
import { GrantFields } from "@/app/(dashboard)/people/grant-fields.tsx";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { AuditList } from "@/components/audit/audit-list.tsx";
import type { AuditNames } from "@/components/audit/words.ts";
import { Facts } from "@/components/facts.tsx";
import { formatMoment } from "@/components/format.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { CheckField, TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import { type GrantNames, grantWords } from "@/lib/auth/grant-names-load.ts";
import { ROLE_WORDS } from "@/lib/auth/types.ts";
import type { PersonRow } from "@/lib/auth/users.ts";
import { waysToSignIn } from "@/lib/auth/ways.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { loadPerson, type PersonDetail } from "@/lib/pages/people.ts";

export const metadata: Metadata = { title: "Person" };

interface Props {
  readonly params: Promise<{ person: string }>;
  readonly searchParams: Search;
}

export default async function PersonPage({ params, searchParams }: Props) {
  const { ctx, zone, now } = await readInput(searchParams);
  needPage(ctx, "/people");
  const { person: key } = await params;
  if (!/^[1-9]\d{0,14}$/.test(key)) notFound();
  const detail = await loadPerson(ctx, Number(key), env().SESSION_IDLE).catch((error) => {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  });
  const { person, names, submitters, sessions, tokens, acts } = detail;
  const fields = { person: key };
  return (
    <>
      <PageHeader title={person.email} trail={[{ label: "People & tokens", href: "/people" }]}>
        {person.name}
        {person.disabledAt !== null && `, disabled ${formatMoment(person.disabledAt, zone)}`}
      </PageHeader>
      <Facts
        items={[
          ["State", person.disabledAt === null ? "active" : "disabled"],
          ["Last seen", person.lastSeenAt === null ? "never" : formatMoment(person.lastSeenAt, zone)],
          ["Added", `${formatMoment(person.createdAt, zone)} by ${person.createdBy}`],
          ["Signs in by", waysToSignIn(person)],
        ]}
      />
      <Roles detail={detail} />
      <Section title="Names of workloads" note="workloads submitted under these names are this person's own">
        <ActionForm action={saveNames} label="Save names" fields={fields}>
          <TextField label="Names, with commas between them" name="names" value={submitters.join(", ")} />
          <TextField label="Reason (audit log)" name="reason" />
        </ActionForm>
      </Section>
      <Section title="Access">
        <Access person={person} />
      </Section>
      <Section title="Sessions">
        {sessions.length === 0 ? (
          <Empty title="Not signed in anywhere" />
        ) : (
          <>
            <SessionTable sessions={sessions} zone={zone} />
            <ActionForm action={endAll} label="End all sessions" look="danger" className="mt-3" fields={fields} />
          </>
        )}
      </Section>
      <Section title="API tokens">
        <TokenTable tokens={tokens} teams={names.teams} zone={zone} now={now} />
      </Section>
      <Section title="Changes and sign-ins" note="newest first">
        <AuditList acts={acts} zone={zone} empty="No entries yet." names={namesOf(person, names)} />
      </Section>
    </>
  );
}

/** What entries about the person name. */
const namesOf = ({ key, email }: PersonRow, { teams, projects }: GrantNames): AuditNames =>
  new Map([
    [`user/${key}`, email],
    ...[...teams].map(([team, name]) => [`team/${team}`, name] as const),
    ...[...projects].map(([project, name]) => [`project/${project}`, name] as const),
  ]);

function Roles({ detail: { person, grants, names } }: { detail: PersonDetail }) {
  return (
    <Section title="Roles" note="a change acts on their next request">
      {grants.length === 0 ? (
        <p className="text-sm text-soft">
          No role: this person may sign in with a password or a link, and sees their own workloads and what those cost
          alone.
        </p>
      ) : (
        <ul className="grid gap-2 text-sm">
          {grants.map((grant) => {
            const { role, teamKey, projectKey, origin } = grant;
            const words = grantWords(grant, names);
            return (
              <li key={`${role}/${teamKey}/${projectKey}/${origin}`} className="flex flex-wrap items-center gap-x-3">
                <span className="font-medium">{words}</span>
                <span className="text-soft">{ROLE_WORDS[role]}</span>
                {grant.lapsed && (
                  <span className="text-warn">
                    Lapsed: it counts only after a sign-in through the identity provider, and the last one was over a
                    week ago.
                  </span>
                )}
                {origin === "direct" && (
                  <ActionForm
                    action={saveGrant}
                    label={`Remove ${words}`}
                    look="plain"
                    fields={{
                      ...{ person: String(person.key), act: "remove", role },
                      ...{ team: String(teamKey), project: String(projectKey) },
                    }}
                  />
                )}
              </li>
            );
          })}
        </ul>
      )}
      <ActionForm
        action={saveGrant}
        label="Add role"
        className="mt-4"
        fields={{ person: String(person.key), act: "add" }}
      >
        <GrantFields names={names} />
        <TextField label="Reason (audit log)" name="reason" />
      </ActionForm>
    </Section>
  );
}

function Access({ person: { key, disabledAt, hasPassword, issuer } }: { person: PersonRow }) {
  const fields = { person: String(key) };
  if (disabledAt !== null)
    return (
      <ActionForm action={disable} label="Enable" fields={{ ...fields, act: "add" }}>
        <TextField label="Reason (audit log)" name="reason" />
      </ActionForm>
    );
  return (
    <div className="flex flex-wrap items-start gap-3">
      <Guarded label="Create a sign-in link">
        <p className="mb-2 text-sm text-soft">It signs in once, for a day, and lets the person choose a password.</p>
        <ActionForm action={sendLink} label="Create link" fields={fields}>
          <TextField label="Reason (audit log)" name="reason" />
          <div className="sm:pt-5.5">
            <CheckField label="end their sessions first" name="end" value="yes" />
          </div>
        </ActionForm>
      </Guarded>
      {env().OIDC_ISSUER !== undefined && (hasPassword || issuer !== "") && (
        <Guarded label="Let the identity provider take the account">
          <p className="mb-2 text-sm text-soft">
            The next sign-in of the provider with this verified address becomes this person, once, within 7 days. Their
            sessions end now; a password stays.
          </p>
          <ActionForm action={unlink} label="Allow it" fields={fields}>
            <TextField label="Reason (audit log)" name="reason" />
          </ActionForm>
        </Guarded>
      )}
      <Guarded label="Disable">
        <p className="mb-2 text-sm text-soft">Their sessions and links end at once. What they did stays on record.</p>
        <ActionForm action={disable} label="Disable person" look="danger" fields={{ ...fields, act: "remove" }}>
          <TextField label="Reason (audit log)" name="reason" />
        </ActionForm>
      </Guarded>
    </div>
  );
}
