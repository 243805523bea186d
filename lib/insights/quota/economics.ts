/** What a project held of a pool in one bucket; milli-GPU-seconds. */
export interface HeldPart {
  readonly projectKey: number;
  readonly heldMilli: number;
  /** Of it: without activity. Warm inference is not idle. */
  readonly idleMilli: number;
}

/** A workload that waited for GPUs of a pool in a bucket. */
export interface Waiting {
  readonly workloadKey: number;
  readonly projectKey: number;
  /** Milli-GPUs that it asks for. */
  readonly milli: number;
  /** Of the bucket, in which it waited. */
  readonly seconds: number;
}

/** One node pool of a cluster over one metered bucket. */
export interface PoolBucket {
  readonly clusterId: string;
  readonly pool: string;
  readonly seconds: number;
  readonly held: readonly HeldPart[];
  /** Milli-GPU-seconds that nobody held. */
  readonly freeMilli: number;
  readonly waiting: readonly Waiting[];
  /**
   * Milli-GPUs that projects of the cluster deserve at this time, of all pools together: of all its projects, or only of those
   * that held something where the cluster was not seen enough to know that the others held nothing.
   */
  readonly quotas: ReadonlyMap<number, number>;
}

/** How a project used its quota; milli-GPU-seconds. `quota = within + unused`, `held = within + borrowed`. */
export interface QuotaUse {
  readonly projectKey: number;
  readonly quotaMilli: number;
  readonly heldMilli: number;
  readonly withinMilli: number;
  /** Quota that was reserved and not used. */
  readonly unusedMilli: number;
  /** Held above the quota. */
  readonly borrowedMilli: number;
  readonly idleMilli: number;
  /** Idle while workloads of other projects waited for as many GPUs of the same pool. */
  readonly idleWhileQueuedMilli: number;
  /** Workloads of others that its idle GPUs would have been enough for, and how long they waited meanwhile. */
  readonly jobsDelayed: number;
  readonly delayedSeconds: number;
}

/** Capacity of a pool that was free while workloads waited for it: in pieces that none of them fits, or behind a quota. */
export interface Stranded {
  readonly clusterId: string;
  readonly pool: string;
  readonly strandedMilli: number;
  readonly jobsWaiting: number;
  readonly waitedSeconds: number;
}

interface Sums {
  quotaMilli: number;
  heldMilli: number;
  withinMilli: number;
  idleMilli: number;
  idleWhileQueuedMilli: number;
  delayedSeconds: number;
  readonly delayed: Set<number>;
}

/**
 * Quota economics over buckets. What waits for a pool is counted against the idle GPUs of others in it once: shared among the
 * idle projects in proportion, and never more than was asked for.
 * @param buckets in any order; the buckets of one time of a cluster have the same length and the same quotas.
 */
export function quotaEconomics(buckets: Iterable<PoolBucket & { readonly at: number }>): {
  readonly projects: QuotaUse[];
  readonly stranded: Stranded[];
} {
  const sums = new Map<number, Sums>();
  const pools = new Map<string, Stranded & { readonly jobs: Set<number> }>();
  const held = new Map<string, { projectKey: number; milli: number; quota: number }>();
  const of = (key: number): Sums => {
    const own = sums.get(key) ?? {
      ...{ quotaMilli: 0, heldMilli: 0, withinMilli: 0, idleMilli: 0, idleWhileQueuedMilli: 0, delayedSeconds: 0 },
      delayed: new Set<number>(),
    };
    sums.set(key, own);
    return own;
  };
  // A quota is of all pools together: what a project held is summed over them before it is compared.
  const hold = ({ at, quotas, seconds }: PoolBucket & { readonly at: number }, projectKey: number, milli: number) => {
    const id = `${at}/${projectKey}`;
    const sum = held.get(id);
    if (sum) sum.milli += milli;
    else held.set(id, { projectKey, milli, quota: (quotas.get(projectKey) ?? 0) * seconds });
  };
  const withQuotas = new Set<string>();
  for (const bucket of buckets) {
    const time = `${bucket.at}/${bucket.clusterId}`;
    if (!withQuotas.has(time))
      for (const [projectKey, milli] of bucket.quotas) if (milli > 0) hold(bucket, projectKey, 0);
    withQuotas.add(time);
    for (const { projectKey, heldMilli, idleMilli } of bucket.held) {
      of(projectKey).idleMilli += idleMilli;
      hold(bucket, projectKey, heldMilli);
    }
    addQueued(bucket, of);
    addStranded(bucket, pools);
  }
  for (const { projectKey, milli, quota } of held.values()) {
    const own = of(projectKey);
    own.quotaMilli += quota;
    own.heldMilli += milli;
    own.withinMilli += Math.min(milli, quota);
  }
  return {
    projects: [...sums].map(([projectKey, { delayed, ...s }]) => ({
      ...{ projectKey, ...s, jobsDelayed: delayed.size },
      unusedMilli: s.quotaMilli - s.withinMilli,
      borrowedMilli: s.heldMilli - s.withinMilli,
    })),
    stranded: [...pools.values()].map(({ jobs, ...p }) => ({ ...p, jobsWaiting: jobs.size })),
  };
}

const demandOf = (waiting: readonly Waiting[]): number => waiting.reduce((sum, w) => sum + w.milli * w.seconds, 0);

function addQueued({ held, waiting, seconds }: PoolBucket, of: (key: number) => Sums): void {
  const idle = held.reduce((sum, h) => sum + h.idleMilli, 0);
  if (idle === 0 || waiting.length === 0) return;
  for (const { projectKey, idleMilli } of held) {
    if (idleMilli === 0) continue;
    const others = waiting.filter((w) => w.projectKey !== projectKey);
    const own = of(projectKey);
    own.idleWhileQueuedMilli += Math.floor(idleMilli * Math.min(1, demandOf(others) / idle));
    for (const w of others.filter((w) => w.milli * seconds <= idleMilli)) {
      own.delayed.add(w.workloadKey);
      own.delayedSeconds += w.seconds;
    }
  }
}

function addStranded(
  { clusterId, pool, freeMilli, waiting }: PoolBucket,
  pools: Map<string, Stranded & { readonly jobs: Set<number> }>,
): void {
  if (waiting.length === 0) return;
  const id = `${clusterId}\u0000${pool}`;
  const sum = pools.get(id) ?? {
    ...{ clusterId, pool, strandedMilli: 0, jobsWaiting: 0, waitedSeconds: 0 },
    jobs: new Set<number>(),
  };
  for (const w of waiting) sum.jobs.add(w.workloadKey);
  pools.set(id, {
    ...sum,
    strandedMilli: sum.strandedMilli + Math.min(freeMilli, demandOf(waiting)),
    waitedSeconds: sum.waitedSeconds + waiting.reduce((s, w) => s + w.seconds, 0),
  });
}
