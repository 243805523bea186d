import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "@/simulator/index.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";

const scenario = smallScenario({ seed: 5, workloads: 40, faults: false });
const now = scenario.range.end - 1800;
const clock = fixedClock(now);

async function tokenOf(simulator: Simulator): Promise<string> {
  const { appId, appSecret } = simulator.credentials;
  const response = await fetch(`${simulator.runaiUrl}/api/v1/token`, {
    method: "POST",
    body: JSON.stringify({ grantType: "client_credentials", clientId: appId, clientSecret: appSecret }),
  });
  return ((await response.json()) as { accessToken: string }).accessToken;
}

type Json = Record<string, never> & { [key: string]: unknown };

async function get(simulator: Simulator, path: string, token?: string): Promise<{ status: number; body: Json }> {
  const bearer = token ?? (await tokenOf(simulator));
  const response = await fetch(`${simulator.runaiUrl}${path}`, { headers: { authorization: `Bearer ${bearer}` } });
  return { status: response.status, body: (await response.json()) as Json };
}

async function withSimulator<T>(
  options: Partial<SimulatorOptions>,
  run: (simulator: Simulator) => Promise<T>,
): Promise<T> {
  const simulator = await startSimulator({ scenario, clock, ...options });
  try {
    return await run(simulator);
  } finally {
    await simulator.close();
  }
}

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ scenario, clock });
});
afterAll(() => simulator.close());

const list = (body: Json, key: string) => body[key] as unknown as Record<string, unknown>[];
const iso = (t: number) => new Date(t * 1000).toISOString();

describe("tokens", () => {
  const ask = (body: string, path = "/api/v1/token", type = "application/json") =>
    fetch(`${simulator.runaiUrl}${path}`, { method: "POST", body, headers: { "content-type": type } });

  it.each([
    { grantType: "client_credentials", clientId: "gpu-ledger", clientSecret: "simulator-secret" },
    { grantType: "client_credentials", clientID: "gpu-ledger", clientSecret: "simulator-secret" },
    { grantType: "app_token", AppId: "gpu-ledger", AppSecret: "simulator-secret" },
    { granttype: "app_token", appID: "gpu-ledger", appSecret: "simulator-secret" },
  ])("v1 takes %j", async (body) => {
    const response = await ask(JSON.stringify(body));
    expect(response.status).toBe(200);
    const answer = (await response.json()) as { accessToken: string; expiresIn: number };
    const claims = JSON.parse(Buffer.from(answer.accessToken.split(".")[1] as string, "base64url").toString()) as {
      exp: number;
      iat: number;
    };
    expect(claims.exp - claims.iat).toBe(answer.expiresIn);
  });

  it("v2 takes a form only, and refuses in OAuth's words", async () => {
    const form = (secret: string) =>
      new URLSearchParams({
        grant_type: "client_credentials",
        client_id: "gpu-ledger",
        client_secret: secret,
      }).toString();
    const type = "application/x-www-form-urlencoded";
    const good = await ask(form("simulator-secret"), "/api/v2/token", type);
    expect(await good.json()).toMatchObject({ token_type: "Bearer", expires_in: 3600 });
    const bad = await ask(form("wrong"), "/api/v2/token", type);
    expect([bad.status, ((await bad.json()) as Json).error]).toEqual([401, "invalid_client"]);
    expect((await ask("{}", "/api/v2/token")).status).toBe(400);
  });

  it("refuses wrong secrets, unknown tokens and expired ones", async () => {
    const wrong = await ask(
      JSON.stringify({ grantType: "client_credentials", clientId: "gpu-ledger", clientSecret: "x" }),
    );
    expect(wrong.status).toBe(401);
    expect((await get(simulator, "/api/v1/clusters", "a.b.c")).body).toEqual({
      code: 401,
      message: "Issuer is not familiar.",
    });
    await withSimulator({ runai: { tokenTtlSeconds: 0 } }, async (s) =>
      expect((await get(s, "/api/v1/clusters")).status).toBe(401),
    );
  });

  it("3.0 has no app_token and no nodes below clusters", async () => {
    await withSimulator({ runai: { version: "3.0" } }, async (s) => {
      const answer = await fetch(`${s.runaiUrl}/api/v1/token`, {
        method: "POST",
        body: JSON.stringify({ grantType: "app_token", AppId: "gpu-ledger", AppSecret: "simulator-secret" }),
      });
      expect(answer.status).toBe(400);
      expect((await get(s, `/api/v1/clusters/${scenario.clusters[0]?.id}/nodes`)).status).toBe(404);
    });
  });
});

describe("lists", () => {
  it("pages with next until the last page, which has none", async () => {
    const seen: string[] = [];
    let offset = 0;
    for (;;) {
      const { body } = await get(
        simulator,
        `/api/v1/workloads?limit=7&offset=${offset}&sortBy=createdAt&sortOrder=asc`,
      );
      seen.push(...list(body, "workloads").map((w) => w.id as string));
      if (body.next === undefined) break;
      offset = body.next as number;
    }
    const count = (await get(simulator, "/api/v1/workloads/count")).body.count as unknown as number;
    expect(new Set(seen).size).toBe(count);
    expect(seen).toHaveLength(count);
  });

  it.each(["limit=0", "limit=501", "limit=x", "filterBy=nope==1", "filterBy=phase", "sortBy=nope"])(
    "refuses %s with 400",
    async (query) => {
      const { status, body } = await get(simulator, `/api/v1/workloads?${query}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 400, message: expect.any(String) });
    },
  );

  it("filters: equal, not, from, contains, several at once", async () => {
    const all = list((await get(simulator, "/api/v1/workloads?limit=500")).body, "workloads");
    const of = async (filter: string) =>
      list(
        (await get(simulator, `/api/v1/workloads?limit=500&filterBy=${encodeURIComponent(filter)}`)).body,
        "workloads",
      ).map((w) => w.id);
    const ids = (keep: (w: Record<string, unknown>) => boolean) => all.filter(keep).map((w) => w.id);
    const some = iso(now - 6 * 3600);
    expect(await of("phase==Running")).toEqual(ids((w) => w.phase === "Running"));
    expect(await of("phase!=Running")).toEqual(ids((w) => w.phase !== "Running"));
    expect(await of(`createdAt>=${some}`)).toEqual(ids((w) => (w.createdAt as string) >= some));
    expect(await of(`category==Train,createdAt<=${some},name=@-1`)).toEqual(
      ids((w) => w.category === "Train" && (w.createdAt as string) <= some && (w.name as string).includes("-1")),
    );
  });

  it("never reports the future, and keeps deleted workloads in their own list for 14 days", async () => {
    const all = list((await get(simulator, "/api/v1/workloads?limit=500")).body, "workloads");
    for (const w of all) {
      expect(Date.parse(w.createdAt as string) / 1000).toBeLessThanOrEqual(now);
      expect(w.deletedAt).toBeNull();
    }
    const deleted = list((await get(simulator, "/api/v1/workloads?limit=500&deleted=true")).body, "workloads");
    expect(deleted.length).toBe(scenario.workloads.filter((w) => w.deletedAt !== null && w.deletedAt <= now).length);
    await withSimulator({ clock: fixedClock(now + 15 * DAY) }, async (s) => {
      expect(list((await get(s, "/api/v1/workloads?deleted=true")).body, "workloads")).toEqual([]);
    });
  });

  it("gives pods with names only when verbose, and starts and ends as the scenario has them", async () => {
    const pods = new Map(scenario.workloads.flatMap((w) => w.pods).map((p) => [p.id, p]));
    const brief = list((await get(simulator, "/api/v1/workloads/pods?limit=500")).body, "pods");
    const full = list((await get(simulator, "/api/v1/workloads/pods?limit=500&verbosity=full")).body, "pods");
    expect(brief[0]).not.toHaveProperty("workloadName");
    expect(full[0]).toHaveProperty("workloadName");
    for (const wire of full) {
      const pod = pods.get(wire.id as string);
      const [container] = wire.containers as { startedAt: string | null }[];
      if (pod?.startedAt != null && pod.startedAt <= now)
        expect(Date.parse(container?.startedAt as string) / 1000).toBe(pod.startedAt);
      if (pod?.completedAt != null && pod.completedAt <= now)
        expect(Date.parse(wire.completedAt as string) / 1000).toBe(pod.completedAt);
    }
  });

  it("trims lists to the scope and answers 403 outside it", async () => {
    await withSimulator({ runai: { scopeDepartments: ["2"] } }, async (s) => {
      expect(list((await get(s, "/api/v1/org-unit/departments")).body, "departments").map((d) => d.id)).toEqual(["2"]);
      expect(
        list((await get(s, "/api/v1/workloads?limit=500")).body, "workloads").every((w) => w.departmentId === "2"),
      ).toBe(true);
      expect((await get(s, "/api/v1/org-unit/projects/11")).status).toBe(403);
    });
  });
});

describe("metrics", () => {
  const run = scenario.workloads.find((w) =>
    w.pods.some((p) => p.startedAt !== null && (p.completedAt ?? now) - p.startedAt > 1800 && p.gpus.length === 2),
  );
  const pod = run?.pods.find((p) => p.gpus.length === 2);
  const from = Math.ceil((pod?.startedAt ?? 0) / 600) * 600;
  const window = (samples: number, length: number) =>
    `start=${iso(from)}&end=${iso(from + length)}&numberOfSamples=${samples}`;
  const path = (query: string) => `/api/v1/workloads/${run?.id}/metrics?${query}`;

  it("gives exactly the grid's instants of an aligned window, as strings", async () => {
    const { body } = await get(simulator, path(`metricType=GPU_UTILIZATION,GPU_ALLOCATION&${window(20, 600)}`));
    const [util, allocation] = list(body, "measurements") as {
      type: string;
      values: { value: string; timestamp: string }[];
    }[];
    expect(util?.values.map((v) => Date.parse(v.timestamp) / 1000)).toEqual(
      Array.from({ length: 20 }, (_, k) => from + 30 * k),
    );
    expect(util?.values.every((v) => typeof v.value === "string")).toBe(true);
    expect(allocation?.values[0]?.value).toBe("2");
  });

  it("gives a measurement per card for _PER_GPU types", async () => {
    const { body } = await get(
      simulator,
      `/api/v1/workloads/${run?.id}/pods/${pod?.id}/metrics?metricType=GPU_UTILIZATION_PER_GPU&${window(20, 600)}`,
    );
    expect(list(body, "measurements").map((m) => m.labels)).toEqual(pod?.gpus.map((g) => ({ gpu: String(g.index) })));
  });

  it("one sample is the latest before the end", async () => {
    const { body } = await get(simulator, path(`metricType=GPU_UTILIZATION&${window(1, 600)}`));
    const [m] = list(body, "measurements") as { values: { timestamp: string }[] }[];
    expect(m?.values.map((v) => v.timestamp)).toEqual([iso(from + 570).replace(".000Z", "Z")]);
  });

  it.each([
    ["an unknown type", `metricType=NOPE&${window(10, 600)}`],
    ["no type", window(10, 600)],
    ["too many samples", `metricType=GPU_UTILIZATION&${window(1001, 600)}`],
    ["an empty window", `metricType=GPU_UTILIZATION&${window(10, 0)}`],
    ["no start", `metricType=GPU_UTILIZATION&end=${iso(now)}`],
    ["an end to come", `metricType=GPU_UTILIZATION&start=${iso(now)}&end=${iso(now + 3600)}`],
    ["eleven types", `metricType=${Array(11).fill("GPU_UTILIZATION").join(",")}&${window(10, 600)}`],
  ])("refuses %s", async (_what, query) => {
    expect((await get(simulator, path(query))).status).toBe(400);
  });

  it("adds up: workloads' allocation is the nodes' is the projects' is the cluster's", async () => {
    const at = `start=${iso(now - 3600)}&end=${iso(now)}&numberOfSamples=120`;
    const sumOf = async (paths: string[], type: string) => {
      const sums = Array<number>(120).fill(0);
      for (const p of paths) {
        const { body } = await get(simulator, `${p}/metrics?metricType=${type}&${at}`);
        for (const m of list(body, "measurements") as { values: { value: string; timestamp: string }[] }[])
          for (const v of m.values) {
            const k = (Date.parse(v.timestamp) / 1000 - now + 3600) / 30;
            sums[k] = (sums[k] as number) + Math.round(Number(v.value) * 1000);
          }
      }
      return sums;
    };
    const living = scenario.workloads.filter((w) => w.createdAt <= now);
    const workloads = await sumOf(
      living.map((w) => `/api/v1/workloads/${w.id}`),
      "GPU_ALLOCATION",
    );
    expect(Math.max(...workloads)).toBeGreaterThan(0);
    expect(
      await sumOf(
        scenario.nodes.map((n) => `/api/v1/nodes/${n.id}`),
        "GPU_ALLOCATION_PER_GPU",
      ),
    ).toEqual(workloads);
    expect(
      await sumOf(
        scenario.projects.map((p) => `/api/v1/org-unit/projects/${p.id}`),
        "GPU_ALLOCATION",
      ),
    ).toEqual(workloads);
    expect(await sumOf([`/api/v1/clusters/${scenario.clusters[0]?.id}`], "ALLOCATED_GPU")).toEqual(workloads);
  });
});

describe("faults", () => {
  it("come at about the rate asked for, in every kind, and pass when asked again", async () => {
    await withSimulator({ faults: { errorRate: 0.3, spare: ["/api/v1/token"] } }, async (s) => {
      const token = await tokenOf(s);
      const kinds = new Map<string, number>();
      for (let n = 0; n < 300; n++) {
        const outcome = await fetch(`${s.runaiUrl}/api/v1/node-pools`, {
          headers: { authorization: `Bearer ${token}` },
        })
          .then(
            async (r) =>
              `${r.status} ${r.status === 429 ? r.headers.get("retry-after") : ""} ${await r.json().then(
                () => "json",
                () => "broken",
              )}`,
          )
          .catch(() => "reset");
        kinds.set(outcome, (kinds.get(outcome) ?? 0) + 1);
      }
      expect(kinds.get("200  json")).toBeGreaterThan(170);
      expect(kinds.get("200  json")).toBeLessThan(250);
      for (const kind of [
        "429 1 json",
        "500  json",
        "502  broken",
        "503  json",
        "504  json",
        "200  broken",
        "401  json",
        "reset",
      ])
        expect(kinds.get(kind), kind).toBeGreaterThan(0);
    });
  });

  it("207 leaves series out or without values", async () => {
    await withSimulator({ faults: { partialRate: 1 } }, async (s) => {
      const at = `start=${iso(now - 600)}&end=${iso(now)}&numberOfSamples=20`;
      const { status, body } = await get(
        s,
        `/api/v1/nodes/${scenario.nodes[0]?.id}/metrics?metricType=GPU_UTILIZATION_PER_GPU&${at}`,
      );
      expect(status).toBe(207);
      expect(list(body, "measurements").some((m) => m.values === null)).toBe(true);
      expect(list(body, "measurements").length).toBeLessThan(scenario.nodes[0]?.gpuCount ?? 0);
    });
  });

  it("counts calls by path", async () => {
    await withSimulator({}, async (s) => {
      await get(s, "/api/v1/clusters");
      await get(s, "/api/v1/clusters?verbosity=full");
      expect(s.requests.runai.get("/api/v1/clusters")).toBe(2);
    });
  });
});

it("answers every endpoint, and nothing under /api/v1/pods, which no version has", async () => {
  const w = scenario.workloads.find((x) => x.pods.length > 0 && x.createdAt <= now);
  const at = `start=${iso(now - 600)}&end=${iso(now)}`;
  const cluster = scenario.clusters[0]?.id;
  const paths = [
    "/api/v1/clusters",
    "/api/v1/nodes",
    `/api/v1/clusters/${cluster}/nodes`,
    "/api/v1/nodes/telemetry?telemetryType=IDLE_ALLOCATED_GPUS&groupBy=Node",
    `/api/v1/nodes/${scenario.nodes[0]?.id}/metrics?metricType=GPU_UTILIZATION_PER_GPU&${at}`,
    "/api/v1/node-pools",
    "/api/v1/org-unit/departments?verbosity=verbose",
    "/api/v1/org-unit/departments/1",
    `/api/v1/org-unit/departments/1/metrics?metricType=GPU_ALLOCATION&${at}`,
    "/api/v1/org-unit/departments/telemetry?telemetryType=GPU_QUOTA&groupBy=CLUSTER_ID",
    "/api/v1/org-unit/projects",
    "/api/v1/org-unit/projects/11",
    `/api/v1/org-unit/projects/11/metrics?metricType=GPU_QUOTA&${at}`,
    "/api/v1/org-unit/projects/telemetry?telemetryType=GPU_ALLOCATION&groupBy=ParentId",
    "/api/v1/workloads",
    "/api/v1/workloads/count",
    "/api/v1/workloads/telemetry?telemetryType=WORKLOADS_COUNT&groupBy=Phase,Category",
    `/api/v1/workloads/${w?.id}`,
    `/api/v1/workloads/${w?.id}/pods`,
    `/api/v1/workloads/${w?.id}/history`,
    `/api/v1/workloads/${w?.id}/events`,
    "/api/v1/workloads/pods",
    "/api/v1/org-unit/reports",
    "/api/v1/org-unit/reports/availability",
    `/api/v1/clusters/${cluster}/metrics?metricType=TOTAL_GPU&${at}`,
  ];
  const token = await tokenOf(simulator);
  for (const path of paths) expect((await get(simulator, path, token)).status, path).toBe(200);
  expect((await get(simulator, "/api/v1/pods", token)).status).toBe(404);
});
