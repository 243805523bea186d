import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { alertDeliveries, alertEvents } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";
import type { AlertEvent } from "./advance.ts";
import { detailSchema, type EventState, type Severity } from "./types.ts";

type Row = (typeof alertEvents)["$inferSelect"];

const EVENT = columnsOf(alertEvents);
const open = sql`state in ('pending', 'firing')`;

const readEvent = ({ openKey: _, severity, state, detail, ...row }: Row): AlertEvent => ({
  ...row,
  severity: severity as Severity,
  state: state as EventState,
  detail: detailSchema.parse(JSON.parse(detail)),
});

const isOpen = ({ state }: AlertEvent): boolean => state === "pending" || state === "firing";

/** Events of a rule that hold: at most one for each subject. */
export async function listOpen(db: Reader, ruleKey: number): Promise<AlertEvent[]> {
  const rows = await db.all(
    sql`select ${EVENT} from ${alertEvents} where rule_key = ${ruleKey} and ${open} order by subject`,
  );
  return rows.map(readEvent);
}

/** Keys of rules that have events that hold. */
export async function listRulesWithOpen(db: Reader): Promise<number[]> {
  const rows = await db.all<{ key: number }>(sql`select distinct rule_key as key from ${alertEvents} where ${open}`);
  return rows.map((row) => row.key);
}

/** Of some subjects of a rule the newest event of each that ever had one. */
export async function newestEvents(
  db: Reader,
  ruleKey: number,
  subjects: readonly string[],
): Promise<Map<string, AlertEvent>> {
  const known = new Map<string, AlertEvent>();
  for (let i = 0; i < subjects.length; i += 500) {
    const rows = await db.all(sql`select ${EVENT} from ${alertEvents} where rule_key = ${ruleKey}
      and subject in ${inList(subjects.slice(i, i + 500))} order by started_at, id`);
    for (const row of rows) known.set(row.subject, readEvent(row));
  }
  return known;
}

/** Writes events as they are now: one that is open holds its subject. */
export async function saveEvents(tx: Tx, events: readonly AlertEvent[]): Promise<void> {
  const rows = events.map((event) => ({
    ...event,
    openKey: isOpen(event) ? `${event.ruleKey}/${event.subject}` : event.id,
    detail: JSON.stringify(event.detail),
  }));
  for (let i = 0; i < rows.length; i += 200)
    await tx.insert(alertEvents, rows.slice(i, i + 200), { target: [alertEvents.id], update: "all" });
}

export async function deleteEvents(tx: Tx, ids: readonly string[]): Promise<void> {
  for (let i = 0; i < ids.length; i += 500)
    await tx.run(sql`delete from ${alertEvents} where id in ${inList(ids.slice(i, i + 500))}`);
}

export async function findEvent(db: Reader, id: string): Promise<AlertEvent | undefined> {
  const row = await db.find(sql`select ${EVENT} from ${alertEvents} where id = ${id}`);
  return row && readEvent(row);
}

/** Events that were notified or hold, the newest first. @param teams whose; `all`: also those of nobody. */
export async function listEvents(
  db: Reader,
  teams: "all" | readonly number[],
  limit: number,
  ruleKey?: number,
): Promise<AlertEvent[]> {
  const of = teams === "all" ? sql`` : sql`and team_key <> 0 and team_key in ${inList(teams)}`;
  const rule = ruleKey === undefined ? sql`` : sql`and rule_key = ${ruleKey}`;
  const rows = await db.all(sql`select ${EVENT} from ${alertEvents} where 1 = 1 ${of} ${rule}
    order by case when ${open} then 0 else 1 end, started_at desc, id limit ${limit}`);
  return rows.map(readEvent);
}

/** Messages of an event that nobody has tried to send are no longer needed. @returns how many. */
export function dropUnsent(tx: Tx, eventId: string, now: Instant): Promise<number> {
  return tx.run(sql`update ${alertDeliveries} set state = 'dropped', finished_at = ${now}
    where event_id = ${eventId} and state = 'waiting' and attempts = 0`);
}

/** Removes events that ended before an instant and of which no delivery is left. */
export function pruneEvents(tx: Tx, before: Instant): Promise<number> {
  return tx.run(sql`delete from ${alertEvents} where state = 'resolved' and resolved_at < ${before}
    and not exists (select 1 from ${alertDeliveries} d where d.event_id = ${alertEvents}.id)`);
}
