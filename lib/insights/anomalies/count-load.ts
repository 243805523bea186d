import { type Reader, sql } from "@/db/client.ts";
import { anomalyFeedback, chargedDays, plannedEvents, projects, spendDays, teams } from "@/db/schema/index.ts";
import { allow } from "@/lib/auth/allow.ts";
import { visibleTeams } from "@/lib/auth/visible-teams.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { dateOf, dayKey } from "@/lib/time.ts";
import { daysToRead } from "./find.ts";
import { type AnomalyQuery, listAnomalies } from "./list.ts";
import { type AnomalySettings, anomalySettings } from "./settings.ts";

/** Counts that are known, by what they follow from; of other ledgers than those at hand nothing is kept. */
const counted = new WeakMap<object, Map<string, number>>();
const MOST_KEPT = 200;

/**
 * How many unusual days of spend of the teams and projects that the viewer may see wait for a word, as the page of anomalies lists
 * them. They follow from days that are over, so that they are looked for once after each change of these: every page asks.
 * @throws AppError `forbidden`.
 */
export async function countOpenAnomalies(
  ctx: Ctx,
  days: AnomalyQuery["days"],
  settings: AnomalySettings = anomalySettings(),
): Promise<number> {
  allow(ctx.viewer, "anomalies.read");
  const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
  const key = JSON.stringify([
    ...[days, today, settings.detector.id, settings.threshold, settings.floors],
    ...[seenBy(ctx.viewer), await stateOf(ctx.db, daysToRead(days).from, today)],
  ]);
  const known = counted.get(ctx.db) ?? new Map<string, number>();
  const found = known.get(key);
  if (found !== undefined) return found;
  const { anomalies } = await listAnomalies(ctx, { days, measures: ["spend"], states: ["open"] }, settings);
  if (known.size >= MOST_KEPT) known.clear();
  counted.set(ctx.db, known.set(key, anomalies.length));
  return anomalies.length;
}

const seenBy = (viewer: Viewer) => [visibleTeams(viewer), viewer.projects, viewer.manages ?? null];

/** What anomalies of spend follow from: it is another after any change of a day that is over, of what people said, and of what is planned. */
const stateOf = (db: Reader, from: number, today: number) =>
  db.find(sql`select
    (select count(*) from ${chargedDays} where day >= ${from} and day < ${today}) as "days",
    (select max(charged_at) from ${chargedDays} where day >= ${from} and day < ${today}) as "chargedAt",
    (select cast(sum(observed_milli) as bigint) from ${spendDays} where day >= ${from} and day < ${today}) as "observed",
    (select count(*) from ${anomalyFeedback}) as "said", (select max(given_at) from ${anomalyFeedback}) as "saidAt",
    (select count(*) from ${plannedEvents} where removed_at is null) as "planned",
    (select count(*) from ${plannedEvents}) as "everPlanned",
    (select count(*) from ${teams}) as "teams", (select count(*) from ${projects}) as "projects"`);
