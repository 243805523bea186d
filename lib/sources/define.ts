import type { Env } from "@/lib/env.ts";
import type { HttpSettings } from "@/lib/http.ts";
import { guardedLookup } from "./guarded-lookup.ts";
import type { Capability, SourceDefinition } from "./source.ts";

/** Defines a source whose `open` returns readers for exactly what it provides. */
export function defineSource<const C extends Capability>(
  definition: Omit<SourceDefinition<C>, "provides"> & { readonly provides: readonly C[] },
): SourceDefinition<C> {
  return { ...definition, provides: new Set(definition.provides) };
}

/** How requests are sent to every source, from the settings `HTTP_…`. */
export function httpSettings(env: Env): Omit<HttpSettings, "log" | "tls"> {
  return {
    timeoutMs: env.HTTP_TIMEOUT,
    retryCount: env.HTTP_RETRY_COUNT,
    retryWaitMs: env.HTTP_RETRY_WAIT,
    retryMaxWaitMs: env.HTTP_RETRY_MAX_WAIT,
    deadlineMs: env.HTTP_DEADLINE,
    concurrency: env.HTTP_CONCURRENCY,
  };
}

/** The same for connections that people enter: never to the metadata service of a cloud, whatever a name resolves to. */
export function guardedHttp(env: Env): Omit<HttpSettings, "log" | "tls"> {
  return { ...httpSettings(env), lookup: guardedLookup };
}
