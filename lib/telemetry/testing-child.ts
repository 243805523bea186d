import { registerHooks } from "node:module";
import { startTelemetry } from "./start.ts";
import { traced, tracedCall } from "./traced.ts";

/** For tests only: a process that does some work with telemetry as its first argument says. It prints whether the library was loaded. */
let loaded = false;
registerHooks({
  resolve(specifier, context, next) {
    loaded ||= /opentelemetry\/sdk-node/.test(specifier);
    return next(specifier, context);
  },
});
const telemetry = await startTelemetry(process.argv[2] === "on", "jobs", "1.2.3");
await traced("sync", async () =>
  tracedCall({ method: "GET", host: "runai.example", outcome: "answered", status: 200 }, 12),
);
await traced("alerts", async () => {
  throw new TypeError("of a workload called secret");
}).catch(() => undefined);
await telemetry.stop();
process.stdout.write(String(loaded));
