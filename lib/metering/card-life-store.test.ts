import { afterAll, beforeAll, expect, it } from "vitest";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import type { Series } from "@/lib/sources/source.ts";
import { CHUNK_SECONDS } from "@/lib/sync/samples/chunk.ts";
import { SeriesKeys, saveSamples } from "@/lib/sync/samples/sample-store.ts";
import { cardLivesOfNodes } from "./card-life-store.ts";
import { OPEN_END } from "./timeline.ts";

const T0 = 82_870 * CHUNK_SECONDS;
const STEP = 60;
let store: TestDb;
beforeAll(async () => {
  store = await sqliteFile();
});
afterAll(() => store.drop());

/** Samples of a card on a node, free (`card`) or held by a pod (`gpu`), over steps counted from T0. */
function samples(kind: "card" | "gpu", gpu: string, node: string, from: number, to: number): Series {
  const at = Array.from({ length: to - from }, (_, i) => T0 + (from + i) * STEP);
  const subjectId = kind === "card" ? node : `pod-of-${gpu}`;
  return {
    ...{ clusterId: "c", subjectKind: kind, subjectId, metric: "gpu_utilisation_percent", gpu, node, shared: false },
    ...{ gpuModel: "A100", at, value: at.map(() => 0) },
  };
}

it("finds since when and until when each card gave samples, held or free, over the slices of a card", async () => {
  const list = [
    samples("card", "a/1", "mig", 0, 700),
    samples("gpu", "a/2", "mig", 700, 900),
    samples("card", "b/1", "mig", 0, 400),
    samples("card", "c/1", "mig", 410, 900),
    samples("card", "x", "other", 0, 900),
  ];
  await store.db.write((tx) => saveSamples(tx, new SeriesKeys(), list, STEP));
  const lives = (await cardLivesOfNodes(store.db, "c", ["mig"])).get("mig");
  expect(lives?.map((l) => [l.start, l.end])).toEqual([
    [T0, OPEN_END],
    [T0, T0 + 400 * STEP],
    [T0 + 410 * STEP, OPEN_END],
  ]);
});

it("reads the lives of any number of cards with as many statements", async () => {
  const count = async (cards: number) => {
    const node = `node-of-${cards}`;
    const list = Array.from({ length: cards }, (_, i) => samples("card", `${cards}-${i}`, node, 0, 10));
    await store.db.write((tx) => saveSamples(tx, new SeriesKeys(), list, STEP));
    let statements = 0;
    const db = new Proxy(store.db, {
      get: (target, name) => {
        if (name === "all" || name === "find") statements++;
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    expect((await cardLivesOfNodes(db, "c", [node])).get(node)).toHaveLength(cards);
    return statements;
  };
  expect(await count(12)).toBe(await count(1));
});
