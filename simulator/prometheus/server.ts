import { DAY, parseDurationMs } from "@/lib/time.ts";
import type { Clock } from "@/simulator/clock.ts";
import { type Call, json, type Reply, text } from "@/simulator/http.ts";
import type { Timeline } from "@/simulator/timeline.ts";
import { instantBody, rangeBody } from "./answer.ts";
import { type EvalContext, select, selectAll } from "./evaluate.ts";
import type { LabelSwitches } from "./exporter-labels.ts";
import { ANY, ParseError, parseQuery, parseSelector, type Selector } from "./query.ts";
import { families } from "./series.ts";

/** Behaviours of the Prometheus server. */
export interface PrometheusSwitches extends LabelSwitches {
  readonly version: string;
  readonly staleMarkers: boolean;
  readonly lookbackSeconds: number;
  readonly leftOpenRanges: boolean;
  /** Samples older than so many days are gone; null keeps them. */
  readonly retentionDays: number | null;
  /** A query of more points for each series is refused, in the words of one of Prometheus's relatives after the other; null: never. */
  readonly mostPoints: number | null;
  /** Put into every successful query answer, as Thanos does for a lost store. */
  readonly warnings: readonly string[];
}

export const DEFAULT_PROMETHEUS_SWITCHES: PrometheusSwitches = {
  version: "2.42.0",
  honorLabels: false,
  lowercaseHostname: false,
  profiling: true,
  staleMarkers: true,
  lookbackSeconds: 300,
  leftOpenRanges: false,
  retentionDays: null,
  mostPoints: null,
  warnings: [],
};

class ApiError extends Error {
  readonly status: number;
  readonly type: string;
  constructor(message: string, status = 400, type = "bad_data") {
    super(message);
    this.status = status;
    this.type = type;
  }
}

function timeMs(value: string | null, name: string, fallback?: number): number {
  if (value === null && fallback !== undefined) return fallback;
  const ms = /^-?\d+(\.\d+)?$/.test(value ?? "") ? Math.round(Number(value) * 1000) : Date.parse(value ?? "");
  if (Number.isNaN(ms))
    throw new ApiError(`invalid parameter "${name}": cannot parse ${JSON.stringify(value ?? "")} to a valid timestamp`);
  return ms;
}

function stepMs(value: string | null): number {
  const ms = /^-?\d+(\.\d+)?$/.test(value ?? "") ? Math.round(Number(value) * 1000) : parseDurationMs(value ?? "x");
  if (ms === null)
    throw new ApiError(`invalid parameter "step": cannot parse ${JSON.stringify(value ?? "")} to a valid duration`);
  if (ms <= 0)
    throw new ApiError(
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  return ms;
}

function parsed<T>(read: () => T, name: string): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ParseError || error instanceof SyntaxError)
      throw new ApiError(`invalid parameter "${name}": ${error.message}`);
    throw error;
  }
}

/** GET query, and for POST the form too. */
function parametersOf(call: Call): URLSearchParams {
  const form =
    call.method === "POST" &&
    String(call.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
  return new URLSearchParams([...call.query, ...(form ? new URLSearchParams(call.body) : [])]);
}

interface Server {
  readonly timeline: Timeline;
  readonly clock: Clock;
  readonly switches: PrometheusSwitches;
  readonly context: () => EvalContext;
}

/** Warnings sit at the top level, beside the data. */
function* withWarnings(body: Iterable<Uint8Array>, warnings: readonly string[]): Generator<Uint8Array> {
  let held: Uint8Array | null = null;
  for (const chunk of body) {
    if (held) yield held;
    held = chunk;
  }
  if (held) yield held.subarray(0, held.length - 1);
  yield Buffer.from(`,"warnings":${JSON.stringify(warnings)}}`);
}

function success(server: Server, body: string | Iterable<Uint8Array>): Reply {
  const { warnings } = server.switches;
  if (warnings.length === 0) return { status: 200, type: "application/json", body };
  const chunks = typeof body === "string" ? [Buffer.from(body)] : body;
  return { status: 200, type: "application/json", body: withWarnings(chunks, warnings) };
}

function query(server: Server, parameters: URLSearchParams): Reply {
  const at = timeMs(parameters.get("time"), "time", server.clock.now() * 1000);
  const parsedQuery = parsed(() => parseQuery(parameters.get("query") ?? ""), "query");
  return success(
    server,
    parsed(() => instantBody(server.context(), parsedQuery, at), "query"),
  );
}

/** How Prometheus and its relatives say that a query asks for too much. */
const TOO_MUCH: readonly (readonly [status: number, type: string, message: string])[] = [
  [422, "execution", "query processing would load too many samples into memory in query execution"],
  [
    422,
    "422",
    "cannot select more than -search.maxSamplesPerQuery=1000 samples; possible solutions: to increase the -search.maxSamplesPerQuery; to reduce time range for the query",
  ],
  [
    422,
    "422",
    "the number of matching timeseries exceeds 300; either narrow down the search or increase -search.maxUniqueTimeseries",
  ],
  [
    422,
    "execution",
    "the query exceeded the maximum number of chunks (limit: 2000 chunks) (err-mimir-max-chunks-per-query). Consider reducing the time range",
  ],
  [
    400,
    "bad_data",
    "the query time range exceeds the limit (query length: 24h0m0s, limit: 6h0m0s) (err-mimir-max-query-length)",
  ],
  [503, "timeout", "query timed out in expression evaluation"],
];

/** @throws ApiError for a query of more points than the switches allow. */
function refuseTooMuch({ switches: { mostPoints } }: Server, points: number): void {
  if (mostPoints === null || points <= mostPoints) return;
  const [status, type, message] = TOO_MUCH[points % TOO_MUCH.length] as (typeof TOO_MUCH)[number];
  throw new ApiError(message, status, type);
}

function queryRange(server: Server, parameters: URLSearchParams): Reply {
  const start = timeMs(parameters.get("start"), "start");
  const end = timeMs(parameters.get("end"), "end");
  if (end < start) throw new ApiError('invalid parameter "end": end timestamp must not be before start time');
  const step = stepMs(parameters.get("step"));
  if (Math.floor((end - start) / step) > 11_000)
    throw new ApiError(
      "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)",
    );
  const parsedQuery = parsed(() => parseQuery(parameters.get("query") ?? ""), "query");
  if (parsedQuery.kind === "select") {
    if (parsedQuery.selector.rangeMs !== null && parsedQuery.over === null)
      throw new ApiError('invalid expression type "range vector" for range query, must be Scalar or instant Vector');
    // A bad regular expression must fail before the first byte is out.
    parsed(() => selectAll(server.context(), parsedQuery.selector, start, start), "query");
  }
  const count = Math.floor((end - start) / step) + 1;
  refuseTooMuch(server, count);
  return success(server, rangeBody(server.context(), parsedQuery, { start, step, count }));
}

/** Label sets of the selectors, names included; without selectors, of everything. */
function labelSets(server: Server, parameters: URLSearchParams): [string, string][][] {
  const end = timeMs(parameters.get("end"), "end", server.clock.now() * 1000);
  const start = timeMs(parameters.get("start"), "start", end - DAY * 1000);
  const context = server.context();
  const given = parameters.getAll("match[]").map((m) => parsed(() => parseSelector(m), "match[]"));
  const every = [...context.families.keys()];
  const selectors: Selector[] = (
    given.length ? given : every.map((metric) => ({ metric, matchers: [], rangeMs: null }))
  ).flatMap((s) => (s.metric === ANY ? every.map((metric) => ({ ...s, metric })) : [s]));
  return selectors.flatMap((s) => {
    const found = select(context, s, start, end);
    return (found?.series ?? []).map((x) =>
      [...x.labels, ["__name__", s.metric] as const].map(([n, v]) => [n, v] as [string, string]),
    );
  });
}

function series(server: Server, parameters: URLSearchParams): Reply {
  if (parameters.getAll("match[]").length === 0) throw new ApiError("no match[] parameter provided");
  return json({
    status: "success",
    data: labelSets(server, parameters).map((s) => Object.fromEntries(s.sort(([a], [b]) => (a < b ? -1 : 1)))),
  });
}

function labels(server: Server, parameters: URLSearchParams): Reply {
  return json({
    status: "success",
    data: [...new Set(labelSets(server, parameters).flatMap((s) => s.map(([n]) => n)))].sort(),
  });
}

function labelValues(server: Server, parameters: URLSearchParams, name: string): Reply {
  const values = labelSets(server, parameters).flatMap((s) => s.filter(([n]) => n === name).map(([, v]) => v));
  return json({ status: "success", data: [...new Set(values)].sort() });
}

function metadata(server: Server, parameters: URLSearchParams): Reply {
  const wanted = parameters.get("metric");
  const names = [...server.context().families.keys()].filter((n) => !wanted || n === wanted);
  return json({
    status: "success",
    data: Object.fromEntries(
      names.map((n) => {
        const family = server.context().families.get(n)?.();
        return [n, [{ type: family?.isCounter ? "counter" : "gauge", help: family?.help ?? "", unit: "" }]];
      }),
    ),
  });
}

function targets(server: Server): Reply {
  const now = server.clock.now();
  const { scenario } = server.timeline;
  const activeTargets = scenario.nodes.map((n) => {
    const out = scenario.outages.some((o) => o.clusterId === n.clusterId && o.start <= now && now < o.end);
    const up = !out && !n.down.some((d) => d.start <= now && now < d.end);
    return {
      discoveredLabels: {},
      labels: { job: "nvidia-dcgm-exporter", instance: `${n.name}:9400` },
      scrapePool: "nvidia-dcgm-exporter",
      scrapeUrl: `http://${n.name}:9400/metrics`,
      lastError: up ? "" : "context deadline exceeded",
      lastScrape: new Date((now - (now % scenario.stepSeconds)) * 1000).toISOString(),
      health: up ? "up" : "down",
      scrapeInterval: `${scenario.stepSeconds}s`,
      scrapeTimeout: "10s",
    };
  });
  return json({ status: "success", data: { activeTargets, droppedTargets: [] } });
}

function api(server: Server, call: Call): Reply {
  const path = call.path.replace(/^\/api\/v1/, "");
  const parameters = parametersOf(call);
  const values = /^\/label\/([^/]+)\/values$/.exec(path);
  if (values) return labelValues(server, parameters, decodeURIComponent(values[1] as string));
  switch (path) {
    case "/query":
      return query(server, parameters);
    case "/query_range":
      return queryRange(server, parameters);
    case "/series":
      return series(server, parameters);
    case "/labels":
      return labels(server, parameters);
    case "/metadata":
      return metadata(server, parameters);
    case "/targets":
      return targets(server);
    case "/status/buildinfo":
      return json({
        status: "success",
        data: {
          version: server.switches.version,
          revision: "simulator",
          branch: "HEAD",
          buildUser: "",
          buildDate: "",
          goVersion: "go1.19.8",
        },
      });
    default:
      return text("404 page not found\n", 404);
  }
}

/** The Prometheus HTTP API for the queries that GPU Ledger sends, as one function of a call. */
export function prometheusHandler(
  timeline: Timeline,
  clock: Clock,
  switches: PrometheusSwitches,
  gapRate: () => number,
): (call: Call) => Reply {
  const known = families(timeline, switches);
  const context = (): EvalContext => {
    const nowMs = clock.now() * 1000 + 999;
    return {
      families: known,
      stepSeconds: timeline.step,
      nowMs,
      oldestMs: switches.retentionDays === null ? 0 : nowMs - switches.retentionDays * DAY * 1000,
      staleMarkers: switches.staleMarkers,
      lookbackMs: switches.lookbackSeconds * 1000,
      leftOpen: switches.leftOpenRanges,
      gapRate: gapRate(),
    };
  };
  const server: Server = { timeline, clock, switches, context };
  return (call) => {
    if (call.path === "/-/ready") return text("Prometheus Server is Ready.\n");
    if (call.path === "/-/healthy") return text("Prometheus Server is Healthy.\n");
    if (call.method !== "GET" && call.method !== "POST") return text("Method Not Allowed\n", 405);
    try {
      return api(server, call);
    } catch (error) {
      if (error instanceof ApiError)
        return json({ status: "error", errorType: error.type, error: error.message }, error.status);
      return json({ status: "error", errorType: "internal", error: String(error) }, 500);
    }
  };
}
