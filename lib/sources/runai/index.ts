/**
 * NVIDIA Run:ai, 2.18 to 3.0, as a source of inventory, phases, samples and totals. Nothing is stored.
 * Invariants: every list is read in full and each item returned once; an answer lists in `missing` what it lacks. A
 * failed list throws AppError `source_unavailable` whose message names the path and says what to do.
 */
import { z } from "zod";
import { systemNow } from "@/lib/ctx.ts";
import { Http, type HttpSettings } from "@/lib/http.ts";
import type { Log } from "@/lib/log.ts";
import { CallTimes } from "@/lib/sources/call-times.ts";
import type { ConnectionField } from "@/lib/sources/connection-form.ts";
import { increaseOf } from "@/lib/sources/counter.ts";
import { defineSource, guardedHttp, httpSettings } from "@/lib/sources/define.ts";
import { ADDRESS_FIELD, CA_FIELD, enteredAddress, enteredCertificate, problemsOf } from "@/lib/sources/entered.ts";
import type { InventoryReader, ListEnd, OpenSource, Pages, Readers, SubjectSamples } from "@/lib/sources/source.ts";
import { readTls } from "@/lib/sources/tls.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import { RunaiClient } from "./client.ts";
import { testConnection } from "./connection.ts";
import * as lists from "./lists.ts";
import { CLUSTER_TYPES, chosenTypes, NODE_TYPES, REQUEST_TYPES, SLOW_TYPES } from "./metric-names.ts";
import { type MetricsAsk, MetricsReader } from "./metrics.ts";
import * as reshape from "./reshape.ts";
import { type Subject, toSeries } from "./series.ts";
import { TokenKeeper } from "./token.ts";

export { describeFailure } from "./failure.ts";

export interface RunaiSettings {
  readonly url: string;
  readonly appId: string;
  readonly appSecret: string;
  /** PEM file of the authority that signed the certificate of the control plane. */
  readonly caFile?: string | undefined;
  /** Instead of the file: its text. */
  readonly ca?: string | undefined;
  /** Metric types of Run:ai to read for the resource type; empty for the defaults. */
  readonly metrics: readonly string[];
  readonly resourceType: "workload" | "pod";
  readonly log: Log;
  readonly http: Omit<HttpSettings, "log" | "tls">;
  readonly now?: () => Instant;
}

const PROVIDES = ["inventory", "phases", "samples", "totals", "requests"] as const;
export type RunaiSource = OpenSource<(typeof PROVIDES)[number]> & {
  readonly read: { readonly samples: SubjectSamples };
};

/** The limit of the API for one call. */
const MOST_POINTS = 1000;
/** A person waits for a connection test: it gives up sooner than a sync. */
const TEST_LIMITS = { timeoutMs: 10_000, retryCount: 2, deadlineMs: 20_000 };
/** The step for metrics that change rarely, in seconds. */
const SLOW_STEP = 300;

interface Door {
  readonly http: Http;
  readonly client: RunaiClient;
}

function openDoor(settings: RunaiSettings, url: string, http: HttpSettings): Door {
  const door = new Http(http);
  const { appId, appSecret, now = systemNow } = settings;
  const tokens = new TokenKeeper(door, { url, appId, appSecret, now });
  return { http: door, client: new RunaiClient(door, tokens, url, settings.log) };
}

function secured(settings: RunaiSettings): HttpSettings {
  const tls = readTls({ key: "RUNAI_CA_FILE", path: settings.caFile, text: settings.ca });
  return { ...settings.http, log: settings.log, tls };
}

/**
 * Opens Run:ai. Nothing is sent before the first call.
 * @throws AppError `invalid` naming RUNAI_CA_FILE when it is not the PEM file of a certificate.
 */
export function createRunaiSource(settings: RunaiSettings): RunaiSource {
  const url = settings.url.replace(/\/+$/, "");
  const shared = secured(settings);
  const times = new CallTimes();
  const { http, client } = openDoor(settings, url, { ...shared, observe: times.add });
  let testRequests = 0;

  async function connection() {
    const limits = {
      timeoutMs: Math.min(TEST_LIMITS.timeoutMs, shared.timeoutMs),
      retryCount: Math.min(TEST_LIMITS.retryCount, shared.retryCount),
      deadlineMs: Math.min(TEST_LIMITS.deadlineMs, shared.deadlineMs),
    };
    const door = openDoor(settings, url, { ...shared, ...limits });
    try {
      return await testConnection(door.client, "runai", url);
    } finally {
      testRequests += door.http.sent;
      await door.http.close();
    }
  }

  return {
    read: {
      inventory: inventoryFrom(client),
      phases: async (workloadId) => reshape.toPhases(await client.allOrNone(lists.history(workloadId))),
      ...samplesFrom(client, settings),
    },
    connection,
    requests: () => http.sent + testRequests,
    takeCallTimes: () => times.take(),
    clock: { now: () => http.clock.now(), ask: () => http.askTime(url) },
    close: () => http.close(),
  };
}

function inventoryFrom(client: RunaiClient): InventoryReader {
  return {
    clusters: async () => {
      const { items, ...end } = await client.bare(lists.CLUSTERS);
      return { items: items.map(reshape.toCluster), ...end };
    },
    nodePools: async () => (await client.allOrNone(lists.NODE_POOLS)).map(reshape.toNodePool),
    nodes: async (clusterIds) => {
      const { items, ...end } = await lists.listNodes(client, clusterIds);
      return { items: items.map(({ node, clusterId }) => reshape.toNode(node, clusterId)), ...end };
    },
    departments: async () => (await client.all(lists.DEPARTMENTS)).map(reshape.toDepartment),
    projects: async () => {
      const { items, ...end } = await client.listed(lists.PROJECTS);
      return { items: items.map(reshape.toProject), ...end };
    },
    workloads: (which) => reshaped(client.pages(lists.workloads(which)), reshape.toWorkload),
    pods: (which) => reshaped(client.pages(lists.pods(which)), reshape.toPod),
  };
}

async function* reshaped<W, T>(pages: AsyncGenerator<W[], ListEnd, undefined>, reshapeItem: (item: W) => T): Pages<T> {
  for (;;) {
    const { done, value } = await pages.next();
    if (done) return value;
    yield value.map(reshapeItem);
  }
}

function samplesFrom(
  client: RunaiClient,
  settings: RunaiSettings,
): Pick<Readers, "totals" | "requests"> & { samples: SubjectSamples } {
  const reader = new MetricsReader(client, settings.log);
  const types = chosenTypes(settings.resourceType, settings.metrics);
  const segment = encodeURIComponent;

  async function read(path: string, groups: MetricsAsk["groups"], subject: Subject, window: Interval) {
    const family = `${subject.perGpuKind} ${subject.clusterId}`;
    return toSeries(await reader.read({ path, family, groups, window }), subject, window);
  }

  const samples: SubjectSamples = {
    by: settings.resourceType,
    mostPoints: MOST_POINTS,
    async workload(clusterId, workloadId, window, stepSeconds) {
      const path = `/api/v1/workloads/${segment(workloadId)}/metrics`;
      const subject: Subject = { clusterId, subjectId: workloadId, kind: "workload", perGpuKind: "workload" };
      const groups = [
        { types: types.workload.filter((type) => !SLOW_TYPES.has(type)), stepSeconds },
        { types: types.workload.filter((type) => SLOW_TYPES.has(type)), stepSeconds: slowStep(window, stepSeconds) },
      ];
      return read(path, groups, subject, window);
    },
    async pod(clusterId, workloadId, podId, window, stepSeconds) {
      const path = `/api/v1/workloads/${segment(workloadId)}/pods/${segment(podId)}/metrics`;
      const subject: Subject = { clusterId, subjectId: podId, kind: "pod", perGpuKind: "gpu" };
      return read(path, [{ types: types.pod, stepSeconds }], subject, window);
    },
    async node(clusterId, nodeId, node, window, stepSeconds) {
      if (!nodeId)
        return {
          value: [],
          missing: [{ kind: "gone", subject: node, metric: "", cause: "Run:ai before 2.19 gives nodes no id" }],
        };
      const subject: Subject = { clusterId, subjectId: node, kind: "card", perGpuKind: "card", node };
      return read(`/api/v1/nodes/${segment(nodeId)}/metrics`, [{ types: NODE_TYPES, stepSeconds }], subject, window);
    },
  };
  return {
    samples,
    requests: async (workloadId, podId, window, life) => {
      const path = `/api/v1/workloads/${segment(workloadId)}/pods/${segment(podId)}/metrics`;
      const subject: Subject = { clusterId: "", subjectId: podId, kind: "pod", perGpuKind: "pod" };
      // The value at the end of the window is that at the start of the next.
      const whole = { start: window.start, end: window.end + SLOW_STEP };
      const { value, missing } = await read(path, [{ types: REQUEST_TYPES, stepSeconds: SLOW_STEP }], subject, whole);
      const increase = increaseOf(value[0] ?? { at: [], value: [] }, window, life);
      return { value: increase, missing: increase === null ? missing : [] };
    },
    totals: (clusterId, window, stepSeconds) => {
      const subject: Subject = { clusterId, subjectId: clusterId, kind: "cluster", perGpuKind: "cluster" };
      const path = `/api/v1/clusters/${segment(clusterId)}/metrics`;
      return read(path, [{ types: CLUSTER_TYPES, stepSeconds }], subject, window);
    },
  };
}

/**
 * The coarse step where it divides the window evenly; else the requested one, so that no instant falls between windows.
 */
function slowStep(window: Interval, stepSeconds: number): number {
  const isEven = window.start % SLOW_STEP === 0 && window.end % SLOW_STEP === 0;
  return isEven ? Math.max(SLOW_STEP, stepSeconds) : stepSeconds;
}

const RUNAI_FIELDS = [
  ADDRESS_FIELD("https://your-tenant.run.ai", "RUNAI_URL"),
  { name: "appId", label: "Application or client id", setting: "RUNAI_APP_ID", required: true },
  { name: "appSecret", label: "Secret", setting: "RUNAI_APP_SECRET", secret: true, required: true },
  CA_FIELD("RUNAI_CA_FILE"),
] as const satisfies readonly ConnectionField[];
const enteredTenant = z.looseObject({ url: enteredAddress, ca: enteredCertificate });

export const runai = defineSource({
  name: "runai",
  title: "Run:ai",
  provides: PROVIDES,
  settings: { RUNAI_URL: "https://your-tenant.run.ai", RUNAI_APP_ID: "…", RUNAI_APP_SECRET: "…" },
  address: (env) => env.RUNAI_URL,
  form: {
    help: "A tenant: the address of its control plane, and an application or service account with a viewer role at tenant scope.",
    fields: RUNAI_FIELDS,
    problems: (entered) => problemsOf(enteredTenant, entered),
    samplesBy: ({ RESOURCE_TYPE }) => RESOURCE_TYPE,
    open: ({ url = "", appId = "", appSecret = "", ca }, env, log) => {
      const { METRICS: metrics, RESOURCE_TYPE: resourceType } = env;
      return createRunaiSource({ url, appId, appSecret, ca, metrics, resourceType, http: guardedHttp(env), log });
    },
  },
  open: (env, log) =>
    createRunaiSource({
      url: env.RUNAI_URL ?? "",
      appId: env.RUNAI_APP_ID ?? "",
      appSecret: env.RUNAI_APP_SECRET ?? "",
      caFile: env.RUNAI_CA_FILE,
      metrics: env.METRICS,
      resourceType: env.RESOURCE_TYPE,
      http: httpSettings(env),
      log,
    }),
});
