/**
 * The sources that the product supports. Adding one is a folder here and a line in the list (CONTRIBUTING.md, "Adding a
 * source"). Where two provide the same for a cluster, the later one takes precedence (docs/decisions/0017).
 */
import type { Env } from "@/lib/env.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import type { Log } from "@/lib/log.ts";
import type { Entered } from "./connection-form.ts";
import { opencost } from "./opencost/index.ts";
import { prometheus } from "./prometheus/index.ts";
import { runai } from "./runai/index.ts";
import type { Capability, ConnectionForm, OpenSource, Pages, Readers, Source, SourceDefinition } from "./source.ts";

export const SOURCES: readonly SourceDefinition[] = [runai, prometheus, opencost];

/** The sources whose settings are set, in the order of the list. */
export function configuredSources(env: Env, list = SOURCES): SourceDefinition[] {
  return list.filter((source) => source.address(env) !== undefined);
}

/** Whether a configured source provides a capability. */
export function isProvided(capability: Capability, env: Env): boolean {
  return configuredSources(env).some((source) => source.provides.has(capability));
}

/**
 * Opens the configured sources, in the order of the list.
 * @throws AppError `invalid` naming the setting that is wrong.
 */
export function openSources(env: Env, log: Log, list = SOURCES): Source[] {
  return configuredSources(env, list).map((source) => openSource(source, env, log));
}

/** Opens one source. @throws AppError `invalid` naming the setting that is wrong. */
export function openSource(definition: SourceDefinition, env: Env, log: Log): Source {
  const { name, title, provides } = definition;
  return { name, title, provides, ...definition.open(env, log) };
}

/** A kind of source that people can connect. */
export type ConnectionKind = SourceDefinition & { readonly form: ConnectionForm };

/** The kinds that people can connect, in the order of the list. */
export const CONNECTION_KINDS: readonly ConnectionKind[] = SOURCES.filter(
  (s): s is ConnectionKind => s.form !== undefined,
);

/** @throws AppError `invalid` with the kinds that there are. */
export function getConnectionKind(kind: string): ConnectionKind {
  const found = CONNECTION_KINDS.find(({ name }) => name === kind);
  if (found) return found;
  const kinds = CONNECTION_KINDS.map(({ name }) => name).join(", ");
  throw fieldError("kind", `"${kind}" is not a kind of connection. There are ${kinds}.`);
}

/** What a connection is called: its name is stored with what it reads, its title is for people. */
export interface ConnectionName {
  readonly name: string;
  readonly title: string;
}

/** Opens a connection that people entered. @throws AppError `invalid` by field, where it is known which is wrong. */
export function openConnection(
  { form, provides }: ConnectionKind,
  names: ConnectionName,
  entered: Entered,
  env: Env,
  log: Log,
): Source {
  const opened = openForm(form, entered, env, log);
  const connection = async () => {
    const report = await opened.connection();
    return { ...report, source: names.name, message: inWordsOf(form, report.message) };
  };
  return { ...names, provides, ...opened, connection };
}

/** @throws AppError `invalid` with the labels of the form, for each field that it names. */
function openForm(form: ConnectionForm, entered: Entered, env: Env, log: Log): OpenSource {
  try {
    return form.open(entered, env, log);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const message = inWordsOf(form, error.message);
    const named = form.fields.filter(
      ({ setting, name }) => setting && entered[name] && new RegExp(`\\b${setting}\\b`).test(error.message),
    );
    const fields = Object.fromEntries(named.map(({ name }) => [name, message]));
    throw new AppError(error.code, message, named.length > 0 ? { cause: error, fields } : { cause: error });
  }
}

/** A message with the labels of the form where it names environment variables. */
const inWordsOf = ({ fields }: ConnectionForm, message: string): string =>
  fields.reduce(
    (text, { setting, label }) => (setting ? text.replace(new RegExp(`\\b${setting}\\b`, "g"), `“${label}”`) : text),
    message,
  );

/**
 * A source that cannot be asked now, in the place of one that can. What is planned for it has the form in which it is read later.
 * @param why what each question is answered with.
 */
export function restingSource(
  { form, provides }: ConnectionKind,
  { name, title }: ConnectionName,
  rests: "paused" | "broken",
  why: string,
  entered: Entered,
  env: Env,
): Source {
  const by = form.samplesBy(env);
  const refuse = (): never => {
    throw new AppError("source_unavailable", why);
  };
  const never = async () => refuse();
  async function* noPages(): Pages<never> {
    yield refuse();
    return undefined;
  }
  const readers: Readers = {
    inventory: {
      ...{ clusters: never, nodePools: never, nodes: never, departments: never, projects: never },
      ...{ workloads: noPages, pods: noPages },
    },
    samples:
      by === "window"
        ? { by, mostPoints: RESTING_POINTS, series: never }
        : { by, mostPoints: RESTING_POINTS, workload: never, pod: never, node: never },
    ...{ phases: never, totals: never, labels: never, restarts: never },
    ...{ counts: never, requests: never, tokens: never, costs: never },
  };
  const read = Object.fromEntries(
    Object.entries(readers).filter(([capability]) => provides.has(capability as Capability)),
  );
  const report = { source: name, url: "", ok: false, version: null, message: why, latencyMs: null };
  return {
    ...{ name, title, provides, rests, clusters: form.clusters?.(entered), read: read as Partial<Readers> },
    connection: async () => report,
    requests: () => 0,
    close: async () => undefined,
  };
}

/** Any number: nothing is ever read with it. */
const RESTING_POINTS = 1000;

/** What to set so that something can be synced: `set A, B and C (and D, if there is one)`. */
export function whatToSet(): string {
  const keys = ({ settings }: SourceDefinition) => new Intl.ListFormat("en-GB").format(Object.keys(settings));
  const [needed, others] = [true, false].map((inventory) =>
    SOURCES.filter((source) => source.provides.has("inventory") === inventory).map(keys),
  ) as [string[], string[]];
  return `set ${needed.join(", or ")}${others.map((text) => ` (and ${text}, if there is one)`).join("")}`;
}
