import { jobViewer } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { createLog } from "@/lib/log.ts";
import { openLedger } from "./ledger.ts";
import { serveJobs } from "./serve.ts";

const settings = env();
const ledger = await openLedger(settings, createLog(settings.LOG_LEVEL), jobViewer("scheduler"));
await serveJobs(ledger, new AbortController().signal);
