import { type Reader, sql } from "@/db/client.ts";
import { grants, projects, spendMonths, userNames, users } from "@/db/schema/index.ts";
import type { Ctx, Role, Viewer } from "@/lib/ctx.ts";
import type { Instant } from "@/lib/time.ts";
import { type Action, permissionOf } from "./permissions.ts";
import type { Grant } from "./types.ts";
import { grantsHeldSince } from "./user-store.ts";

interface Person {
  readonly key: number;
  readonly email: string;
  readonly name: string;
}

/**
 * A person as a viewer: roles and grants as they are now, read on every request, so that a change acts at once.
 * @param groupsSince what the provider's groups give counts only where it vouched for the person then or later; by default whenever.
 * @param only keys of teams: of the person's grants those for these teams count alone.
 * @returns null for somebody who is gone or disabled.
 */
export async function loadViewer(
  db: Reader,
  userKey: number,
  { groupsSince = 0, only }: { readonly groupsSince?: Instant; readonly only?: readonly number[] } = {},
): Promise<(Viewer & { readonly name: string }) | null> {
  const [person, given, names] = await Promise.all([
    db.find<Person>(sql`select key, email, name from ${users} where key = ${userKey} and disabled_at is null`),
    db.all<Grant>(sql`select distinct g.role, g.team_key as "teamKey", g.project_key as "projectKey"
      from ${grants} g join ${users} u on u.key = g.user_key
      where g.user_key = ${userKey} and ${grantsHeldSince(groupsSince)}`),
    db.all<{ name: string }>(sql`select name from ${userNames} where user_key = ${userKey}`),
  ]);
  if (!person) return null;
  return {
    ...(await viewerOf(db, only ? narrowed(given, only) : given)),
    ...(only ? { ceiling: [...new Set(given.map((g) => g.role))] } : {}),
    kind: "person",
    id: person.email,
    name: person.name,
    userKey,
    submitters: names.map((n) => n.name),
  };
}

/**
 * Grants narrowed to some teams, never with a right that they do not give: those for these teams, and for the person who sees every
 * team what they may do in one, too, as its manager (administrators) or as its viewer.
 */
function narrowed(given: readonly Grant[], teamKeys: readonly number[]): Grant[] {
  const roles = given.map((g) => g.role);
  const whole = roles.includes("admin") ? "manager" : roles.includes("finance") ? "viewer" : null;
  const own = given.filter((g) => g.teamKey !== 0 && teamKeys.includes(g.teamKey));
  if (!whole) return own;
  return [...teamKeys.map((teamKey): Grant => ({ role: whole, teamKey, projectKey: 0 })), ...own];
}

/** What some grants let somebody see: what each of them does, added up. */
export async function viewerOf(db: Reader, grants: readonly Grant[]): Promise<Omit<Viewer, "kind" | "id">> {
  const roles = [...new Set(grants.map((g) => g.role))];
  if (roles.includes("admin")) return { roles, grants, projects: "all", teams: "all", manages: [] };
  const teamsOf = (wanted: readonly Role[]) =>
    [...new Set(grants.filter((g) => g.teamKey && wanted.includes(g.role)).map((g) => g.teamKey))].sort(
      (a, b) => a - b,
    );
  const manages = teamsOf(["manager", "viewer"]);
  const projects = await visibleProjects(db, grants, manages);
  if (roles.includes("finance")) return { roles, grants, projects: "all", teams: "all", manages, workloads: projects };
  return { roles, grants, projects, teams: teamsOf(["manager", "viewer", "engineer"]), manages };
}

/**
 * The context of somebody by their roles that allow an action alone: who manages one team and reads another acts on the first, and not on
 * the second. The same context where all of their roles allow it.
 */
export async function withRolesFor<C extends Pick<Ctx, "db" | "viewer">>(ctx: C, action: Action): Promise<C> {
  const { grants = [] } = ctx.viewer;
  const { roles } = permissionOf(action);
  const used = grants.filter((g) => roles.includes(g.role));
  if (used.length === grants.length) return ctx;
  const { workloads: _, ...rest } = ctx.viewer;
  return { ...ctx, viewer: { ...rest, ...(await viewerOf(ctx.db, used)) } };
}

/**
 * Projects that are seen whole: granted by name, and those whose every charge is of managed teams. One that was charged to
 * another team, too, is not: its history is that team's. Its workloads are seen one by one, as they are charged.
 */
async function visibleProjects(db: Reader, given: readonly Grant[], manages: readonly number[]): Promise<string[]> {
  const named = [...new Set(given.map((g) => g.projectKey).filter(Boolean))];
  const list = (keys: readonly number[]) =>
    sql.join(
      keys.map((key) => sql`${key}`),
      sql`, `,
    );
  const byTeam = manages.length
    ? sql`or (p.key <> 0 and p.key in (select d.project_key from ${spendMonths} d where d.team_key in (${list(manages)}))
        and not exists (select 1 from ${spendMonths} d where d.project_key = p.key and d.team_key not in (${list(manages)})))`
    : sql``;
  if (!named.length && !manages.length) return [];
  const rows = await db.all<{ id: string }>(sql`select p.cluster_id || '/' || p.id as id from ${projects} p
    where ${named.length ? sql`p.key in (${list(named)})` : sql`1 = 0`} ${byTeam} order by 1`);
  return rows.map((r) => r.id);
}
