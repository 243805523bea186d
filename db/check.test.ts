import { getTableColumns } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { check } from "./check.ts";
import { sql } from "./client.ts";
import * as schema from "./schema/index.ts";
import { engines, isAbsent, type TestDb } from "./testing.ts";

const HOUR = 3600;
/** 2026-03-29, when Berlin's day has 23 hours: 2026-03-28T23:00Z to 2026-03-29T22:00Z. */
const MIDNIGHT = Date.UTC(2026, 2, 28, 23) / 1000;
const ZONE = "Europe/Berlin";

/** Every quantity of a usage row zero but those given. */
function quantities(given: Record<string, number>) {
  const { bucketAt: _1, hardwareKey: _2, workloadKey: _3, level: _4, ...columns } = getTableColumns(schema.usage);
  return { ...Object.fromEntries(Object.keys(columns).map((key) => [key, 0])), ...given } as Record<string, number>;
}

type Usage = typeof schema.usage.$inferInsert;
const usageRow = (bucketAt: number, workloadKey: number, given: Record<string, number>) =>
  ({ bucketAt, hardwareKey: 1, workloadKey, level: "gpu", ...quantities(given) }) as Usage;

const workload = {
  ...{ key: 7, clusterId: "c", id: "w", name: "w", type: "Training", category: "Train", namespace: "", projectKey: 3 },
  ...{ submittedBy: "", phase: "Running", priorityClass: "", nodePool: "", createdAt: 0, images: "" },
  ...{ firstSeenAt: 0, lastSeenAt: 0 },
};
const project = {
  ...{ key: 3, clusterId: "c", id: "p", name: "p", departmentId: "", departmentName: "", namespace: "", quota: "{}" },
  lastSeenAt: 0,
};

describe.each(engines)("$name", (engine) => {
  let opened: TestDb | null = null;
  beforeAll(async () => {
    if (!isAbsent(engine)) opened = await engine.open();
  });
  afterAll(() => opened?.drop());
  const db = () => (opened as TestDb).db;
  const it = test.skipIf(isAbsent(engine));

  /** Two hours of two GPUs, one held by a workload; the second hour is of the next local day. */
  beforeEach(async () => {
    if (!opened) return;
    const held = { activeMilli: 3_600_000, observedMilli: 3_600_000, heldSeconds: 3600, allocatedPeakMilli: 1000 };
    const free = { unallocatedMilli: 3_600_000 };
    const buckets = [MIDNIGHT + 22 * HOUR, MIDNIGHT + 23 * HOUR];
    const days = [20260329, 20260330];
    await db().write(async (tx) => {
      const sums = ["usage_projects", "usage_days", "usage_project_days"];
      for (const table of ["usage", ...sums, "capacity", "hardware", "workloads", "projects"])
        await tx.run(sql`delete from ${sql.identifier(table)}`);
      await tx.insert(schema.hardware, [{ key: 1, clusterId: "c", nodePool: "a", gpuModel: "H100" }]);
      await tx.insert(schema.projects, [project]);
      await tx.insert(schema.workloads, [workload]);
      for (const [i, at] of buckets.entries()) {
        await tx.insert(schema.usage, [usageRow(at, 7, held), usageRow(at, 0, free)]);
        const ofProjects = [
          { hardwareKey: 1, projectKey: 3, ...quantities(held) },
          { hardwareKey: 1, projectKey: 0, ...quantities(free) },
        ];
        const hourly = ofProjects.map((row) => ({ ...row, bucketAt: at }));
        await tx.insert(schema.usageProjects, hourly as (typeof schema.usageProjects.$inferInsert)[]);
        const projectDays = ofProjects.map((row) => ({ ...row, day: days[i] }));
        await tx.insert(schema.usageProjectDays, projectDays as (typeof schema.usageProjectDays.$inferInsert)[]);
        const daily = [usageRow(0, 7, held), usageRow(0, 0, free)].map(({ bucketAt: _, ...row }) => ({
          ...row,
          day: days[i],
        })) as (typeof schema.usageDays.$inferInsert)[];
        await tx.insert(schema.usageDays, daily);
        const row = { bucketAt: at, hardwareKey: 1, capacityMilli: 7_200_000, overlapMilli: 0, rulesId: "r" };
        await tx.insert(schema.capacity, [{ ...row, throughAt: at + HOUR }]);
      }
    });
  });

  const faults = async () => (await check(db(), ZONE)).faults;
  const change = (query: ReturnType<typeof sql>) => db().write((tx) => tx.run(query));

  it("finds nothing in a ledger that adds up", async () => {
    expect(await check(db(), ZONE)).toEqual({ faults: [], identities: 2 });
  });

  it("finds one milli-GPU-second too many, and says where", async () => {
    await change(
      sql`update usage set active_milli = active_milli + 1 where workload_key = 7 and bucket_at = ${MIDNIGHT + 22 * HOUR}`,
    );
    const found = await faults();
    expect(found.map((f) => f.kind)).toEqual(["identity", "projects", "days"]);
    expect(found[0]).toMatchObject({
      subject: "c, H100, 2026-03-29T21:00:00Z",
      detail: expect.stringContaining("= 1 "),
    });
    expect(found[2]?.subject).toBe("workload 7, hardware 1, 2026-03-29");
  });

  it("takes overlap into account", async () => {
    await change(sql`update capacity set capacity_milli = capacity_milli - 5, overlap_milli = 5`);
    expect(await faults()).toEqual([]);
  });

  it("finds capacity that nobody accounts for, and usage without capacity", async () => {
    await change(sql`delete from usage where workload_key = 0`);
    expect((await faults()).filter((f) => f.kind === "identity")).toHaveLength(2);
    await change(sql`delete from capacity`);
    expect((await faults()).filter((f) => f.kind === "identity")).toHaveLength(2);
  });

  it("finds sums by project and by day that are off in any quantity, but not in peaks", async () => {
    await change(sql`update usage_projects set held_seconds = held_seconds + 1 where project_key = 3`);
    expect((await faults()).map((f) => f.kind)).toEqual(["projects", "projects"]);
    await change(
      sql`update usage_projects set held_seconds = held_seconds - 1, allocated_peak_milli = 9 where project_key = 3`,
    );
    expect(await faults()).toEqual([]);
    await change(
      sql`update usage_project_days set active_milli = active_milli - 1 where project_key = 3 and day = 20260330`,
    );
    expect((await faults()).map((f) => f.kind)).toEqual(["project-days"]);
    await change(sql`delete from usage_days where day = 20260330 and workload_key = 7`);
    expect((await faults()).map((f) => f.kind)).toEqual(["days", "project-days"]);
  });

  it("finds rows that refer to nothing", async () => {
    await change(sql`delete from workloads`);
    expect((await faults()).map((f) => `${f.kind} ${f.subject}`)).toContain("orphan usage of an unknown workload");
    await change(sql`delete from hardware`);
    expect((await faults()).map((f) => f.subject)).toContain("capacity of unknown hardware");
  });

  it("lists some faults of a kind and counts the rest", async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ bucketAt: i * HOUR, hardwareKey: 1, capacityMilli: 1 }));
    const full = rows.map((row) => ({ ...row, overlapMilli: 0, throughAt: row.bucketAt + HOUR, rulesId: "r" }));
    await db().write((tx) => tx.insert(schema.capacity, full));
    const found = await faults();
    expect(found).toHaveLength(21);
    expect(found.at(-1)).toMatchObject({ subject: "and more", detail: "10 of this kind" });
  });

  it("finds a trigger that is not there", async () => {
    await change(
      db().dialect === "sqlite"
        ? sql`drop trigger closes_no_delete`
        : sql`alter table audit_log disable trigger audit_log_no_update`,
    );
    const name = db().dialect === "sqlite" ? "closes_no_delete" : "audit_log_no_update";
    expect(await faults()).toMatchObject([{ kind: "triggers", subject: name }]);
  });
});
