import type { Env } from "@/lib/env.ts";
import type { Log } from "@/lib/log.ts";
import { configuredSources, openSources, SOURCES } from "@/lib/sources/index.ts";
import type { ConnectionReport, SourceDefinition } from "@/lib/sources/source.ts";

export interface TestedConnection extends ConnectionReport {
  /** The source as people call it. */
  readonly title: string;
}

/**
 * Tests each configured source: its version, or one sentence on what to do. Stores nothing. While no source with an
 * inventory is configured, each such source is reported as not ok, with the settings that it needs.
 * @returns one report for each source, in the order of the list.
 */
export async function testConnections(env: Env, log: Log): Promise<TestedConnection[]> {
  const opened = openSources(env, log);
  const canSync = configuredSources(env).some((source) => source.provides.has("inventory"));
  const missing = canSync ? [] : SOURCES.filter((source) => source.provides.has("inventory")).map(notConfigured);
  try {
    const tested = opened.map(async (source) => ({ title: source.title, ...(await source.connection()) }));
    return [...missing, ...(await Promise.all(tested))];
  } finally {
    for (const source of opened) await source.close();
  }
}

function notConfigured({ name, title, settings }: SourceDefinition): TestedConnection {
  const keys = new Intl.ListFormat("en-GB").format(Object.keys(settings));
  const message = `Not configured: set ${keys}.`;
  return { source: name, title, url: "", ok: false, version: null, message, latencyMs: null };
}
