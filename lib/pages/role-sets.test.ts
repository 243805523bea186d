import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { grants, insightFindings, projects, userNames, users, workloads } from "@/db/schema/index.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import { ACTIONS, type Action } from "@/lib/auth/permissions.ts";
import { loadViewer, withRolesFor } from "@/lib/auth/viewer-load.ts";
import { teamsFor, visibleTeams } from "@/lib/auth/visible-teams.ts";
import { ctxOf, meterDay, NOW, seedInventory, seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import { charge, held } from "@/lib/closing/testing-close.ts";
import type { Ctx, RoleGrant, Viewer } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { visibleFindings } from "@/lib/insights/findings/visible-store.ts";
import { getReport } from "@/lib/reports/index.ts";
import { parsePeriod } from "@/lib/reports/period.ts";
import { findScope } from "@/lib/reports/read/scope.ts";
import { runs } from "@/lib/testing-runs.ts";

const [VISION, SPEECH] = [11, 12];
const TEAMS = [VISION, SPEECH, 13];
/** The role `admin` sees everything: of a set with it nothing is left to compare. */
const GRANTS: readonly RoleGrant[] = [
  ...(["manager", "viewer", "engineer"] as const).flatMap((role) =>
    [VISION, SPEECH].map((teamKey) => ({ role, teamKey, projectKey: 0 })),
  ),
  ...(["viewer", "engineer"] as const).flatMap((role) =>
    [2, 3].map((projectKey) => ({ role, teamKey: 0, projectKey })),
  ),
  { role: "finance", teamKey: 0, projectKey: 0 },
  { role: "engineer", teamKey: 0, projectKey: 0 },
];
/** Actions that are done for one team. */
const OF_TEAMS: readonly Action[] = [
  "statements.read",
  "budgets.read",
  "lines.review",
  "budgets.edit",
  "alerts.manage",
];
const USER = 1;

let store: TestDb;

/**
 * Workloads 1 and 2 of project vision, 3 of speech, 4 of lab. 2 is bob's, who is of Speech; the others are ada's. 4 was charged to nobody's
 * team, 5 of vision not at all.
 */
beforeAll(async () => {
  store = await sqliteFile();
  const { db } = store;
  await seedInventory(db);
  await seedTeam(db, VISION, "Vision", "vision");
  await seedTeam(db, SPEECH, "Speech", "speech");
  await db.write(async (tx) => {
    await tx.run(sql`insert into team_rules (id, position, kind, label, pattern, cluster_id, team_key, from_day, created_by, created_at)
      values ('bob', 1, 'user', '', 'bob', '', ${SPEECH}, 20200101, 'x', 0)`);
    const project = await tx.find<typeof projects.$inferInsert>(sql`select * from ${projects} where key = 2`);
    await tx.insert(projects, [{ ...columns(project), key: 3, id: "p-3", name: "lab" } as never]);
    const one = await tx.find<typeof workloads.$inferInsert>(sql`select * from ${workloads} where key = 1`);
    await tx.insert(workloads, [
      { ...columns(one), key: 4, id: "w-4", name: "train-4", projectKey: 3 } as never,
      { ...columns(one), key: 5, id: "w-5", name: "train-5" } as never,
    ]);
    await tx.run(sql`update ${workloads} set submitted_by = 'bob' where key = 2`);
    await tx.insert(
      insightFindings,
      [0, 1, 2, 3, 4, 5].flatMap((workloadKey) => ["owner", "admin"].map((audience) => finding(workloadKey, audience))),
    );
    await tx.insert(users, [
      {
        key: USER,
        email: "x@example.com",
        name: "x",
        passwordHash: "",
        issuer: "",
        subject: "",
        createdAt: 0,
        createdBy: "x",
      },
    ]);
  });
  await seedPrice(db, "H100", 2_500_000_000, 20260101);
  await meterDay(db, 20261029, [held(1, 10, 2), held(2, 3), held(3, 2), held(4, 1)]);
  await charge(db);
});
afterAll(() => store.drop());

/** A row as it is inserted: of `select *`, in the names of the schema. */
const columns = (row: object | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row ?? {}).map(([k, v]) => [k.replace(/_(.)/g, (_, l: string) => l.toUpperCase()), v]),
  );

const finding = (workloadKey: number, audience: string) => ({
  ...{
    id: `${audience}-${workloadKey}`,
    rule: "idle-held",
    ruleVersion: 1,
    settings: "{}",
    audience,
    subjectKind: "workload",
  },
  ...{
    subject: "x",
    clusterId: "c1",
    workloadKey,
    projectKey: 0,
    openedAt: 0,
    sinceAt: 0,
    lastSeenAt: NOW,
    endedAt: null,
  },
  ...{ clearCells: 0, clearAt: null, countedAt: 0, episodes: "[]", severity: "warning", points: 1, evidence: "[]" },
  ...{
    nowMilli: 0,
    hardwareKey: 1,
    standing: "",
    standingAt: null,
    standingBy: "",
    standingReason: "",
    standingUntil: null,
  },
});

/** Everything that somebody with some roles sees and may do, one word each. */
async function seenBy(list: readonly RoleGrant[], names: readonly string[]): Promise<Set<string>> {
  await store.db.write(async (tx) => {
    await tx.run(sql`delete from ${grants}`);
    await tx.run(sql`delete from ${userNames}`);
    await tx.insert(
      grants,
      list.map((grant) => ({ ...grant, userKey: USER, origin: "direct", grantedAt: 0, grantedBy: "x" })),
    );
    await tx.insert(
      userNames,
      names.map((name) => ({ userKey: USER, name })),
    );
  });
  const viewer = (await loadViewer(store.db, USER)) as Viewer;
  const ctx: Ctx = { ...ctxOf(store.db), viewer };
  const actions = (Object.keys(ACTIONS) as Action[]).filter((action) => mayDo(viewer, action));
  const teams = (among: "all" | readonly number[]) => TEAMS.filter((key) => among === "all" || among.includes(key));
  const words = (what: string, values: readonly (string | number)[]) => values.map((value) => `${what} ${value}`);
  const scope = actions.includes("workloads.read") ? await findScope(ctx, {}) : null;
  const found = scope
    ? await store.db.all<{ key: number }>(sql`select w.key from workloads w where w.key <> 0 ${scope.workloads("w")}`)
    : [];
  const acting = await withRolesFor(ctx, "findings.act");
  return new Set([
    ...words("may", actions),
    ...words("sees the total of", teams(visibleTeams(viewer))),
    ...OF_TEAMS.filter((action) => mayDo(viewer, action)).flatMap((action) =>
      words(`${action} for`, teams(teamsFor(viewer, action))),
    ),
    ...words(
      "sees how it uses GPUs:",
      found.map((w) => w.key),
    ),
    ...words("sees the finding", actions.includes("findings.read") ? await findingsOf(viewer) : []),
    ...words("acts on the finding", actions.includes("findings.act") ? await findingsOf(acting.viewer) : []),
    ...words("sees the cost of", await rowsOf(ctx, "cost-by-workload", "workload_id")),
    ...words("sees the sum of", await rowsOf(ctx, "cost-by-team", "team")),
    ...words("sees the project", await rowsOf(ctx, "cost-by-project", "project")),
  ]);
}

async function findingsOf(viewer: Viewer): Promise<string[]> {
  const rows = await store.db.all<{ id: string }>(
    sql`select f.id from ${insightFindings} f where true ${visibleFindings(viewer)} order by f.id`,
  );
  return rows.map((r) => r.id);
}

async function rowsOf(ctx: Ctx, slug: string, column: string): Promise<string[]> {
  const period = parsePeriod({ from: "2026-10-29", to: "2026-10-30" }, "UTC", ctx.now());
  const out: string[] = [];
  try {
    for await (const page of getReport(slug).load(ctx, period, {})) out.push(...page.map((row) => String(row[column])));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return out;
}

/**
 * The parts of a set of roles that are seen one by one. Teams that are seen whole are one part: a project that was charged to two of them
 * alone is seen whole by who sees both.
 */
function partsOf(list: readonly RoleGrant[]): (readonly RoleGrant[])[] {
  const isWhole = ({ role, teamKey }: RoleGrant) => teamKey !== 0 && role !== "engineer";
  return [...list.filter((g) => !isWhole(g)).map((g) => [g]), list.filter(isWhole)];
}

describe("somebody who holds several roles", () => {
  it("sees what each of them shows, and nothing else; and does what each of them allows, and nothing else", async () => {
    const alone = new Map<string, Promise<Set<string>>>();
    const names = ["ada"];
    await fc.assert(
      fc.asyncProperty(fc.subarray([...GRANTS], { minLength: 2, maxLength: 5 }), async (list) => {
        const wanted = new Set<string>();
        for (const part of partsOf(list)) {
          const key = JSON.stringify(part);
          if (!alone.has(key)) alone.set(key, seenBy(part, names));
          for (const word of (await alone.get(key)) as Set<string>) wanted.add(word);
        }
        const all = await seenBy(list, names);
        expect([...all].sort()).toEqual([...wanted].sort());
      }),
      runs(60),
    );
  });

  it("is compared by things that there are", async () => {
    const kinds = new Set([...(await seenBy(GRANTS, ["ada"]))].map((word) => word.replace(/ \S+$/, "")));
    expect([...kinds].sort()).toEqual(
      [
        ...["may", "sees how it uses GPUs:", "sees the cost of", "sees the finding", "acts on the finding"],
        ...["sees the sum of", "sees the total of", "sees the project", ...OF_TEAMS.map((action) => `${action} for`)],
      ].sort(),
    );
  });
});
