import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { realClock } from "@/simulator/clock.ts";
import { startSimulator } from "@/simulator/index.ts";
import { demoScenario } from "@/simulator/scenarios/demo.ts";

/** Sources of an hour of the demo, and the settings by which a command reads them. */
export interface Peers {
  readonly settings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startPeers(): Promise<Peers> {
  const scenario = demoScenario({ now: realClock().now(), seed: 7, days: 1, futureDays: 1 });
  const simulator = await startSimulator({ scenario, clock: realClock() });
  const { appId, appSecret } = simulator.credentials;
  return {
    settings: {
      ...{ RUNAI_URL: simulator.runaiUrl, RUNAI_APP_ID: appId, RUNAI_APP_SECRET: appSecret },
      ...{ PROMETHEUS_URL: simulator.prometheusUrl, INITIAL_BACKFILL: "1h" },
    },
    close: () => simulator.close(),
  };
}

/** Starts a command as a process of its own. @returns it, and how it ends: its code or signal, and all that it said. */
export function startLedger(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): { child: ChildProcess; ended: Promise<string> } {
  const env = { NODE_ENV: "test", PATH: process.env.PATH, LOG_LEVEL: "silent", ...settings } as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, ["--import", "./scripts/typescript.mjs", "cli/ledger.ts", ...args], { env });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part) => (said += String(part)));
  return { child, ended: once(child, "close").then(([code, signal]) => `${signal ?? code} ${said}`) };
}
