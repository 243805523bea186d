import type { Db } from "@/db/client.ts";
import { allow } from "@/lib/auth/allow.ts";
import { openStored, type StoredSource } from "@/lib/connections/index.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import type { Log } from "@/lib/log.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import type { ConnectionReport } from "@/lib/sources/connection-form.ts";
import { configuredSources, openSource, SOURCES } from "@/lib/sources/index.ts";
import type { Source, SourceDefinition } from "@/lib/sources/source.ts";
import { listUnits } from "@/lib/sync/samples/unit-store.ts";
import { formatInstant } from "@/lib/time.ts";

export interface TestedConnection extends ConnectionReport {
  /** The source as people call it. */
  readonly title: string;
}

/**
 * Tests each configured source, and with a database each stored connection that is not paused: its version, or one sentence on what to do. Stores nothing. With a database, adds the units of
 * metrics that samples proved. While no source with an
 * inventory is configured, each such source is reported as not ok, with the settings that it needs.
 * @returns one report for each source, in the order of the list. @throws AppError `forbidden`.
 */
export async function testConnections(
  { viewer, log, db }: Pick<Ctx, "viewer" | "log"> & Partial<Pick<Ctx, "db">>,
  env: Env,
): Promise<TestedConnection[]> {
  allow(viewer, "connections.test");
  const configured = configuredSources(env);
  const stored = db ? await openStored({ db, log }, env, secretKeys(env)) : new Map<string, StoredSource>();
  const canSync = [...configured, ...[...stored.values()].map(({ source }) => source)].some((source) =>
    source.provides.has("inventory"),
  );
  const missing = canSync ? [] : SOURCES.filter((source) => source.provides.has("inventory")).map(notConfigured);
  const asked = [...stored.values()].filter(({ source }) => source.rests !== "paused");
  const tested = await Promise.all([
    ...configured.map((source) => testOne(source, env, log)),
    ...asked.map(({ source }) => testOpen(source)),
  ]);
  for (const { source } of stored.values()) await source.close();
  return [...missing, ...(await Promise.all(tested.map((report) => withUnits(db, report))))];
}

/** With the units of metrics that samples proved, as the ledger keeps them. */
async function withUnits(db: Db | undefined, report: TestedConnection): Promise<TestedConnection> {
  const units = db ? await listUnits(db, report.source) : [];
  const kept = units.map(({ name, unit, day }) => {
    return `${name}: ${unit === "ratio" ? "ratio from 0 to 1" : "percent"}, proven on ${formatInstant(day).slice(0, 10)}.`;
  });
  return kept.length ? { ...report, message: `${report.message} Units in samples: ${kept.join(" ")}` } : report;
}

async function testOpen(source: Source): Promise<TestedConnection> {
  const report = await source.connection();
  return { ...report, title: source.title, source: source.name, url: withoutUser(report.url) };
}

/** A source that cannot even be opened, because one of its files is missing, is reported like one that does not answer. */
async function testOne(definition: SourceDefinition, env: Env, log: Log): Promise<TestedConnection> {
  const { name, title } = definition;
  try {
    const source = openSource(definition, env, log);
    try {
      const report = await source.connection();
      return { title, ...report, url: withoutUser(report.url) };
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { source: name, title, url: "", ok: false, version: null, message: error.message, latencyMs: null };
  }
}

/** An address as it may be shown: without a user and a password. */
const withoutUser = (url: string): string => url.replace(/\/\/[^/@]*@/, "//");

function notConfigured({ name, title, settings }: SourceDefinition): TestedConnection {
  const keys = new Intl.ListFormat("en-GB").format(Object.keys(settings));
  const message = `Not configured: set ${keys}.`;
  return { source: name, title, url: "", ok: false, version: null, message, latencyMs: null };
}
