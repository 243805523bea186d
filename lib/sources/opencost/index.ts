/**
 * OpenCost as a source of what namespaces cost besides GPUs, and of what it takes GPUs to cost, for comparison. It has no sign-in and no
 * paging; a wide window can run for minutes and loads its Prometheus, so one day is asked for at a time, one request after another.
 */
import { AppError } from "@/lib/errors.ts";
import { Http, HttpError, type HttpSettings } from "@/lib/http.ts";
import type { Log } from "@/lib/log.ts";
import { CallTimes } from "@/lib/sources/call-times.ts";
import type { ConnectionReport } from "@/lib/sources/connection-form.ts";
import { defineSource, httpSettings } from "@/lib/sources/define.ts";
import type { NamespaceCost } from "@/lib/sources/namespace-cost.ts";
import type { Answer, OpenSource } from "@/lib/sources/source.ts";
import { readTls } from "@/lib/sources/tls.ts";
import { formatInstant, type Interval } from "@/lib/time.ts";
import { reshape } from "./reshape.ts";
import { answerSchema } from "./wire.ts";

export interface OpencostSettings {
  readonly url: string;
  /** The id of the one cluster that it watches; undefined: any. */
  readonly cluster?: string | undefined;
  readonly caFile?: string | undefined;
  readonly http: Omit<HttpSettings, "log" | "tls">;
  readonly log: Log;
}

const PROVIDES = ["costs"] as const;
/** A person waits for a connection test. */
const TEST_LIMITS = { timeoutMs: 10_000, retryCount: 1, deadlineMs: 20_000 };

/** Opens OpenCost. Nothing is sent before the first call. @throws AppError `invalid` naming OPENCOST_CA_FILE. */
export function createOpencostSource(settings: OpencostSettings): OpenSource<(typeof PROVIDES)[number]> {
  const { url, log, cluster } = settings;
  const tls = readTls({ key: "OPENCOST_CA_FILE", path: settings.caFile });
  const times = new CallTimes();
  const http = new Http({ ...settings.http, concurrency: 1, log, tls, observe: times.add });
  const test = new Http({ ...settings.http, ...TEST_LIMITS, concurrency: 1, log, tls });
  return {
    read: { costs: (window) => readCosts(http, url, window) },
    clusters: cluster === undefined ? undefined : [cluster],
    connection: () => testConnection(test, url),
    requests: () => http.sent + test.sent,
    takeCallTimes: () => times.take(),
    clock: { now: () => http.clock.now(), ask: () => http.askTime(`${url}/healthz`) },
    close: async () => {
      await Promise.all([http.close(), test.close()]);
    },
  };
}

async function readCosts(http: Http, base: string, { start, end }: Interval): Promise<Answer<NamespaceCost[]>> {
  // An explicit pair: words such as `7d` mean the whole of today, with an end in the future.
  const window = `${formatInstant(start)},${formatInstant(end)}`;
  const query = new URLSearchParams({ window, aggregate: "namespace", accumulate: "true", includeIdle: "false" });
  const { body } = await http.json({ method: "GET", url: `${base}/allocation?${query}` });
  const parsed = answerSchema.safeParse(body);
  if (!parsed.success)
    throw new AppError("source_unavailable", `${base}/allocation did not answer as OpenCost does: check OPENCOST_URL.`);
  const { code, status, message, warning, data } = parsed.data;
  if (status === "error" || (typeof code === "number" && code >= 300))
    throw new AppError(
      "source_unavailable",
      `OpenCost could not answer: ${(message ?? "it does not say why").slice(0, 200)}`,
    );
  const answer = reshape(data ?? [], { start, end });
  if (!warning) return answer;
  const cause = `OpenCost warns: ${warning.slice(0, 200)}`;
  return { ...answer, missing: [...answer.missing, { kind: "failed", subject: "", metric: "", cause }] };
}

async function testConnection(http: Http, url: string): Promise<ConnectionReport> {
  const begun = performance.now();
  const report = (ok: boolean, message: string): ConnectionReport => {
    const latencyMs = ok ? Math.round(performance.now() - begun) : null;
    return { source: "opencost", url, ok, version: null, message, latencyMs };
  };
  try {
    await http.send({ method: "GET", url: `${url}/healthz` });
    return report(true, "Connected.");
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const isPath = error instanceof HttpError && error.status === 404;
    return report(
      false,
      isPath ? `${url}/healthz does not exist: OPENCOST_URL is the address of its API, port 9003.` : error.message,
    );
  }
}

export const opencost = defineSource({
  name: "opencost",
  title: "OpenCost",
  provides: PROVIDES,
  settings: { OPENCOST_URL: "http://opencost.opencost:9003" },
  address: (env) => env.OPENCOST_URL,
  open: (env, log) =>
    createOpencostSource({
      ...{ url: env.OPENCOST_URL ?? "", cluster: env.OPENCOST_CLUSTER, caFile: env.OPENCOST_CA_FILE, log },
      http: { ...httpSettings(env), timeoutMs: env.OPENCOST_TIMEOUT },
    }),
});
