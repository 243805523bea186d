import { getTableColumns } from "drizzle-orm";
import { type Db, sql } from "@/db/client.ts";
import * as t from "@/db/schema/index.ts";
import { CLASSES, sumSql } from "@/lib/classes.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { dayOfKey } from "@/lib/time.ts";

/** Noon of 2026-11-10, UTC: the clock of these tests. */
export const NOW = Date.UTC(2026, 10, 10, 12) / 1000;
export const GPU_HOUR = 3_600_000;

export const ctxOf = (db: Db, now = NOW): Ctx => ({
  db,
  now: () => now,
  viewer: localViewer,
  log: silentLog,
  ledger: testLedger(),
});

const NO_USAGE = Object.fromEntries(
  Object.keys(getTableColumns(t.usageDays)).map((key) => [key, key === "level" ? "" : 0]),
) as typeof t.usageDays.$inferInsert;

const ALL_CLASSES = sql.raw(sumSql(CLASSES, "milli"));
/** Within the day in every time zone that tests bill in. */
const noonOf = (day: number): number => dayOfKey(day, "UTC").start + 12 * 3600;

/** A day's usage as metering leaves it: rows of usage_days with the capacity that they make up, and the day's revision one higher. */
export async function meterDay(
  db: Db,
  day: number,
  rows: readonly Partial<typeof t.usageDays.$inferInsert>[],
): Promise<void> {
  await db.write(async (tx) => {
    await tx.run(sql`delete from ${t.usageDays} where day = ${day}`);
    await tx.insert(
      t.usageDays,
      rows.map((row) => ({ ...NO_USAGE, ...row, day })),
    );
    await tx.run(sql`delete from ${t.capacity} where bucket_at = ${noonOf(day)}`);
    await tx.run(sql`insert into ${t.capacity} (bucket_at, hardware_key, capacity_milli, overlap_milli, through_at, rules_id)
      select ${noonOf(day)}, hardware_key, sum(${ALL_CLASSES}), 0, ${dayOfKey(day, "UTC").end}, '' from ${t.usageDays}
      where day = ${day} group by hardware_key`);
    await tx.run(sql`insert into ${t.meteredDays} (cluster_id, day, revision) values ('c1', ${day}, 1)
      on conflict (cluster_id, day) do update set revision = metered_days.revision + 1`);
  });
}

/** One cluster with a pool of H100, projects vision (1) and speech (2), workloads 1–3: 1 and 2 of vision, 3 of speech. */
export async function seedInventory(db: Db): Promise<void> {
  const seen = { firstSeenAt: 0, lastSeenAt: NOW };
  const project = (key: number, name: string) => ({
    key,
    clusterId: "c1",
    id: `p-${key}`,
    name,
    departmentId: "d",
    departmentName: "research",
    namespace: `runai-${name}`,
    quota: JSON.stringify({ default: 4000 }),
    lastSeenAt: NOW,
  });
  const workload = (key: number, projectKey: number) => ({
    key,
    clusterId: "c1",
    id: `w-${key}`,
    name: `train-${key}`,
    type: "Training",
    category: "Train",
    namespace: projectKey === 1 ? "runai-vision" : "runai-speech",
    projectKey,
    submittedBy: "ada",
    phase: "Running",
    priorityClass: "",
    nodePool: "default",
    createdAt: NOW - 86_400 * 40,
    images: "",
    ...seen,
  });
  await db.write(async (tx) => {
    await tx.insert(t.clusters, [{ id: "c1", name: "east", state: "Connected", ...seen }]);
    await tx.insert(t.hardware, [{ key: 1, clusterId: "c1", nodePool: "default", gpuModel: "NVIDIA-H100-80GB-HBM3" }]);
    await tx.insert(t.projects, [project(1, "vision"), project(2, "speech")]);
    await tx.insert(t.workloads, [workload(1, 1), workload(2, 1), workload(3, 2)]);
  });
}

let proposals = 0;
type SeededPrice = Partial<Pick<typeof t.prices.$inferInsert, "kind" | "priceClass" | "currency">>;

/** An approved price, past its verb: for tests of what comes after it. One of a GPU, standard, in USD, where nothing else is said. */
export async function seedPrice(
  db: Db,
  match: string,
  unitPriceNanos: number,
  effectiveFrom: number,
  more: SeededPrice = {},
): Promise<void> {
  const id = `seed-${++proposals}`;
  await db.write(async (tx) => {
    await tx.insert(t.priceProposals, [
      { id, title: "", status: "proposed", proposedBy: "seed", proposedAt: 0, note: "" },
    ]);
    await tx.insert(t.prices, [
      {
        key: 1000 + proposals,
        proposalId: id,
        kind: "gpu",
        match,
        clusterId: "",
        priceClass: "standard",
        unitPriceNanos,
        currency: "USD",
        effectiveFrom,
        origin: JSON.stringify({ type: "entered", note: "" }),
        ...more,
      },
    ]);
    await tx.run(sql`update ${t.priceProposals} set status = 'approved', version = ${proposals} where id = ${id}`);
  });
}

/** A team with a rule for one project. */
export async function seedTeam(db: Db, key: number, name: string, project: string, fromDay = 20200101): Promise<void> {
  await db.write(async (tx) => {
    await tx.insert(t.teams, [{ key, name, costCentre: `CC-${key}`, glAccount: "6100", owner: "", createdAt: 0 }]);
    await tx.insert(t.teamRules, [
      {
        id: `rule-${key}`,
        position: key,
        kind: "project",
        label: "",
        pattern: project,
        clusterId: "",
        teamKey: key,
        fromDay,
        createdBy: "seed",
        createdAt: 0,
      },
    ]);
  });
}
