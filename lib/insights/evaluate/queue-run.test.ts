import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { insightFindings, insightLosses, phases, workloads } from "@/db/schema/index.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { waitingTimes } from "@/lib/insights/rules/health/pending-long.ts";
import { runs } from "@/lib/testing-runs.ts";
import { DAY, HOUR } from "@/lib/time.ts";
import { evaluateQueue } from "./queue-run.ts";
import { parseRuleSettings } from "./settings.ts";
import { type ExceptionRow, saveTracked } from "./tracked-store.ts";

const START = Date.UTC(2026, 10, 2) / 1000;
const END = START + 3 * DAY;
let db: Db;
beforeEach(async () => {
  db = await openSqlite(":memory:");
});
afterEach(() => db.close());

const facts = (key: number, endedAt: number | null = null) => ({
  ...{ key, clusterId: "c", id: `w${key}`, name: `w${key}`, type: "Training", category: "Train", namespace: "" },
  ...{ projectKey: 0, submittedBy: "ada", phase: "Pending", priorityClass: "", nodePool: "p", createdAt: START },
  ...{ gpuRequestMilli: 2000, images: "[]", firstSeenAt: START, lastSeenAt: END, completedAt: endedAt },
});

/** A workload with its phases, in hours from the start. */
async function add(key: number, list: readonly (readonly [hour: number, phase: string])[], ended?: number) {
  await db.write(async (tx) => {
    await tx.insert(workloads, [facts(key, ended === undefined ? null : START + ended * HOUR)]);
    await tx.insert(
      phases,
      list.map(([hour, phase]) => ({ workloadKey: key, at: START + hour * HOUR, phase })),
    );
  });
}

const ALL = [{ start: START, end: END }];
async function evaluate(from: number, until: number, given: { known?: typeof ALL; exceptions?: ExceptionRow[] } = {}) {
  const range = { start: START + from * HOUR, end: START + until * HOUR };
  const changes = await evaluateQueue(db, "c", range, range.end, {
    ...{ settings: parseRuleSettings(""), exceptions: given.exceptions ?? [], known: given.known ?? ALL },
  });
  await db.write((tx) => saveTracked(tx, changes, () => 20_261_102));
}

async function found() {
  const rows = await db.all<{ subject: string; sinceAt: number; episodes: string; evidence: string }>(
    sql`select subject as "subject", since_at as "sinceAt", episodes as "episodes", evidence as "evidence" from ${insightFindings}
      order by subject`,
  );
  const hours = (at: number | null) => (at === null ? null : (at - START) / HOUR);
  return rows.map((r) => [
    ...[r.subject, hours(r.sinceAt), ...(JSON.parse(r.episodes) as (number | null)[][]).map((e) => e.map(hours))],
    JSON.parse(r.evidence)[0].text,
  ]);
}

it("finds what waits for GPUs for half a day, until it runs or ends", async () => {
  await add(1, [[1, "Pending"]]);
  await add(2, [
    [0, "Creating"],
    [1, "Pending"],
    [20, "Running"],
  ]);
  await add(3, [[0, "Pending"]], 11);
  await add(4, [[2, "Running"]]);
  await evaluate(0, 30);
  expect(await found()).toEqual([
    ["w1", 1, [13, null], "Waited 29 h for 2 GPUs."],
    ["w2", 0, [12, 20], "Waited 20 h for 2 GPUs."],
  ]);
  expect(await db.all(sql`select * from ${insightLosses}`)).toEqual([]);
});

it("is no workload that asks for no GPU, or of which no source reports a request; one found as such ends", async () => {
  const request = (key: number, milli: number | null) =>
    db.write((tx) => tx.run(sql`update ${workloads} set gpu_request_milli = ${milli} where key = ${key}`));
  for (const key of [1, 2, 3, 4]) await add(key, [[0, "Pending"]]);
  await request(1, 0);
  for (const key of [2, 4]) await request(key, null);
  const slice = JSON.stringify({ "nvidia.com/mig-1g.10gb": 1 });
  await db.write((tx) => tx.run(sql`update ${workloads} set gpu_resources = ${slice} where key = 4`));
  await evaluate(0, 20);
  expect((await found()).map(([subject]) => subject)).toEqual(["w3", "w4"]);
  await request(3, 0);
  await evaluate(20, 30);
  expect((await found())[0]?.[2]).toEqual([12, 20]);
});

it("is left alone by an exception, and neither opened nor ended by time that nobody metered", async () => {
  await add(1, [[0, "Pending"]]);
  const known = [{ start: START, end: START + 6 * HOUR }];
  await evaluate(0, 20, { known });
  expect(await found()).toEqual([]);
  const exception = { rule: "", kind: "user", pattern: "a*", createdAt: START, expiresAt: START + 24 * HOUR };
  await evaluate(0, 20, { exceptions: [exception] });
  expect(await found()).toEqual([]);
  await evaluate(20, 30, { exceptions: [exception] });
  expect((await found())[0]?.[2]).toEqual([24.25, null]);
  await evaluate(30, 40, { known });
  expect((await found())[0]?.[2]).toEqual([24.25, null]);
});

it("is the same in any parts", async () => {
  const change = fc.tuple(fc.nat(70), fc.constantFrom("Pending", "Creating", "Running", "Failed"));
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(change, { minLength: 1, maxLength: 6, selector: ([hour]) => hour }),
      fc.array(fc.nat(71), { maxLength: 5 }),
      async (list, cuts) => {
        await db.write(async (tx) => {
          for (const table of ["insight_findings", "phases", "workloads"])
            await tx.run(
              sql`delete from ${sql.raw(table)} where ${sql.raw(table === "phases" ? "workload_key" : "key")} <> 0`,
            );
        });
        await add(
          1,
          [...list].sort((a, b) => a[0] - b[0]),
        );
        await evaluate(0, 72);
        const whole = await found();
        await db.write((tx) => tx.run(sql`delete from ${insightFindings}`));
        let from = 0;
        for (const until of [...new Set([...cuts, 72])].sort((a, b) => a - b)) {
          if (until > from) await evaluate(from, until);
          from = until;
        }
        expect(await found()).toEqual(whole);
      },
    ),
    runs(30),
  );
});

it("takes waiting from the first phase without cards to the first with some", () => {
  const at = (list: readonly (readonly [number, string])[], end = 100) =>
    waitingTimes(
      list.map(([t, phase]) => ({ at: t, phase })),
      end,
    );
  expect(
    at([
      [0, "Creating"],
      [5, "Pending"],
      [9, "Initializing"],
      [12, "Running"],
      [20, "Pending"],
    ]),
  ).toEqual([
    { start: 0, end: 9 },
    { start: 20, end: 100 },
  ]);
  expect(at([[0, "Pending"]], 0)).toEqual([]);
});

it("leaves workloads of the background alone, also where an earlier version found one", async () => {
  await add(1, [[1, "Pending"]]);
  await evaluate(0, 24);
  expect((await found()).map(([subject]) => subject)).toEqual(["w1"]);
  await db.write((tx) => tx.run(sql`update workloads set priority_class = 'background'`));
  await evaluate(24, 48);
  const [row] = await db.all<{ endedAt: number | null }>(sql`select ended_at as "endedAt" from ${insightFindings}`);
  expect(row?.endedAt).not.toBeNull();
});
