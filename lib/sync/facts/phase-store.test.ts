import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { CHUNK_SECONDS } from "@/lib/sync/samples/chunk.ts";
import { SeriesKeys, saveSamples } from "@/lib/sync/samples/sample-store.ts";
import { DAY, type Instant, type Interval } from "@/lib/time.ts";
import { savePhases } from "./phase-store.ts";
import { OPEN_END } from "./running-episodes.ts";

const T0 = 82_870 * CHUNK_SECONDS;
const NOW = T0 + 40 * DAY;
const day = (n: number): Instant => T0 + n * DAY;
const span = (from: number, to: number): Interval => ({ start: day(from), end: to === 99 ? OPEN_END : day(to) });
const records = (...list: readonly (readonly [day: number, phase: string])[]) =>
  list.map(([n, phase]) => ({ at: day(n), phase }));

interface Case {
  readonly name: string;
  readonly phase: string;
  /** Days: completion, and seconds that it ran. */
  readonly ended?: number;
  readonly ran?: number;
  readonly pods?: readonly (readonly [from: number, to: number])[];
  readonly allocated?: readonly number[];
  readonly known?: readonly (readonly [day: number, phase: string])[];
  readonly reported: readonly (readonly [day: number, phase: string])[];
  readonly changed: readonly Interval[];
}

const CASES: readonly Case[] = [
  {
    name: "a first history that says what the row has said changes nothing",
    phase: "Running",
    reported: [[1, "Running"]],
    changed: [],
  },
  {
    name: "a first history of a workload with pods changes nothing, however long it ran",
    phase: "Completed",
    ended: 35,
    pods: [
      [1, 20],
      [20, 35],
    ],
    reported: [
      [1, "Running"],
      [35, "Completed"],
    ],
    changed: [],
  },
  {
    name: "an episode that no pod reports is new",
    phase: "Running",
    pods: [[10, 99]],
    reported: [
      [1, "Running"],
      [3, "Stopped"],
      [10, "Running"],
    ],
    changed: [span(1, 3)],
  },
  {
    name: "the end of what was known to run changes only what comes after it",
    phase: "Completed",
    ended: 35,
    known: [[1, "Running"]],
    reported: [
      [1, "Running"],
      [35, "Completed"],
    ],
    changed: [span(35, 99)],
  },
  {
    name: "a deletion long after the end changes nothing",
    phase: "Deleting",
    ended: 5,
    known: [
      [1, "Running"],
      [5, "Completed"],
    ],
    reported: [[30, "Deleting"]],
    changed: [],
  },
  {
    name: "an ended workload without pods ran when its history says, not when its row let one guess",
    phase: "Completed",
    ended: 6,
    ran: 2 * DAY,
    reported: [
      [1, "Running"],
      [2, "Stopped"],
      [5, "Running"],
      [6, "Completed"],
    ],
    changed: [span(1, 2), span(4, 5)],
  },
  {
    name: "allocation samples of a time that no pod reports no longer count once the history is known",
    phase: "Running",
    pods: [[10, 99]],
    allocated: [2, 12],
    reported: [[10, "Running"]],
    changed: [{ start: day(2), end: day(2) + 150 }],
  },
];

describe.each(engines)("histories on $name", (engine) => {
  let store: TestDb;
  let db: Db;
  beforeAll(async () => {
    if (!isAbsent(engine)) store = (await engine.open()) as TestDb;
    db = store?.db;
  });
  afterAll(() => store?.drop());

  for (const [i, c] of CASES.entries())
    it.skipIf(isAbsent(engine))(c.name, async () => {
      const key = 1000 + i;
      const id = `w${i}`;
      await db.write(async (tx) => {
        await tx.run(sql`insert into workloads (key, cluster_id, id, name, type, category, namespace, project_key, submitted_by, phase,
          priority_class, node_pool, created_at, phase_updated_at, completed_at, running_seconds, images, first_seen_at, last_seen_at)
          values (${key}, 'c', ${id}, 'w', '', '', '', 0, '', ${c.phase}, '', '', ${day(0)}, ${day(1)},
          ${c.ended === undefined ? null : day(c.ended)}, ${c.ran ?? null}, '[]', 1, 1)`);
        for (const [n, [from, to]] of (c.pods ?? []).entries())
          await tx.run(sql`insert into pods (cluster_id, id, workload_key, name, node, node_pool, phase, created_at, started_at, ended_at,
            last_seen_at) values ('c', ${`${id}-${n}`}, ${key}, 'p', '', '', '', 1, ${day(from)}, ${span(from, to).end}, 1)`);
        const at = (c.allocated ?? []).map(day);
        const series = {
          clusterId: "c",
          subjectKind: "workload",
          subjectId: id,
          gpu: "",
          metric: "gpu_allocation",
        } as const;
        await saveSamples(tx, new SeriesKeys(), at.length ? [{ ...series, at, value: at.map(() => 1) }] : [], 60);
      });
      const workload = { key, clusterId: "c", id, phaseUpdatedAt: day(1) };
      const save = (list: Case["reported"]) => db.write((tx) => savePhases(tx, workload, records(...list), NOW));
      if (c.known) await save(c.known);
      expect(await save(c.reported)).toEqual(c.changed);
      // Read again, it has nothing new.
      expect(await save(c.reported)).toEqual([]);
    });
});
