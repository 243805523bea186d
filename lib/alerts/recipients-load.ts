import { type Reader, sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { alertPreferences, grants, teams, userNames, users } from "@/db/schema/index.ts";
import { mailedSince } from "@/lib/auth/groups/group-terms.ts";
import { grantsHeldSince } from "@/lib/auth/user-store.ts";
import { loadViewer } from "@/lib/auth/viewer-load.ts";
import { seesTeamWhole } from "@/lib/auth/visible-teams.ts";
import type { Instant } from "@/lib/time.ts";
import type { Severity } from "./types.ts";

export interface Recipient {
  readonly userKey: number;
  readonly email: string;
}

/** Whom an event concerns. */
export interface Concern {
  /** 0: no team. */
  readonly teamKey: number;
  /** Names under which its owners submit workloads. */
  readonly owners: readonly string[];
  /** Who hears of it where no team is concerned. */
  readonly audience: "admin" | "finance";
  /** 0 owner, 1 lead, 2 manager. */
  readonly step: number;
}

/**
 * The people of a step; where it has none, those of the next one, and where no step has any, administrators or finance, and where nobody is in finance, administrators. Nobody at all:
 * the caller has addresses for that. Owner: who submitted the workload. Lead: who is responsible for the team's
 * budget (its owner, by address or name). Manager: who holds the role for the team; without a team, administrators or finance. Only people
 * who may see the team, or own the workload.
 */
export async function findRecipients(
  db: Reader,
  concern: Concern,
  now: Instant,
): Promise<{ readonly step: number; readonly people: Recipient[] }> {
  for (let step = concern.step; step <= 2; step++) {
    const people = await ofStep(db, concern, step, now);
    if (people.length) return { step, people };
  }
  const meant = await managersOf(db, 0, concern.audience, now);
  // Administrators may hear of everything; finance may not.
  return { step: 2, people: meant.length ? meant : await managersOf(db, 0, "admin", now) };
}

async function ofStep(
  db: Reader,
  { teamKey, owners, audience }: Concern,
  step: number,
  now: Instant,
): Promise<Recipient[]> {
  if (step === 0) return owners.length ? ownersOf(db, owners.slice(0, 50)) : [];
  const found = step === 1 ? await leadsOf(db, teamKey) : await managersOf(db, teamKey, audience, now);
  if (teamKey === 0) return found;
  const visible: Recipient[] = [];
  for (const person of found) {
    const viewer = await asHearer(db, person.userKey, now);
    if (viewer && seesTeamWhole(viewer, teamKey)) visible.push(person);
  }
  return visible;
}

/** The lead and the managers of a team who may see it, each once, by address. */
export async function findTeamPeople(db: Reader, teamKey: number, now: Instant): Promise<Recipient[]> {
  const concern = { teamKey, owners: [], audience: "finance", step: 1 } as const;
  const found = [...(await ofStep(db, concern, 1, now)), ...(await ofStep(db, concern, 2, now))];
  const byKey = new Map(found.map((person) => [person.userKey, person]));
  return [...byKey.values()].sort((a, b) => (a.email < b.email ? -1 : 1));
}

/** A person with the roles by which alerts reach them: those by groups for a time after the provider last vouched for them. */
const asHearer = (db: Reader, userKey: number, now: Instant) =>
  loadViewer(db, userKey, { groupsSince: mailedSince(now) });

const PERSON = sql`u.key as "userKey", u.email`;

const ownersOf = (db: Reader, names: readonly string[]): Promise<Recipient[]> =>
  db.all<Recipient>(sql`select distinct ${PERSON} from ${users} u join ${userNames} n on n.user_key = u.key
    where u.disabled_at is null and n.name in ${inList(names)} order by u.email`);

const leadsOf = (db: Reader, teamKey: number): Promise<Recipient[]> =>
  db.all<Recipient>(sql`select ${PERSON} from ${users} u join ${teams} t on t.key = ${teamKey}
    where u.disabled_at is null and t.owner <> '' and (lower(t.owner) = u.email or lower(t.owner) = lower(u.name)) order by u.email`);

const managersOf = (db: Reader, teamKey: number, audience: string, now: Instant): Promise<Recipient[]> =>
  db.all<Recipient>(sql`select distinct ${PERSON} from ${users} u join ${grants} g on g.user_key = u.key
    where u.disabled_at is null and ${teamKey ? sql`g.role = 'manager' and g.team_key = ${teamKey}` : sql`g.role = ${audience}`}
      and ${grantsHeldSince(mailedSince(now))}
    order by u.email`);

/**
 * The person of an address, if they may hear of a concern today: roles are taken away, and people leave, while an event lasts. Null:
 * nobody who may.
 */
export async function findHearer(
  db: Reader,
  email: string,
  { teamKey, owners, audience }: Concern,
  now: Instant,
): Promise<Recipient | null> {
  const person = await db.find<Recipient>(
    sql`select ${PERSON} from ${users} u where u.email = ${email} and u.disabled_at is null`,
  );
  const viewer = person && (await asHearer(db, person.userKey, now));
  if (!person || !viewer) return null;
  const isOwner = owners.some((name) => viewer.submitters?.includes(name));
  const isMeant =
    teamKey === 0
      ? viewer.roles.includes("admin") || viewer.roles.some((role) => role === audience)
      : seesTeamWhole(viewer, teamKey);
  return isOwner || isMeant ? person : null;
}

export interface Preference {
  readonly userKey: number;
  /** The kind of a rule; `*`: all that have no row of their own. */
  readonly kind: string;
  readonly mode: "now" | "daily" | "weekly" | "off";
  readonly severity: Severity;
  /** Where: 0 by e-mail, else the key of a channel that is open for people. */
  readonly channelKey: number;
  readonly quietFrom: number;
  readonly quietUntil: number;
}

export const ANY_KIND = "*";
export const usualPreference = (userKey: number, kind = ANY_KIND): Preference => ({
  ...{ userKey, kind, mode: "now", severity: "info", channelKey: 0, quietFrom: -1, quietUntil: -1 },
});

/** What a person chose for a kind of rule. */
export async function findPreference(db: Reader, userKey: number, kind: string): Promise<Preference> {
  const rows = await listPreferences(db, userKey);
  return (
    rows.find((row) => row.kind === kind) ?? rows.find((row) => row.kind === ANY_KIND) ?? usualPreference(userKey, kind)
  );
}

export const listPreferences = (db: Reader, userKey: number): Promise<Preference[]> =>
  db.all<Preference>(sql`select user_key as "userKey", kind, mode, severity, channel_key as "channelKey", quiet_from as "quietFrom",
    quiet_until as "quietUntil" from ${alertPreferences} where user_key = ${userKey} order by kind`);
