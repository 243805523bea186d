import { env } from "@/lib/env.ts";
import { checkStart, startBeside } from "@/lib/jobs/beside.ts";
import { VERSION } from "@/lib/product.ts";
import { startTelemetry } from "@/lib/telemetry/start.ts";
import { fontOf, speakWithoutScripts } from "./without-script.ts";

/**
 * What the server writes is for its own user alone, settings are checked before anything else, then the scheduled work begins beside
 * it.
 */
export async function startServer(): Promise<void> {
  process.umask(0o077);
  const { auth } = await checkStart();
  const telemetry = await startTelemetry(env().TELEMETRY, "web", VERSION);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void telemetry.stop());
  speakWithoutScripts(auth === null, fontOf());
  startBeside();
}
