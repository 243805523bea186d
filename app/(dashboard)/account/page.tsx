import type { Metadata } from "next";
import { findSignedIn, signInSettings } from "@/app/ctx.ts";
import { type PageInput, readInput, type Search } from "@/app/page-input.ts";
import { Facts } from "@/components/facts.tsx";
import { PageHeader, Section } from "@/components/page-header.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { readerOfOwn } from "@/lib/auth/allow.ts";
import { listSessionsOf } from "@/lib/auth/devices.ts";
import { type GrantNames, grantWords, listGrantNames } from "@/lib/auth/grant-names-load.ts";
import { hashSecret } from "@/lib/auth/secret.ts";
import type { AuthSettings } from "@/lib/auth/settings.ts";
import { listTokens, usableScopes } from "@/lib/auth/tokens.ts";
import { ROLE_WORDS } from "@/lib/auth/types.ts";
import { listGrants, type User } from "@/lib/auth/user-store.ts";
import { getUser } from "@/lib/auth/users.ts";
import { maySeeTeam } from "@/lib/auth/visible-teams.ts";
import { waysToSignIn } from "@/lib/auth/ways.ts";
import type { RoleGrant, Viewer } from "@/lib/ctx.ts";
import { changePassword, endSessions } from "./actions.ts";
import { Permissions } from "./permissions.tsx";
import { SessionTable } from "./session-table.tsx";
import { TokenForm } from "./token-form.tsx";
import { TokenTable } from "./token-table.tsx";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  const settings = signInSettings();
  const signedIn = await findSignedIn();
  const userKey = signedIn?.viewer.userKey;
  if (!settings || !signedIn?.sessionId || userKey === undefined)
    return (
      <>
        <PageHeader title="Account">
          Sign-in is off (AUTH=off): anyone who reaches this machine&apos;s port is the administrator, and nobody has an
          account.
        </PageHeader>
        <p className="max-w-prose text-sm text-soft">
          To have people sign in, start with AUTH=on, NEXTAUTH_URL and NEXTAUTH_SECRET. See docs/sign-in.md.
        </p>
        <Permissions viewer={input.ctx.viewer} />
      </>
    );
  return <Own input={input} settings={settings} userKey={userKey} sessionId={signedIn.sessionId} />;
}

interface OwnProps {
  readonly input: PageInput;
  readonly settings: AuthSettings;
  readonly userKey: number;
  readonly sessionId: string;
}

async function Own({ input: { ctx, zone, now }, settings, userKey, sessionId }: OwnProps) {
  const own = readerOfOwn(ctx, userKey);
  const [user, grants, names, sessions, tokens] = await Promise.all([
    getUser(own, userKey),
    listGrants(own, userKey),
    listGrantNames(own),
    listSessionsOf(ctx, userKey, settings.limits.idleSeconds),
    listTokens(ctx),
  ]);
  const present = hashSecret(sessionId);
  return (
    <>
      <PageHeader title="Account">{user.email}</PageHeader>
      <Facts
        items={[
          ["Name", user.name],
          ["E-mail", user.email],
          ["Signs in by", waysOf(user, settings)],
          ["Submits workloads as", ctx.viewer.submitters?.join(", ") || "no name"],
        ]}
      />
      <Section title="Roles" note="an administrator changes them; those by a group follow the group">
        <Roles grants={grants} names={names} viewer={ctx.viewer} />
      </Section>
      <Permissions viewer={ctx.viewer} />
      <Section title="Preferences" note="theme, rows of tables, usual period, time zone">
        <a href="/account/preferences" className="text-sm text-accent underline underline-offset-2">
          My preferences
        </a>
      </Section>
      <Section title="Alerts" note="which e-mails I get, and when">
        <a href="/account/alerts" className="text-sm text-accent underline underline-offset-2">
          My alerts
        </a>
      </Section>
      <Section title="My sessions">
        <SessionTable
          sessions={sessions}
          zone={zone}
          present={present}
          act={({ idHash }) =>
            idHash !== present && (
              <ActionForm action={endSessions} label="End" look="plain" fields={{ session: idHash }} />
            )
          }
        />
        {sessions.length > 1 && (
          <ActionForm action={endSessions} label="End all other sessions" look="danger" className="mt-3" />
        )}
      </Section>
      <Section title="Password">
        <Password has={user.passwordHash !== ""} settings={settings} email={user.email} />
      </Section>
      <Section title="API tokens" id="tokens" note="for programs; a token never does more than you may">
        <TokenTable tokens={tokens} teams={names.teams} zone={zone} now={now} />
        {usableScopes(ctx.viewer).length > 0 && (
          <TokenForm scopes={usableScopes(ctx.viewer)} teams={teamsOf(ctx.viewer, names)} />
        )}
      </Section>
    </>
  );
}

interface RolesProps {
  readonly grants: Awaited<ReturnType<typeof listGrants>>;
  readonly names: GrantNames;
  readonly viewer: Viewer;
}

function Roles({ grants, names, viewer }: RolesProps) {
  if (grants.length === 0)
    return (
      <p className="text-sm text-soft">
        You have no role: you see your own workloads and what they cost. For more, an administrator gives you one.
      </p>
    );
  return (
    <ul className="grid gap-1 text-sm">
      {grants.map((grant) => (
        <li key={`${grant.role}/${grant.teamKey}/${grant.projectKey}/${grant.origin}`}>
          <span className="font-medium">{grantWords(grant, names)}</span>{" "}
          <span className="text-soft">{ROLE_WORDS[grant.role]}</span>
          {!counts(grant, viewer) && (
            <span className="text-warn"> Does not count now: sign in through the identity provider again.</span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What a group gives lapses a week after the provider vouched for the person, where they came in another way. */
const counts = (grant: RoleGrant, { grants }: Viewer): boolean =>
  grants === undefined ||
  grants.some((g) => g.role === grant.role && g.teamKey === grant.teamKey && g.projectKey === grant.projectKey);

function Password({ has, settings, email }: { has: boolean; settings: AuthSettings; email: string }) {
  if (!settings.password)
    return <p className="text-sm text-soft">Passwords are off here: the provider signs you in.</p>;
  if (!has)
    return (
      <p className="text-sm text-soft">You have no password. An administrator can send you a link to choose one.</p>
    );
  return (
    <ActionForm action={changePassword} label="Change password">
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <TextField
        label="Current password"
        name="presentPassword"
        type="password"
        autoComplete="current-password"
        required
      />
      <TextField
        label="New password"
        hint="At least 12 characters."
        name="nextPassword"
        type="password"
        autoComplete="new-password"
        required
      />
      <TextField
        label="New password again"
        name="nextPasswordAgain"
        type="password"
        autoComplete="new-password"
        required
      />
    </ActionForm>
  );
}

function waysOf({ passwordHash, subject }: User, { password, provider }: AuthSettings): string {
  return waysToSignIn({ hasPassword: passwordHash !== "" && password, subject }, provider?.name ?? null);
}

const teamsOf = (viewer: Viewer, names: GrantNames) =>
  [...names.teams]
    .filter(([key]) => maySeeTeam(viewer, key))
    .map(([key, name]) => ({ value: String(key), label: name }));
