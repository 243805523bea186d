import { type Clock, realClock } from "./clock.ts";
import { exporterPage } from "./dcgm-exporter.ts";
import { FaultInjector, type Faults } from "./faults.ts";
import { listen, text } from "./http.ts";
import { DEFAULT_PROMETHEUS_SWITCHES, type PrometheusSwitches, prometheusHandler } from "./prometheus/server.ts";
import { DEFAULT_RUNAI_SWITCHES, type RunaiContext, type RunaiSwitches } from "./runai/context.ts";
import { runaiHandler } from "./runai/server.ts";
import type { Scenario } from "./scenario.ts";
import { buildTimeline, type Timeline } from "./timeline.ts";

export interface SimulatorOptions {
  readonly scenario: Scenario;
  /** Default: real time. */
  readonly clock?: Clock;
  readonly runai?: Partial<RunaiSwitches>;
  readonly prometheus?: Partial<PrometheusSwitches>;
  readonly faults?: Partial<Faults>;
  /** Added to every answer. */
  readonly latencyMs?: number;
  readonly host?: string;
  /** 0 or absent: a free port. */
  readonly runaiPort?: number;
  readonly prometheusPort?: number;
  readonly dcgmPort?: number;
  readonly credentials?: { readonly appId: string; readonly appSecret: string };
}

export interface Simulator {
  readonly runaiUrl: string;
  readonly prometheusUrl: string;
  /** The dcgm-exporter page, `…/metrics`; `?node=` keeps to one node. */
  readonly dcgmUrl: string;
  readonly credentials: { readonly appId: string; readonly appSecret: string };
  readonly timeline: Timeline;
  /** Calls by path, by server. */
  readonly requests: {
    readonly runai: ReadonlyMap<string, number>;
    readonly prometheus: ReadonlyMap<string, number>;
    readonly dcgm: ReadonlyMap<string, number>;
  };
  /** Changes faults from the next answer on; what is not named stays. */
  setFaults(faults: Partial<Faults>): void;
  close(): Promise<void>;
}

const CREDENTIALS = { appId: "gpu-ledger", appSecret: "simulator-secret" };

/** Starts the Run:ai API, the Prometheus API and the exporter page over one timeline. All listen when the promise resolves. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const timeline = buildTimeline(options.scenario);
  const clock = options.clock ?? realClock();
  const injector = new FaultInjector(options.faults);
  const credentials = options.credentials ?? CREDENTIALS;
  const context: RunaiContext = {
    timeline,
    clock,
    switches: { ...DEFAULT_RUNAI_SWITCHES, ...options.runai },
    credentials,
    odd: () => injector.current,
    draw: injector.draw,
  };
  const prometheus = { ...DEFAULT_PROMETHEUS_SWITCHES, ...options.prometheus };
  const spoil = injector.spoil(options.latencyMs ?? 0);
  const page = exporterPage(timeline, prometheus.lowercaseHostname);
  const { host } = options;
  const runaiServer = await listen(runaiHandler(context), spoil, options.runaiPort, host, clock);
  const prometheusServer = await listen(
    prometheusHandler(timeline, clock, prometheus, () => injector.current.gapRate),
    spoil,
    options.prometheusPort,
    host,
    clock,
  );
  const dcgmServer = await listen(
    (call) =>
      call.path === "/metrics" ? text(page(clock.now(), call.query.get("node"))) : text("404 page not found\n", 404),
    spoil,
    options.dcgmPort,
    host,
  );
  return {
    runaiUrl: runaiServer.url,
    prometheusUrl: prometheusServer.url,
    dcgmUrl: `${dcgmServer.url}/metrics`,
    credentials,
    timeline,
    requests: { runai: runaiServer.requests, prometheus: prometheusServer.requests, dcgm: dcgmServer.requests },
    setFaults: (faults) => injector.set(faults),
    close: async () => {
      await Promise.all([runaiServer.close(), prometheusServer.close(), dcgmServer.close()]);
    },
  };
}
