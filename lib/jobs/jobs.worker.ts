import { parentPort } from "node:worker_threads";
import { jobViewer } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { createLog } from "@/lib/log.ts";
import { VERSION } from "@/lib/product.ts";
import { startTelemetry } from "@/lib/telemetry/start.ts";
import { openLedger } from "./ledger.ts";
import { serveJobs } from "./serve.ts";

const settings = env();
const telemetry = await startTelemetry(settings.TELEMETRY, "jobs", VERSION);
const ledger = await openLedger(settings, createLog(settings.LOG_LEVEL), jobViewer("scheduler"));
const stop = new AbortController();
parentPort?.once("message", () => stop.abort()).unref();
try {
  await serveJobs(ledger, stop.signal);
} finally {
  await ledger.close();
  await telemetry.stop();
}
