import {
  type Attributes,
  type Histogram,
  type MeterProvider,
  metrics,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";

/** The name under which spans and metrics of the product are found. */
const SCOPE = "gpu-ledger";

interface Instruments {
  readonly work: Histogram;
  readonly calls: Histogram;
}

/** By provider: an instrument that was made before telemetry began counts nothing for ever. */
const made = new WeakMap<MeterProvider, Instruments>();

function instruments(): Instruments {
  const provider = metrics.getMeterProvider();
  const before = made.get(provider);
  if (before) return before;
  const meter = provider.getMeter(SCOPE);
  const now = {
    work: meter.createHistogram("gpu_ledger.work.duration", {
      unit: "s",
      description: "How long recurring work took.",
    }),
    calls: meter.createHistogram("http.client.request.duration", {
      unit: "s",
      description: "How long requests to other systems took.",
    }),
  };
  made.set(provider, now);
  return now;
}

/**
 * Runs a piece of recurring work as a span, and records how long it took and whether it failed. Costs next to nothing where telemetry is off.
 * @param name of few values, such as `sync`. @throws whatever `body` throws.
 */
export function traced<T>(name: string, body: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  return trace.getTracer(SCOPE).startActiveSpan(name, async (span) => {
    let outcome = "done";
    try {
      return await body();
    } catch (error) {
      outcome = "failed";
      // Not its text: it may name workloads and people.
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : "" });
      throw error;
    } finally {
      span.end();
      instruments().work.record((performance.now() - begun) / 1000, { work: name, outcome });
    }
  });
}

/**
 * A request to another system, as a span that is over: method, host and what became of it. Its path is left out, for it names workloads.
 * @param ms how long it took.
 */
export function tracedCall(
  {
    method,
    host,
    outcome,
    status,
  }: { readonly method: string; readonly host: string; readonly outcome: string; readonly status: number },
  ms: number,
): void {
  const attributes: Attributes = {
    ...{ "http.request.method": method, "server.address": host, "gpu_ledger.outcome": outcome },
    ...(status > 0 ? { "http.response.status_code": status } : {}),
  };
  const end = performance.now();
  const span = trace.getTracer(SCOPE).startSpan(method, { kind: 2, attributes, startTime: end - ms });
  if (outcome !== "answered") span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(end);
  instruments().calls.record(ms / 1000, attributes);
}
