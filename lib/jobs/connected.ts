import { openStored, type StoredSource } from "@/lib/connections/index.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Env } from "@/lib/env.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { SOURCES } from "@/lib/sources/index.ts";
import type { Source } from "@/lib/sources/source.ts";
import { type ClusterNames, loadClusterNames } from "@/lib/sync/facts/cluster-names-store.ts";
import { renamed, renamingOf } from "@/lib/sync/renamed.ts";
import { Sources } from "@/lib/sync/sources.ts";

/**
 * The sources of a process: those of the settings, which stay, and stored connections, which come and go while it runs
 * (docs/decisions/0390). What holds `sources` sees each change.
 */
export class Connected {
  readonly sources: Sources;
  readonly #env: Env;
  readonly #ctx: Pick<Ctx, "db" | "log">;
  readonly #given: readonly Source[];
  #stored = new Map<string, StoredSource>();
  /** Left at the last refresh: readings that were running then may still use them. */
  #left: Source[] = [];
  /** What each source listed last, by its name: a wrapper that is new asks as the one before it did. */
  readonly #listed = new Map<string, Set<string>>();
  #turn: Promise<readonly string[]> = Promise.resolve([]);

  constructor(env: Env, ctx: Pick<Ctx, "db" | "log">, given: readonly Source[]) {
    this.#env = env;
    this.#ctx = ctx;
    this.#given = given;
    this.sources = new Sources(given);
  }

  /** Reads the stored connections again. One at a time. @returns why some cannot be opened. */
  refresh(): Promise<readonly string[]> {
    this.#turn = this.#turn.then(
      () => this.#refresh(),
      () => this.#refresh(),
    );
    return this.#turn;
  }

  async #refresh(): Promise<readonly string[]> {
    const before = this.#stored;
    this.#stored = await openStored(this.#ctx, this.#env, secretKeys(this.#env), before);
    const kept = new Set([...this.#stored.values()].map(({ source }) => source));
    for (const source of this.#left) await source.close();
    this.#left = [...before.values()].flatMap(({ source }) => (kept.has(source) ? [] : [source]));
    const names = await loadClusterNames(this.#ctx.db);
    this.sources.set(
      inOrder(this.#given, this.#stored).map((source) => this.#inOurWords(source, names)),
      names,
    );
    return [...this.#stored.values()].flatMap(({ problem }) => problem || []);
  }

  /** What sources mean by names of clusters, as it is known now. */
  async learnNames(): Promise<void> {
    this.sources.learn(await loadClusterNames(this.#ctx.db));
  }

  #inOurWords(source: Source, names: ClusterNames): Source {
    const listed = this.#listed.get(source.name) ?? new Set<string>();
    this.#listed.set(source.name, listed);
    return renamed(source, renamingOf(names.otherIds(source.name)), listed);
  }

  async close(): Promise<void> {
    await this.#turn.catch(() => undefined);
    const all = [...this.#given, ...this.#left, ...[...this.#stored.values()].map(({ source }) => source)];
    for (const source of all) await source.close();
  }
}

/** By precedence, the lowest first: the kinds in the order of the list, in each the one of the settings before those that were added. */
function inOrder(given: readonly Source[], stored: ReadonlyMap<string, StoredSource>): Source[] {
  const kinds = SOURCES.map(({ name }) => name);
  const ofKinds = kinds.flatMap((kind) => [
    ...given.filter((source) => source.name === kind),
    ...[...stored.values()].filter((one) => one.kind === kind).map(({ source }) => source),
  ]);
  return [...ofKinds, ...given.filter((source) => !kinds.includes(source.name))];
}
