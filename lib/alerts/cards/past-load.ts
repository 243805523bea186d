import { sql } from "@/db/client.ts";
import { chunks } from "@/db/schema/index.ts";
import type { Happening } from "@/lib/alerts/rules/rule.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { CHUNK_SECONDS } from "@/lib/sync/samples/chunk.ts";
import { floorTo, type Instant, type Interval, MINUTE } from "@/lib/time.ts";
import { type CardFacts, type Parts, readCards } from "./load.ts";

const QUARTER = 15 * MINUTE;

/** What a rule says of a quarter of an hour of a card: what is wrong, and its title. Null: nothing is. */
export type Judgement = { readonly what: string; readonly title: string } | null;

/** The oldest instant of which samples are stored; null: none are. */
export async function samplesSince({ db }: Ctx): Promise<Instant | null> {
  const row = await db.find<{ at: number | null }>(sql`select min(start_at) as at from ${chunks}`);
  return row?.at ?? null;
}

/**
 * When cards began to be judged wrong in a span, quarter by quarter, oldest first: six hours of samples are in memory at once. A quarter
 * without samples says nothing. @param judge of the values of a quarter, in the order of time.
 */
export async function pastOfCards(
  ctx: Ctx,
  metric: string,
  parts: Parts,
  { start, end }: Interval,
  judge: (card: CardFacts, values: readonly number[]) => Judgement,
): Promise<Happening[]> {
  const out: Happening[] = [];
  const last = new Map<string, string>();
  const since = Math.max(start, (await samplesSince(ctx)) ?? end);
  for (let at = floorTo(since, CHUNK_SECONDS); at < end; at += CHUNK_SECONDS)
    for (const { card, values } of await readCards(ctx, metric, parts, [at], since - 1)) {
      const quarters = Map.groupBy(
        [...values.keys()].filter((instant) => instant < end).sort((a, b) => a - b),
        (instant) => floorTo(instant, QUARTER),
      );
      for (const [from, instants] of quarters) {
        const judged = judge(
          card,
          instants.map((instant) => values.get(instant) as number),
        );
        const what = judged?.what ?? "";
        if (judged && what !== last.get(card.subject))
          out.push({ subject: card.subject, at: from + QUARTER, title: judged.title });
        last.set(card.subject, what);
      }
    }
  return out.sort((a, b) => a.at - b.at || (a.subject < b.subject ? -1 : 1));
}

/** The mean of values, of which there is at least one. */
export const meanOf = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
