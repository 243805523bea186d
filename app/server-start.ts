import { checkStart, startBeside } from "@/lib/jobs/beside.ts";
import { fontOf, speakWithoutScripts } from "./without-script.ts";

/**
 * What the server writes is for its own user alone, settings are checked before anything else, then the scheduled work begins beside
 * it.
 */
export async function startServer(): Promise<void> {
  process.umask(0o077);
  const { auth } = await checkStart();
  speakWithoutScripts(auth === null, fontOf());
  startBeside();
}
