import type { Ctx } from "@/lib/ctx.ts";
import type { Interval } from "@/lib/time.ts";
import { type DestinationRow, findDestination } from "./destination-store.ts";
import { subjectOf } from "./event.ts";
import {
  listPlanned,
  listStale,
  listUsage,
  markPlanned,
  type OutboxRow,
  putRows,
  type StaleBucket,
  type UsageRow,
} from "./outbox-store.ts";
import { type Amounts, amountsOf, difference, isSome } from "./quantities.ts";
import type { Subject } from "./types.ts";

export interface PlanOptions {
  readonly bucketSeconds: number;
  /** Buckets that end later may still be read: they wait. */
  readonly range: Interval;
  readonly signal?: AbortSignal | undefined;
}

/** Buckets that are read at once. */
const AT_ONCE = 200;

/**
 * Puts the usage of every bucket that changed since it was planned into the outbox of a destination: new usage as a first event, usage that
 * metering has changed as a correction of the difference. @returns how many buckets were planned.
 */
export async function planUsage(
  ctx: Ctx,
  destination: DestinationRow,
  subject: Subject,
  { bucketSeconds, range, signal }: PlanOptions,
): Promise<number> {
  let planned = 0;
  let after: StaleBucket | null = null;
  for (;;) {
    const stale: StaleBucket[] = await listStale(ctx.db, destination, range, bucketSeconds, after, AT_ONCE);
    for (const bucket of stale) {
      if (signal?.aborted) return planned;
      if (!(await planBucket(ctx, destination.key, subject, bucket))) return planned;
      planned++;
    }
    if (stale.length < AT_ONCE) return planned;
    after = stale.at(-1) as StaleBucket;
  }
}

/** @returns false where the destination was archived meanwhile: then its outbox stays deleted. */
async function planBucket(ctx: Ctx, destinationKey: number, subject: Subject, bucket: StaleBucket): Promise<boolean> {
  return ctx.db.write(async (tx) => {
    if (!(await findDestination(tx, destinationKey))) return false;
    const [rows, planned] = [await listUsage(tx, bucket), await listPlanned(tx, destinationKey, bucket)];
    const known = new Map(planned.map((row) => [keyOf(row), row]));
    const { changed, isWhole } = changesOf(rows, known, (row) => ({
      ...{ destinationKey, bucketAt: bucket.bucketAt, hardwareKey: row.hardwareKey, workloadKey: row.workloadKey },
      subject: subjectOf(subject, row),
    }));
    await putRows(tx, changed);
    // An event on its way cannot change: the bucket is planned again once it arrived.
    if (isWhole) await markPlanned(tx, destinationKey, bucket);
    return true;
  });
}

const keyOf = ({ hardwareKey, workloadKey }: { hardwareKey: number; workloadKey: number }) =>
  `${hardwareKey}/${workloadKey}`;

type Identity = Pick<OutboxRow, "destinationKey" | "bucketAt" | "hardwareKey" | "workloadKey" | "subject">;

/**
 * The rows of the outbox that change with the usage of a bucket. Usage that is gone becomes 0.
 * @returns `isWhole` false where a row that is on its way, or was refused, has to change later.
 */
export function changesOf(
  rows: readonly UsageRow[],
  known: ReadonlyMap<string, OutboxRow>,
  identityOf: (row: UsageRow) => Identity,
): { readonly changed: OutboxRow[]; readonly isWhole: boolean } {
  const changed: OutboxRow[] = [];
  let isWhole = true;
  const seen = new Set<string>();
  for (const row of rows) {
    const key = keyOf(row);
    seen.add(key);
    const before = known.get(key);
    const target = amountsOf(row);
    const next = before ? nextRow(before, target) : isSome(target) ? firstRow(identityOf(row), target) : null;
    if (next === "later") isWhole = false;
    else if (next) changed.push(next);
  }
  for (const [key, before] of known) {
    const next = seen.has(key) ? null : nextRow(before, {});
    if (next === "later") isWhole = false;
    else if (next) changed.push(next);
  }
  return { changed, isWhole };
}

const WAITING = { state: "waiting", attemptedAt: null, error: "" } as const;

const firstRow = (identity: Identity, target: Amounts): OutboxRow => ({
  ...{ ...identity, revision: 0, sent: "", pending: JSON.stringify(target) },
  ...WAITING,
});

export const readAmounts = (text: string): Amounts => (text === "" ? {} : (JSON.parse(text) as Amounts));

/** The row with another target; null: it has it already; `later`: its event is on its way, so it does not change now. */
function nextRow(row: OutboxRow, target: Amounts): OutboxRow | null | "later" {
  if (row.state === "sent") {
    if (difference(readAmounts(row.sent), target) === null) return null;
    return { ...row, revision: row.revision + 1, pending: JSON.stringify(target), ...WAITING };
  }
  if (difference(readAmounts(row.pending), target) === null) return null;
  if (row.attemptedAt !== null) return "later";
  // Never sent, or refused for certain: the event gets the new amounts, under the same id. One that has become nothing is done.
  if (difference(readAmounts(row.sent), target) === null) return { ...row, pending: "", state: "sent", error: "" };
  return { ...row, pending: JSON.stringify(target), ...WAITING };
}
