import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { List } from "./client.ts";
import { type Call, jwt, openClient, type Reply, startPeer } from "./testing.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const TOKEN = jwt({ exp: 2_000_000 });

/** A Run:ai that issues tokens and answers the rest by `reply`. */
async function runai(answer: (call: Call, nth: number) => Reply, token: () => string = () => TOKEN) {
  let nth = 0;
  const peer = await startPeer((call) =>
    call.path.endsWith("/token") ? { json: { access_token: token() } } : answer(call, nth++),
  );
  const { client, http } = openClient(peer.url);
  open.push(() => http.close(), peer.close);
  return { client, asked: () => peer.calls.filter((c) => !c.path.endsWith("/token")), peer };
}

const anything = z.unknown();
const THINGS: List<{ id: number }> = {
  path: "/api/v1/things",
  key: "things",
  item: z.looseObject({ id: z.number() }),
  identity: (t) => String(t.id),
  sortBy: "createdAt",
};
const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => ({ id: from + i }));
const offsetOf = (call: Call) => Number(call.query.get("offset"));

describe("get", () => {
  it("sends the bearer token and leaves commas bare", async () => {
    const { client, peer } = await runai(() => ({ json: { ok: true } }));
    await client.get("/api/v1/x", { metricType: "A,B", start: "2026-01-01T00:00:00Z", none: undefined }, anything);
    expect(peer.calls[1]).toMatchObject({ method: "GET", path: "/api/v1/x" });
    expect(peer.calls[1]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(Object.fromEntries(peer.calls[1]?.query ?? [])).toEqual({
      metricType: "A,B",
      start: "2026-01-01T00:00:00Z",
    });
  });

  it("renews a refused token once and repeats once", async () => {
    let tokens = 0;
    const { client, peer } = await runai(
      (call) => (call.headers.authorization === "Bearer t2" ? { json: { ok: 1 } } : { status: 401, json: {} }),
      () => `t${++tokens}`,
    );
    expect((await client.get("/api/v1/x", {}, anything)).value).toEqual({ ok: 1 });
    expect(peer.calls.map((c) => c.path)).toEqual(["/api/v2/token", "/api/v1/x", "/api/v2/token", "/api/v1/x"]);
  });

  it("renews once for all callers that were refused together", async () => {
    let tokens = 0;
    const { client, peer } = await runai(
      (call) => (call.headers.authorization === "Bearer t2" ? { json: {} } : { status: 401, json: {} }),
      () => `t${++tokens}`,
    );
    await Promise.all(Array.from({ length: 5 }, () => client.get("/api/v1/x", {}, anything)));
    expect(peer.calls.filter((c) => c.path.endsWith("/token"))).toHaveLength(2);
  });

  it("gives up after the third 401", async () => {
    const { client, asked } = await runai(() => ({ status: 401, json: {} }));
    await expect(client.get("/api/v1/x", {}, anything)).rejects.toThrow(/\/api\/v1\/x refused a token .* \(401\)/);
    expect(asked()).toHaveLength(3);
  });

  it("outlasts every passing fault", async () => {
    const faults: Reply[] = [
      { status: 500, json: { code: 500, message: "Something went wrong." } },
      { status: 429, headers: { "retry-after": "0" } },
      { text: '{"ok": tru' },
      { text: "<html>gateway</html>" },
      { text: '{"ok":true}', cut: true },
    ];
    const { client, asked } = await runai((_, nth) => faults[nth] ?? { json: { ok: true } });
    expect((await client.get("/api/v1/x", {}, anything)).value).toEqual({ ok: true });
    expect(asked()).toHaveLength(6);
  });

  it.each([
    [{ status: 403, json: {} }, /has no access to .*\/api\/v1\/x \(403\): add an access rule/],
    [{ status: 404, json: {} }, /\/api\/v1\/x does not exist there \(404\): check that RUNAI_URL/],
    [{ status: 302, headers: { location: "/login" } }, /answered with a redirect \(302\)/],
    [{ status: 503 }, /is failing \(503\)/],
    [{ status: 429 }, /asked to slow down \(429\)/],
    [{ text: "<!doctype html><p>Sign in" }, /HTML page, not the API: RUNAI_URL may be a login page/],
    [{ text: '{"a":' }, /cut short or is not JSON/],
  ])("says what to do after %j", async (reply, sentence) => {
    const { client } = await runai(() => reply);
    const failure = client.get("/api/v1/x", {}, anything);
    await expect(failure).rejects.toThrow(sentence);
    await expect(failure).rejects.toMatchObject({ code: "source_unavailable" });
  });

  it("names the field of an answer that it cannot read", async () => {
    const { client } = await runai(() => ({ json: { things: [..."wxyz"].map((id) => ({ id })) } }));
    await expect(client.all(THINGS)).rejects.toThrow(/\/api\/v1\/things answered in an unknown shape: things\.0\.id/);
  });
});

describe("pages", () => {
  /** Serves `total` things by limit and offset, `next` in the manner given. */
  const serve = (total: number, end: "absent" | "null" | "zero" | "undeclared") => (call: Call) => {
    const offset = offsetOf(call);
    const after = offset + Number(call.query.get("limit"));
    const last = { absent: undefined, null: null, zero: 0, undeclared: undefined }[end];
    const next = end !== "undeclared" && after < total ? after : last;
    return { json: { things: range(offset, Math.min(after, total)), next } };
  };

  it.each(["absent", "null", "zero", "undeclared"] as const)(
    "reads all of 1,234 once when the end is %s",
    async (end) => {
      const { client, asked } = await runai(serve(1234, end));
      expect(await client.all(THINGS)).toEqual(range(0, 1234));
      expect(asked()[0]?.query.get("limit")).toBe("500");
      expect(asked()[0]?.query.get("sortBy")).toBe("createdAt");
      expect(asked()[0]?.query.get("sortOrder")).toBe("asc");
      expect(asked()).toHaveLength(3);
    },
  );

  it.each([0, 1, 499, 500, 501, 1000])("reads %d things", async (total) => {
    for (const end of ["absent", "undeclared"] as const) {
      const { client } = await runai(serve(total, end));
      expect(await client.all(THINGS)).toEqual(range(0, total));
    }
  });

  it("stops at a server that cannot page and repeats itself", async () => {
    const { client, asked } = await runai(() => ({ json: { things: range(0, 800) } }));
    expect(await client.all({ ...THINGS, sortBy: "name" })).toHaveLength(800);
    expect(asked()).toHaveLength(2);
  });

  it("asks without sorting where that is refused, from then on", async () => {
    const { client, asked } = await runai((call) =>
      call.query.has("sortBy") ? { status: 400, json: { code: 400, message: "sortBy" } } : serve(700, "absent")(call),
    );
    expect(await client.all(THINGS)).toHaveLength(700);
    expect(await client.all(THINGS)).toHaveLength(700);
    expect(asked().filter((c) => c.query.has("sortBy"))).toHaveLength(1);
  });

  it.each([5, 100, 450, 900])("skips nothing when %d things vanish between two pages", async (gone) => {
    let list = range(0, 2000);
    const { client } = await runai((call, nth) => {
      if (nth === 2) list = list.slice(gone);
      const after = offsetOf(call) + 500;
      return { json: { things: list.slice(offsetOf(call), after), next: after < list.length ? after : undefined } };
    });
    const read = (await client.all(THINGS)).map((t) => t.id);
    expect(new Set(read).size).toBe(read.length);
    expect(read).toEqual(expect.arrayContaining(list.map((t) => t.id)));
  });

  it("returns each thing once when the list grows while it is read", async () => {
    let list = range(1000, 2000);
    const { client } = await runai((call, nth) => {
      if (nth === 1) list = [...range(0, 30), ...list, ...range(2000, 2010)];
      const after = offsetOf(call) + 500;
      return { json: { things: list.slice(offsetOf(call), after), next: after < list.length ? after : null } };
    });
    const read = (await client.all(THINGS)).map((t) => t.id);
    expect(new Set(read).size).toBe(read.length);
    expect(read.filter((id) => id >= 1000)).toHaveLength(1010);
  });

  it("ends where a server filters after paging, so that pages lack what was on the one before", async () => {
    const { client, asked } = await runai((call) => {
      const offset = offsetOf(call);
      const shown = range(offset, Math.min(1100, offset + 500)).filter((t) => t.id < 480 || t.id >= 560);
      return { json: { things: shown, next: offset + 500 < 1100 ? offset + 500 : undefined } };
    });
    expect((await client.all(THINGS)).length).toBeGreaterThan(900);
    expect(asked().length).toBeLessThan(20);
  });

  it("costs one malformed item that item alone, reported with its id", async () => {
    const things = [{ id: 1 }, { id: "x" }, null, { id: 2 }];
    const { client } = await runai(() => ({ json: { things } }));
    expect(await client.all(THINGS)).toEqual([{ id: 1 }, { id: 2 }]);
  });

  const COUNTED = { ...THINGS, count: "/api/v1/things/count" };
  it.each<[string, unknown[], Reply, { isWhole: boolean; unread: string[] }]>([
    ["as many things as counted", range(0, 3), { json: { count: 3 } }, { isWhole: true, unread: [] }],
    ["fewer than counted", range(0, 2), { json: { count: 3 } }, { isWhole: false, unread: [] }],
    ["one that cannot be read", [{ id: 1 }, { id: "x" }], { json: { count: 2 } }, { isWhole: true, unread: ["x"] }],
    ["only ones that cannot be read", [{ id: "x" }], { json: { count: 1 } }, { isWhole: true, unread: ["x"] }],
    ["one without an id", [{ id: 1 }, null], { json: { count: 2 } }, { isWhole: false, unread: [] }],
    ["no count, and the same things twice", range(0, 3), { status: 404 }, { isWhole: true, unread: [] }],
    ["no count for once", range(0, 3), { status: 500 }, { isWhole: true, unread: [] }],
  ])("says of a list with %s whether it is whole", async (_, things, count, end) => {
    const { client } = await runai((call) => (call.path.endsWith("/count") ? count : { json: { things } }));
    expect(await client.listed(COUNTED)).toMatchObject(end);
  });

  it("does not take a list as whole that a second look finds longer, or that is marked as partial", async () => {
    let looks = 0;
    const growing = await runai((call) =>
      call.path.endsWith("/count") ? { status: 404 } : { json: { things: range(0, ++looks) } },
    );
    expect(await growing.client.listed(COUNTED)).toMatchObject({ isWhole: false });
    const partial = await runai(() => ({ status: 207, json: { things: range(0, 3) } }));
    expect(await partial.client.listed(THINGS)).toMatchObject({ isWhole: false });
  });

  it("reads a next that is text", async () => {
    const { client } = await runai((call) => {
      const offset = offsetOf(call);
      return { json: { things: range(offset, offset + 300), next: offset < 600 ? String(offset + 300) : null } };
    });
    expect(await client.all({ ...THINGS, sortBy: "" })).toHaveLength(900);
  });

  it("reads again what the count says is missing, because rows of equal keys change places", async () => {
    let looks = 0;
    const { client } = await runai((call) => {
      if (call.path.endsWith("/count")) return { json: { count: 700 } };
      if (offsetOf(call) === 0) looks++;
      const all = range(0, 700);
      const order = call.query.get("sortOrder") === "desc" ? all.toReversed() : all;
      // On the first look the second page repeats rows of the first, and lacks others.
      const from = looks === 1 && offsetOf(call) > 0 ? offsetOf(call) - 150 : offsetOf(call);
      const after = offsetOf(call) + 500;
      return {
        json: {
          things: order.slice(from, from + 500 - (offsetOf(call) > 0 ? 150 : 0)),
          next: after < 700 ? after : null,
        },
      };
    });
    const read = await client.all({ ...THINGS, count: "/api/v1/things/count" });
    expect(new Set(read.map((t) => t.id)).size).toBe(700);
  });

  it("takes an endpoint that the version lacks as empty, only in allOrNone", async () => {
    const { client } = await runai(() => ({ status: 404, json: {} }));
    expect(await client.allOrNone(THINGS)).toEqual([]);
    await expect(client.all(THINGS)).rejects.toThrow("404");
  });
});
