/**
 * The sources that the product supports. Adding one is a folder here and a line in the list (CONTRIBUTING.md, "Adding a
 * source"). Where two provide the same for a cluster, the later one takes precedence (docs/decisions/0017).
 */
import type { Env } from "@/lib/env.ts";
import type { Log } from "@/lib/log.ts";
import { opencost } from "./opencost/index.ts";
import { prometheus } from "./prometheus/index.ts";
import { runai } from "./runai/index.ts";
import type { Capability, Source, SourceDefinition } from "./source.ts";

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

/** What to set so that something can be synced: `set A, B and C (and D, if there is one)`. */
export function whatToSet(): string {
  const keys = ({ settings }: SourceDefinition) => new Intl.ListFormat("en-GB").format(Object.keys(settings));
  const [needed, others] = [true, false].map((inventory) =>
    SOURCES.filter((source) => source.provides.has("inventory") === inventory).map(keys),
  ) as [string[], string[]];
  return `set ${needed.join(", or ")}${others.map((text) => ` (and ${text}, if there is one)`).join("")}`;
}
