import { afterEach, describe, expect, it } from "vitest";
import { PrometheusClient } from "./client.ts";
import { selector, VECTOR_ONE } from "./promql.ts";
import {
  type Asked,
  buildInfo,
  matrix,
  quick,
  type Reply,
  refusal,
  startServer,
  type TestServer,
  vector,
} from "./testing-server.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function peer(reply: (asked: Asked) => Reply | null, more: object = {}) {
  const server = await startServer(reply);
  const client = new PrometheusClient({ url: server.url, ...quick, ...more });
  open.push(server, client);
  return { server, client };
}

const m = selector("m");
const ranges = (server: TestServer) => server.asked.filter((one) => one.path.endsWith("query_range"));
const points = (asked: Asked) => {
  const [from, to, step] = ["start", "end", "step"].map((name) => Number(asked.form.get(name))) as [
    number,
    number,
    number,
  ];
  return Array.from({ length: (to - from) / step + 1 }, (_, i) => [from + i * step, String(from + i * step)]);
};

describe("range queries", () => {
  it("are form posts of aligned instants without the end", async () => {
    const { server, client } = await peer((asked) => (asked.form.has("step") ? matrix([]) : null));
    await client.range(m, { start: 60, end: 180 }, 60);
    const [asked] = ranges(server);
    expect(asked?.method).toBe("POST");
    expect(asked?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(Object.fromEntries(asked?.form ?? [])).toEqual({ query: "m", start: "60", end: "120", step: "60" });
  });

  it("are cut by points, and joined without a seam", async () => {
    const reply = (asked: Asked) =>
      asked.form.has("step") ? matrix([{ metric: { a: "b" }, values: points(asked) }]) : null;
    const { server, client } = await peer(reply, { maxPoints: 4 });
    const found = await client.range(m, { start: 0, end: 600 }, 60);
    expect(ranges(server).length).toBe(3);
    expect(found.series).toHaveLength(1);
    expect(found.series[0]?.at).toEqual([0, 60, 120, 180, 240, 300, 360, 420, 480, 540]);
    expect(found.series[0]?.value).toEqual(found.series[0]?.at);
  });

  it.each([
    [422, "execution", "query processing would load too many samples into memory in query execution"],
    [503, "timeout", "query timed out in expression evaluation"],
    [400, "bad_data", "exceeded maximum resolution of 11,000 points per timeseries."],
    [422, "422", "too many points for the given step; cannot exceed -search.maxPointsPerTimeseries=30000"],
    [
      422,
      "422",
      "the number of matching timeseries exceeds 300000; either narrow down the search or increase -search.max*",
    ],
    [
      422,
      "422",
      "more than 300001 time series found on the time range; either increase -search.maxUniqueTimeseries or shrink",
    ],
    [
      422,
      "execution",
      "the query exceeded the maximum number of series (limit: 100000 series) (err-mimir-max-series-per-query)",
    ],
    [422, "execution", "the query time range exceeds the limit (err-mimir-max-query-length)"],
  ])("are halved when the peer finds them too large: %i %s %s", async (status, type, text) => {
    const reply = (asked: Asked) => {
      if (!asked.form.has("step")) return null;
      const values = points(asked);
      return values.length > 3 ? refusal(status, type, text) : matrix([{ metric: {}, values }]);
    };
    const { server, client } = await peer(reply);
    const { series } = await client.range(m, { start: 0, end: 600 }, 60);
    expect(series[0]?.at).toEqual([0, 60, 120, 180, 240, 300, 360, 420, 480, 540]);
    expect(ranges(server).length).toBe(7);
  });

  it("are halved at once when the answer is longer than is read", async () => {
    const endless = "x".repeat(65 * 1024 * 1024);
    const { server, client } = await peer((asked) => {
      if (!asked.form.has("step")) return null;
      const values = points(asked);
      return values.length > 5 ? { body: endless } : matrix([{ metric: {}, values }]);
    });
    const { series } = await client.range(m, { start: 0, end: 600 }, 60);
    expect(series[0]?.at).toEqual([0, 60, 120, 180, 240, 300, 360, 420, 480, 540]);
    expect(ranges(server).length).toBe(3);
  });

  it("drop and report points at other instants", async () => {
    const values = [
      [0, "1"],
      [0, "1"],
      [30, "2"],
      [60, "3"],
      [120, "4"],
    ];
    const { client } = await peer((asked) => (asked.form.has("step") ? matrix([{ metric: {}, values }]) : null));
    const found = await client.range(m, { start: 0, end: 120 }, 60);
    expect(found.series[0]).toMatchObject({ at: [0, 60], value: [1, 3] });
    expect(found.incomplete).toEqual(["The server returned points at other instants than requested."]);
  });
});

describe("completeness", () => {
  it.each([
    [{ warnings: ["results truncated due to limit"] }, ["The server warned: results truncated due to limit"]],
    [{ isPartial: true }, ["The server returned a partial answer: some of its storage did not reply."]],
    [{ infos: ["PromQL info: metric might not be a counter"], warnings: [], isPartial: false }, []],
  ])("of an answer with %j", async (more, incomplete) => {
    const { client } = await peer((asked) => (asked.form.has("step") ? matrix([], more) : null));
    expect((await client.range(m, { start: 0, end: 60 }, 60)).incomplete).toEqual(incomplete);
  });

  it("leaves out what VictoriaMetrics makes up for its last 30 s", async () => {
    const headers = { "X-Server-Hostname": "vm", date: new Date(600_000).toUTCString() };
    const { client } = await peer((asked) => {
      if (!asked.form.has("step")) return { headers, body: { status: "success", data: {} } };
      return { ...matrix([{ metric: {}, values: points(asked) }]), headers };
    });
    const found = await client.range(m, { start: 480, end: 661 }, 60);
    expect(found.series[0]?.at).toEqual([480, 540]);
    expect(found.incomplete).toEqual(["The server withholds its last 30 s, which overlap this window."]);
    expect((await client.range(m, { start: 480, end: 560 }, 60)).incomplete).toEqual([]);
  });
});

describe("detection", () => {
  it("probes the left edge where the flavour does not show it", async () => {
    for (const [value, leftOpen] of [
      ["1", true],
      ["2", false],
      ["7", null],
    ]) {
      const { client } = await peer((asked) =>
        asked.path.endsWith("buildinfo") ? buildInfo("0.36.0") : vector(String(value)),
      );
      expect(await client.peer()).toEqual({ flavour: "thanos", version: "0.36.0", leftOpen });
    }
  });

  it("goes on without build information, and says so to Thanos", async () => {
    const { server, client } = await peer((asked) =>
      asked.path.endsWith("buildinfo") ? { status: 404, body: "404 page not found" } : vector("1"),
    );
    await client.instant(VECTOR_ONE);
    expect(server.asked.at(-1)?.form.get("partial_response")).toBe("false");
  });

  it("takes a probe that is not understood as not knowing", async () => {
    const { client } = await peer((asked) =>
      asked.path.endsWith("buildinfo") ? { status: 403, body: "no" } : refusal(400, "bad_data", "parse error"),
    );
    expect((await client.peer()).leftOpen).toBeNull();
  });

  it("is remembered, and repeated after a failure", async () => {
    let fails = false;
    const { server, client } = await peer((asked) => {
      if (asked.path.endsWith("buildinfo")) return null;
      return fails ? refusal(422, "execution", "many-to-many matching not allowed") : vector("1");
    });
    const detections = () => server.asked.filter((one) => one.path.endsWith("buildinfo")).length;
    await client.instant(VECTOR_ONE);
    await client.instant(VECTOR_ONE);
    expect(detections()).toBe(1);
    fails = true;
    await expect(client.instant(VECTOR_ONE)).rejects.toThrow();
    fails = false;
    await client.instant(VECTOR_ONE);
    expect(detections()).toBe(2);
    expect(client.requests).toBe(server.asked.length);
  });
});

describe("failures in plain words", () => {
  const html = "<html><body>Sign in</body></html>";
  const cases: [string, Reply, RegExp, string][] = [
    ["bad_data", refusal(400, "bad_data", "1:5: parse error"), /does not understand the query: 1:5/, "bad_data"],
    ["execution", refusal(422, "execution", "many-to-many"), /could not evaluate the query: many/, "execution"],
    ["timeout", refusal(503, "timeout", "query timed out"), /took too long/, "timeout"],
    ["canceled", refusal(499, "canceled", "query was canceled"), /had the query cancelled/, "canceled"],
    ["internal", refusal(500, "internal", "disk"), /failed internally: disk/, "internal"],
    ["unavailable", refusal(500, "unavailable", "starting up"), /is not ready to answer/, "unavailable"],
    ["not_found", refusal(404, "not_found", "disabled"), /does not offer this function/, "not_found"],
    ["not_acceptable", refusal(406, "not_acceptable", "codec"), /cannot answer in JSON/, "not_acceptable"],
    [
      "error in a 200",
      { body: { status: "error", errorType: "internal", error: "x" } },
      /failed internally: x/,
      "internal",
    ],
    ["no data", { body: { status: "success" } }, /not what the Prometheus API defines/, ""],
    ["other JSON", { body: { hello: 1 } }, /JSON that is not from a Prometheus API/, ""],
    ["path", { status: 404, body: "404 page not found" }, /check PROMETHEUS_URL and PROMETHEUS_PATH_PREFIX/, "status"],
    ["method", { status: 405, body: "Method Not Allowed" }, /is not a Prometheus API \(405\)/, "status"],
    ["401", { status: 401, body: "Unauthorized" }, /check the user and password or the bearer token/, "status"],
    ["403", { status: 403, body: "Forbidden" }, /check what the user or token may do/, "status"],
    ["tenant", { status: 401, body: "no org id" }, /X-Scope-OrgID to PROMETHEUS_HEADERS/, "status"],
    ["login page", { body: html }, /an HTML page instead of JSON.*Sign in/, "body"],
    ["half a body", { body: '{"status":"success","da' }, /not whole JSON/, "body"],
    ["redirect", { status: 302, headers: { location: "/login" }, body: "" }, /redirects \(302\)/, "status"],
    ["not ready", { status: 503, body: "Service Unavailable" }, /is not ready to answer \(503\)/, "status"],
    ["bad gateway", { status: 502, body: html }, /answered 502: <html>/, "status"],
    ["rate", refusal(429, "too_many_requests", "slow down"), /limits the rate/, "too_many_requests"],
  ];
  it.each(cases)("%s", async (_name, reply, message, errorType) => {
    const { client } = await peer((asked) => (asked.path.endsWith("buildinfo") ? null : reply));
    const error = await client.instant(VECTOR_ONE).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: "source_unavailable", message: expect.stringMatching(message) });
    if (errorType) expect(error).toMatchObject({ errorType });
  });

  it("retries what may pass, not what will not", async () => {
    const count = async (reply: Reply) => {
      const { server, client } = await peer((asked) => (asked.path.endsWith("buildinfo") ? null : reply));
      await expect(client.instant(VECTOR_ONE)).rejects.toThrow();
      return server.asked.length - 1;
    };
    expect(await count(refusal(500, "internal", "x"))).toBe(1 + quick.http.retryCount);
    expect(await count({ status: 502, body: html })).toBe(1 + quick.http.retryCount);
    expect(await count(refusal(503, "timeout", "query timed out"))).toBe(1);
    expect(await count(refusal(422, "execution", "x"))).toBe(1);
    expect(await count({ status: 401, body: "" })).toBe(1);
  });

  it("an address where nothing listens", async () => {
    const { server, client } = await peer(() => null);
    await server.close();
    await expect(client.instant(VECTOR_ONE)).rejects.toThrow(/not reachable.*ECONNREFUSED/);
  });
});
