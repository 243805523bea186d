import { parseArgs } from "node:util";
import { formatInstant, parseInstant } from "@/lib/time.ts";
import { type Clock, fastClock, fixedClock, realClock } from "./clock.ts";
import { startSimulator } from "./index.ts";
import { demoScenario } from "./scenarios/demo.ts";
import { oddWeekSwitches } from "./scenarios/odd-week.ts";

const HELP = `The demo's cluster behind the APIs of Run:ai and Prometheus.

  --runai-port N        default: a free port
  --prometheus-port N   default: a free port
  --dcgm-port N         default: a free port
  --host ADDRESS        default 127.0.0.1
  --seed N              default 7
  --days N              days of history, at least; default 62
  --start ISO           start of history instead of --days; keeps the past the same from one run to the next
  --now ISO             the cluster's present, standing still unless --speed is given; default: real time
  --speed N             the cluster's clock runs N times as fast
  --future-days N       how far the timeline goes beyond the present; default 2
  --latency MS          added to every answer
  --fault-rate R        share of calls that fail, 0..1
  --with-parent         end when the process that started this one does
  --retention-days N    deleted workloads vanish after so many days, as Run:ai does after 14; default: never
`;

function instant(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const at = parseInstant(text);
  if (at === null) throw new Error(`--${name} is not an instant: ${text}`);
  return at;
}

function clockOf(now: number | undefined, speed: number | undefined): Clock {
  if (speed !== undefined) return fastClock(now ?? realClock().now(), speed);
  return now === undefined ? realClock() : fixedClock(now);
}

async function main(): Promise<void> {
  const string = { type: "string" } as const;
  const { values } = parseArgs({
    options: {
      "runai-port": string,
      "prometheus-port": string,
      "dcgm-port": string,
      host: string,
      seed: string,
      days: string,
      start: string,
      now: string,
      speed: string,
      "future-days": string,
      latency: string,
      "fault-rate": string,
      "retention-days": string,
      "with-parent": { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const now = instant(values.now, "now");
  const start = instant(values.start, "start");
  const clock = clockOf(now, number(values.speed));
  const scenario = demoScenario({
    now: clock.now(),
    seed: number(values.seed) ?? 7,
    days: number(values.days) ?? 62,
    futureDays: number(values["future-days"]) ?? 2,
    ...(start === undefined ? {} : { start }),
  });
  const odd = oddWeekSwitches(scenario);
  const simulator = await startSimulator({
    scenario,
    clock,
    host: values.host ?? "127.0.0.1",
    runaiPort: number(values["runai-port"]) ?? 0,
    prometheusPort: number(values["prometheus-port"]) ?? 0,
    dcgmPort: number(values["dcgm-port"]) ?? 0,
    latencyMs: number(values.latency) ?? 0,
    faults: { errorRate: number(values["fault-rate"]) ?? 0 },
    runai: { ...odd.runai, deletedRetentionDays: number(values["retention-days"]) ?? null },
    prometheus: odd.prometheus,
  });
  const { runaiUrl, prometheusUrl, dcgmUrl, credentials } = simulator;
  const { range } = scenario;
  process.stdout.write(
    `${JSON.stringify({ ready: true, runaiUrl, prometheusUrl, dcgmUrl, ...credentials, start: formatInstant(range.start), end: formatInstant(range.end) })}\n`,
  );
  if (values["with-parent"]) {
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && process.exit(0), 1000).unref();
  }
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => {
      simulator.close().then(() => process.exit(0));
    });
}

await main();
