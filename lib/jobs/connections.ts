import type { Env } from "@/lib/env.ts";
import type { Log } from "@/lib/log.ts";
import type { ConnectionReport } from "@/lib/sources/source.ts";
import { createSources } from "./ledger.ts";

/**
 * Asks each configured peer whether it answers as it should: its version, or one sentence on what to do. Stores nothing.
 * A peer that is not configured says so and counts as not ok only when nothing can be synced without it.
 */
export async function testConnections(env: Env, log: Log): Promise<ConnectionReport[]> {
  const sources = createSources(env, log);
  if (!sources) {
    const message = "Not configured: set RUNAI_URL, RUNAI_APP_ID and RUNAI_APP_SECRET.";
    return [{ source: "runai", url: "", ok: false, version: null, message, latencyMs: null }];
  }
  try {
    return await Promise.all([sources.facts.test(), ...(sources.bulk ? [sources.bulk.test()] : [])]);
  } finally {
    await sources.close();
  }
}
