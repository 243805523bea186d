import type { Db } from "@/db/client.ts";
import { sql } from "@/db/client.ts";
import { meteredBuckets, usage } from "@/db/schema/index.ts";
import { createPost } from "@/lib/alerts/channels/index.ts";
import { parseEnv } from "@/lib/env.ts";
import { noQuantities, type Quantities } from "@/lib/metering/quantities.ts";
import { seed } from "@/lib/reports/testing.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import type { Instant } from "@/lib/time.ts";
import type { EventMeans } from "./run.ts";

export const HOUR = 3600;
/** 2026-11-02T00:00:00Z. */
export const START = 1_793_577_600;
export const KEY = "the key of this test has 32 characters";
export const KEYS = secretKeys(parseEnv({ SECRETS_KEY: KEY }));

export const means = (): EventMeans => ({
  post: createPost({ allowed: ["127.0.0.1"], timeoutMs: 5000, nowMs: () => 0 }),
  ...{ keys: KEYS, bucketSeconds: HOUR, delaySeconds: 0 },
});

/** Workloads 1 to `workloads` of two projects on two kinds of hardware. */
export async function seedInventory(db: Db, workloads: number): Promise<void> {
  await seed(db, {
    clusters: [{ id: "c", name: "one" }],
    projects: [1, 2].map((key) => ({ key, cluster: "c", name: `project ${key}`, department: "science" })),
    hardware: [
      { key: 1, cluster: "c", model: "H100" },
      { key: 2, cluster: "c", model: "A100" },
    ],
    workloads: Array.from({ length: workloads }, (_, n) => ({
      ...{ key: n + 1, cluster: "c", project: 1 + (n % 2), id: `w-${n + 1}`, name: `work ${n + 1}` },
      user: `user ${n % 3}`,
    })),
    usage: [],
  });
}

export interface Used extends Partial<Quantities> {
  readonly workload: number;
  readonly hardware?: number;
}

/** Writes a bucket as metering does: replaced whole, and counted. */
export async function meterBucket(db: Db, at: Instant, rows: readonly Used[]): Promise<void> {
  await db.write(async (tx) => {
    await tx.run(sql`delete from ${usage} where bucket_at = ${at}`);
    await tx.insert(
      usage,
      rows.map(({ workload, hardware = 1, ...given }) => ({
        ...{ ...noQuantities(), ...given },
        ...{ bucketAt: at, hardwareKey: hardware, workloadKey: workload, level: "gpu" },
      })) as (typeof usage.$inferInsert)[],
    );
    const row = await tx.find<{ revision: number }>(
      sql`select revision from ${meteredBuckets} where cluster_id = 'c' and bucket_at = ${at}`,
    );
    await tx.insert(meteredBuckets, [{ clusterId: "c", bucketAt: at, revision: (row?.revision ?? 0) + 1 }], {
      target: [meteredBuckets.clusterId, meteredBuckets.bucketAt],
      update: "all",
    });
  });
}
