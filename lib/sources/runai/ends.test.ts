import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { List } from "./client.ts";
import { createRunaiSource } from "./index.ts";
import * as lists from "./lists.ts";
import { type Call, jwt, openClient, type Reply, runaiSettings, startPeer } from "./testing.ts";

/** Where a list ends: "complete" is proven before absence means anything. */

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const TOKEN = jwt({ exp: 2_000_000 });
const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => ({ id: from + i }));
const THINGS: List<{ id: number }> = {
  path: "/api/v1/things",
  key: "things",
  item: z.looseObject({ id: z.number() }),
  identity: (t) => String(t.id),
  sortBy: "createdAt",
};
const COUNTED = { ...THINGS, count: "/api/v1/things/count" };

async function peerOf(answer: (call: Call) => Reply) {
  const peer = await startPeer((call) =>
    call.path.endsWith("/token") ? { json: { access_token: TOKEN } } : answer(call),
  );
  open.push(peer.close);
  return peer;
}

/** A client of a server that sends ten of 25 things at most, in either order, with this as the next page. */
async function capped(next: (after: number) => unknown, count: Reply = { status: 404 }) {
  const peer = await peerOf((call) => {
    if (call.path.endsWith("/count")) return count;
    const offset = Number(call.query.get("offset"));
    const all = call.query.get("sortOrder") === "desc" ? range(0, 25).toReversed() : range(0, 25);
    return { json: { things: all.slice(offset, offset + 10), next: next(offset + 10) } };
  });
  const { client, http } = openClient(peer.url);
  open.push(() => http.close());
  return { client, pages: () => peer.calls.filter((c) => c.path.endsWith("/things")).length };
}

describe("a list whose server has its own limit of ten", () => {
  const ODD = ["", "null", -1, {}, 0.5, true, "page-2", [10]];
  it.each(ODD)("is read on where its next is %j, which is no offset, with a count and without one", async (next) => {
    for (const list of [THINGS, COUNTED]) {
      const { client } = await capped(() => next);
      const { items, isWhole } = await client.listed(list);
      expect([items.length, isWhole]).toEqual([25, true]);
    }
  });

  it.each([undefined, null, 0])(
    "is whole only once a later page is empty, where it says %j and has no count",
    async (next) => {
      const { client } = await capped(() => next);
      const { items, isWhole } = await client.listed(COUNTED);
      expect([items.length, isWhole]).toEqual([25, true]);
    },
  );

  it("is read in full where it names itself as the next page", async () => {
    const { client } = await capped((after) => (after === 10 ? after : after - 10));
    expect((await client.listed(THINGS)).items).toHaveLength(25);
  });

  it("is not whole where the count says more than any look finds", async () => {
    const { client } = await capped(() => undefined, { json: { count: 26 } });
    expect(await client.listed(COUNTED)).toMatchObject({ isWhole: false });
  });

  it("costs one request where the count agrees at once", async () => {
    const { client, pages } = await capped((after) => (after < 25 ? after : undefined), { json: { count: 25 } });
    expect(await client.listed(COUNTED)).toMatchObject({ isWhole: true });
    expect(pages()).toBe(4);
  });
});

it.each(["same", "empty"])("ends a walk through pages that always name a next one, each %s", async (page) => {
  const peer = await peerOf((call) => {
    const offset = Number(call.query.get("offset"));
    return { json: { things: page === "same" || offset === 0 ? range(0, 3) : [], next: offset + 500 } };
  });
  const { client, http } = openClient(peer.url);
  open.push(() => http.close());
  const { items, isWhole } = await client.listed(THINGS);
  expect([items.length, isWhole]).toEqual([3, false]);
});

it("reads all of a list whose order changes with every request, or says that it is not whole", async () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  let whole = 0;
  for (let round = 0; round < 40; round++) {
    const peer = await peerOf((call) => {
      if (call.path.endsWith("/count")) return { json: { count: 25 } };
      const offset = Number(call.query.get("offset"));
      const things = range(0, 25).sort(() => random() - 0.5);
      return { json: { things: things.slice(offset, offset + 10), next: offset + 10 < 25 ? offset + 10 : undefined } };
    });
    const { client, http } = openClient(peer.url);
    open.push(() => http.close());
    const { items, isWhole } = await client.listed(COUNTED);
    const ids = new Set(items.map((t) => t.id));
    expect(ids.size).toBe(items.length);
    expect(isWhole).toBe(ids.size === 25);
    whole += Number(isWhole);
  }
  expect(whole).toBeGreaterThan(0);
});

describe("the lists of Run:ai", () => {
  it("can all be counted but the history of a workload, which ends nothing", () => {
    const all = [lists.NODE_POOLS, lists.DEPARTMENTS, lists.PROJECTS, lists.workloads("active"), lists.pods("deleted")];
    for (const list of all) expect(list.count).toBe(`${list.path}/count`);
    expect(lists.history("w").count).toBeUndefined();
  });

  it("say of half a list of nodes or projects with HTTP 200 that it is not whole", async () => {
    const node = { id: "n1", name: "n1", clusterUuid: "c", status: "Ready" };
    const peer = await peerOf(({ path }) => {
      if (path.endsWith("/count")) return { json: { count: 2 } };
      return { json: { nodes: [node], projects: [{ id: "p", name: "p", clusterId: "c" }] } };
    });
    const source = createRunaiSource(runaiSettings(peer.url, { now: () => 1_000_000 }));
    open.push(() => source.close());
    expect(await source.read.inventory.nodes(["c"])).toMatchObject({ isWhole: false });
    expect(await source.read.inventory.projects()).toMatchObject({ isWhole: false });
  });

  it("cost one cluster that cannot be read that cluster, which is named and not missing", async () => {
    const peer = await peerOf(() => ({
      json: [
        { uuid: "a", name: "A" },
        { uuid: "b", name: 7 },
        { uuid: "c", name: "C" },
      ],
    }));
    const source = createRunaiSource(runaiSettings(peer.url, { now: () => 1_000_000 }));
    open.push(() => source.close());
    const { items, ...end } = await source.read.inventory.clusters();
    expect(items.map((c) => c.id)).toEqual(["a", "c"]);
    expect(end).toEqual({ isWhole: true, unread: ["b"] });
  });
});
