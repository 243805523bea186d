import type { Tx } from "@/db/client.ts";
import { NoReply } from "@/lib/alerts/channels/post.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { errorText } from "@/lib/errors.ts";
import { DAY, type Instant } from "@/lib/time.ts";
import { type DestinationRow, findDestination, recordFailure, recordSuccess } from "./destination-store.ts";
import type { DestinationDefinition, Post, Secrets, Verdict } from "./destinations/index.ts";
import { buildEvent } from "./event.ts";
import { giveUpOld, listWaiting, type OutboxRow, putRows, updateRows, type WaitingRow } from "./outbox-store.ts";
import { readAmounts } from "./plan.ts";
import { difference } from "./quantities.ts";
import type { CloudEvent, Mapping } from "./types.ts";

/** A destination with what its requests need. */
export interface OpenDestination {
  readonly row: DestinationRow;
  readonly kind: DestinationDefinition;
  /** As the schema of its kind reads them. */
  readonly settings: unknown;
  readonly secrets: Secrets;
  readonly mapping: Mapping;
}

export interface SendOptions {
  readonly post: Post;
  readonly bucketSeconds: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((sent: number) => void) | undefined;
  /** 0 ≤ x < 1. */
  readonly random?: () => number;
}

export interface Sent {
  readonly sent: number;
  readonly refused: number;
  /** Why the rest waits; empty: nothing does. */
  readonly error: string;
}

/** Receivers remember ids for 32 days: an event whose answer is not known for longer would be counted twice. */
const REMEMBERED = 31 * DAY;
const TOO_OLD =
  "No answer came for 31 days, and the receiver no longer remembers the id: look there whether it has this event before you send it again.";

/** Seconds after the n-th failure in a row; up to a fifth is added. */
const WAITS = [5, 30, 120, 600, 1800, 3600] as const;
const LONGEST_ASKED = DAY;

interface Item {
  readonly row: OutboxRow;
  readonly event: CloudEvent;
}

/** What became of a batch. */
interface Delivered {
  readonly accepted: readonly Item[];
  readonly refused: readonly { readonly item: Item; readonly reason: string }[];
  /** Why the rest was not sent; null: nothing is left. */
  readonly stop: Extract<Verdict, { kind: "later" }> | null;
}
const NONE: Delivered = { accepted: [], refused: [], stop: null };

/**
 * Sends what waits, batch by batch, the oldest first, until nothing waits, the receiver cannot take more, or the destination is paused or archived. What is sent is marked before the
 * request, and its answer is recorded after it: a process that dies in between sends the same events again, under the same ids.
 */
export async function sendWaiting(ctx: Ctx, destination: OpenDestination, options: SendOptions): Promise<Sent> {
  const total = { sent: 0, refused: 0 };
  let done: Delivered = NONE;
  for (;;) {
    const rows: WaitingRow[] = await ctx.db.write(async (tx) => {
      const failures = total.sent > 0 ? 0 : destination.row.attempts;
      await settle(tx, ctx.now(), destination.row.key, failures, done, options.random);
      return options.signal?.aborted || done.stop ? [] : claim(tx, ctx.now(), destination);
    });
    if (rows.length === 0) return { ...total, error: done.stop?.reason ?? "" };
    done = await deliverBatch(itemsOf(rows, destination.mapping, options.bucketSeconds), (items) =>
      request(destination, options.post, items),
    );
    total.sent += done.accepted.length;
    total.refused += done.refused.length;
    options.onProgress?.(total.sent);
  }
}

async function claim(tx: Tx, now: Instant, { row, kind }: OpenDestination): Promise<WaitingRow[]> {
  // Somebody may have paused or archived it since the last batch.
  const current = await findDestination(tx, row.key);
  if (!current || current.pausedAt !== null) return [];
  await giveUpOld(tx, row.key, now - REMEMBERED, TOO_OLD);
  const rows = await listWaiting(tx, row.key, kind.batch);
  const fresh = rows.filter((r) => r.attemptedAt === null);
  await putRows(
    tx,
    fresh.map((r) => ({ ...outboxPart(r), attemptedAt: now })),
  );
  return rows;
}

/** Only the columns of the outbox. */
const outboxPart = (row: OutboxRow): OutboxRow => {
  const { destinationKey, bucketAt, hardwareKey, workloadKey, subject, revision, sent, pending, state } = row;
  const { attemptedAt, error } = row;
  return {
    ...{ destinationKey, bucketAt, hardwareKey, workloadKey, subject, revision, sent, pending, state },
    ...{ attemptedAt, error },
  };
};

async function settle(
  tx: Tx,
  now: Instant,
  key: number,
  failures: number,
  { accepted, refused, stop }: Delivered,
  random: () => number = Math.random,
): Promise<void> {
  const taken = { state: "sent", attemptedAt: null, error: "", pending: "" } as const;
  await updateRows(tx, [
    ...accepted.map(({ row }) => ({ ...outboxPart(row), ...taken, sent: row.pending })),
    // Refused for certain: it is not on its way, and may change.
    ...refused.map(({ item, reason }) => ({
      ...outboxPart(item.row),
      ...{ state: "refused" as const, attemptedAt: null, error: reason },
    })),
  ]);
  if (accepted.length) await recordSuccess(tx, key, now);
  if (!stop) return;
  const wait = (WAITS[Math.min(failures, WAITS.length - 1)] ?? 0) * (1 + random() / 5);
  const asked = Math.min(stop.retryAfterSeconds ?? 0, LONGEST_ASKED);
  await recordFailure(tx, key, stop.reason, now + Math.ceil(Math.max(wait, asked)));
}

function itemsOf(rows: readonly WaitingRow[], mapping: Mapping, bucketSeconds: number): Item[] {
  return rows.map((row) => {
    const [before, target] = [readAmounts(row.sent), readAmounts(row.pending)];
    // The first says everything that is known, zeros too; a correction only what changes.
    const amounts = row.revision === 0 ? target : (difference(before, target) ?? {});
    const interval = { start: row.bucketAt, end: row.bucketAt + bucketSeconds };
    return {
      row,
      event: buildEvent(mapping, row, { interval, revision: row.revision, amounts, subject: row.subject }),
    };
  });
}

/**
 * Sends a batch; where it is refused, its halves, down to the events that are at fault, so that none of the others is lost. A receiver that
 * refuses every event of a batch objects to something else: then all of them wait.
 */
export async function deliverBatch(
  items: readonly Item[],
  send: (items: readonly Item[]) => Promise<Verdict>,
): Promise<Delivered> {
  const result = await deliverHalves(items, send);
  if (items.length === 1 || result.refused.length < items.length) return result;
  const reason = `The receiver refuses every event. ${result.refused[0]?.reason ?? ""}`;
  return { ...NONE, stop: { kind: "later", reason } };
}

async function deliverHalves(
  items: readonly Item[],
  send: (items: readonly Item[]) => Promise<Verdict>,
): Promise<Delivered> {
  const verdict = await send(items);
  if (verdict.kind === "accepted") return { ...NONE, accepted: items };
  if (verdict.kind === "later") return { ...NONE, stop: verdict };
  const [only] = items;
  if (items.length === 1 && only) return { ...NONE, refused: [{ item: only, reason: verdict.reason }] };
  const middle = Math.ceil(items.length / 2);
  const first = await deliverHalves(items.slice(0, middle), send);
  if (first.stop) return first;
  const second = await deliverHalves(items.slice(middle), send);
  return {
    accepted: [...first.accepted, ...second.accepted],
    refused: [...first.refused, ...second.refused],
    stop: second.stop,
  };
}

/** One request. Never throws for a receiver. */
async function request(
  { kind, settings, secrets }: OpenDestination,
  post: Post,
  items: readonly Item[],
): Promise<Verdict> {
  const { url, body, headers } = kind.request(
    items.map((item) => item.event),
    settings,
    secrets,
  );
  try {
    return kind.read(await post(url, body, headers));
  } catch (error) {
    if (!(error instanceof NoReply)) throw error;
    return { kind: "later", reason: errorText(error) };
  }
}
