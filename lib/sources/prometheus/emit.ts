import type { Series, SeriesKey } from "@/lib/sources/source.ts";
import type { Instant } from "@/lib/time.ts";

/** A series under construction; points are added in ascending order. */
export interface Builder {
  readonly key: SeriesKey;
  readonly node: string | undefined;
  readonly gpuModel: string | undefined;
  readonly at: Instant[];
  readonly value: number[];
  isShared: boolean;
}

/**
 * Adds a point. A second value for the same instant is added where parts add up to the whole; otherwise the larger
 * counts.
 */
export function push(builder: Builder, at: Instant, value: number, isAdditive: boolean): void {
  const last = builder.at.length - 1;
  if (builder.at[last] === at) {
    const known = builder.value[last] as number;
    builder.value[last] = isAdditive ? known + value : Math.max(known, value);
    return;
  }
  builder.at.push(at);
  builder.value.push(value);
}

/** One builder for each series key, so that an answer never contains a series twice. */
export class Emitter {
  readonly #builders = new Map<string, Builder>();

  builder(key: SeriesKey, node: string | undefined, gpuModel: string | undefined): Builder {
    const id = keyText(key);
    let builder = this.#builders.get(id);
    if (!builder) {
      builder = { key, node, gpuModel, at: [], value: [], isShared: false };
      this.#builders.set(id, builder);
    }
    return builder;
  }

  /** The finished series, without empty ones, in the order of their keys. */
  series(): Series[] {
    return [...this.#builders.entries()]
      .filter(([, builder]) => builder.at.length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { key, at, value, node, gpuModel, isShared }]) => ({
        ...key,
        at,
        value,
        ...(node === undefined ? {} : { node }),
        ...(gpuModel === undefined ? {} : { gpuModel }),
        ...(isShared ? { shared: true } : {}),
      }));
  }
}

function keyText(key: SeriesKey): string {
  return JSON.stringify([key.clusterId, key.subjectKind, key.subjectId, key.gpu, key.metric]);
}
