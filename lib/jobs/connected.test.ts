import { afterAll, beforeAll, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import type { Source } from "@/lib/sources/source.ts";
import { Connected } from "./connected.ts";

const OURS = "11111111-1d2a-4c3b-8e4f-5a6b7c8d9e0f";
const THEIRS = "22222222-1d2a-4c3b-8e4f-5a6b7c8d9e0f";

let store: TestDb;
beforeAll(async () => {
  store = await sqliteFile();
});
afterAll(() => store.drop());

it("a tenant that lists a cluster under both ids is asked by ours after each refresh, also where its list fails", async () => {
  await store.db.write((tx) =>
    tx.run(sql`insert into cluster_names (source, name, cluster_id, created_at, created_by)
      values ('', ${THEIRS}, ${OURS}, 1, 'x')`),
  );
  const asked: string[][] = [];
  let answer: (() => unknown) | null = () => ({ items: both, isWhole: true, unread: [] });
  const both = [OURS, THEIRS].map((id) => ({ id, name: id, deletedAt: null }));
  const tenant = {
    name: "runai",
    title: "Tenant",
    read: {
      inventory: {
        clusters: async () => {
          if (!answer) throw new Error("it does not answer");
          return answer();
        },
        nodes: async (ids: string[]) => {
          asked.push(ids);
          return { items: [], isWhole: true, unread: [] };
        },
      },
    },
    close: async () => undefined,
  } as unknown as Source;
  const connected = new Connected(parseEnv({}), { db: store.db, log: silentLog }, [tenant]);
  const inventory = () => connected.sources.providers("inventory")[0]?.read;
  await connected.refresh();
  expect((await inventory()?.clusters())?.items.map((c) => c.id)).toEqual([OURS]);
  answer = null;
  await connected.refresh();
  await expect(inventory()?.clusters()).rejects.toThrow("does not answer");
  await inventory()?.nodes([OURS]);
  // A list that lacks some does not show that it is gone; a whole one does.
  answer = () => ({ items: both.slice(1), isWhole: false, unread: [] });
  await inventory()?.clusters();
  await inventory()?.nodes([OURS]);
  answer = () => ({ items: both.slice(1), isWhole: true, unread: [] });
  await inventory()?.clusters();
  await connected.refresh();
  await inventory()?.nodes([OURS]);
  expect(asked).toEqual([[OURS], [OURS], [THEIRS]]);
  await connected.close();
});
