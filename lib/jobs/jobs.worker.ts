import { jobViewer } from "@/lib/ctx";
import { env } from "@/lib/env";
import { createLog } from "@/lib/log";
import { openLedger } from "./ledger.ts";
import { serveJobs } from "./serve.ts";

const settings = env();
const ledger = await openLedger(settings, createLog(settings.LOG_LEVEL), jobViewer("scheduler"));
await serveJobs(ledger, new AbortController().signal);
