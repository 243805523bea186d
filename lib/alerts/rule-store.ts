import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { insertForKey } from "@/db/insert-for-key.ts";
import { alertRoutes, alertRules } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";
import type { Mode, Severity } from "./types.ts";

export interface AlertRule {
  readonly key: number;
  readonly kind: string;
  readonly name: string;
  readonly teamKey: number;
  readonly threshold: number;
  readonly holdSeconds: number;
  readonly severity: Severity;
  readonly quietFrom: number;
  readonly quietUntil: number;
  readonly repeatSeconds: number;
  readonly escalateSeconds: number;
  /** 1: people, too. */
  readonly people: number;
  /** What its messages say instead of the usual title and text; empty: the usual. */
  readonly titleTemplate: string;
  readonly summaryTemplate: string;
  readonly mutedUntil: Instant | null;
  readonly mutedReason: string;
  readonly createdAt: Instant;
  readonly createdBy: string;
  /** When people changed it last, or switched it on or off. */
  readonly changedAt: Instant;
  readonly disabledAt: Instant | null;
  readonly archivedAt: Instant | null;
  readonly checkedAt: Instant | null;
  readonly error: string;
}

export interface Route {
  readonly ruleKey: number;
  readonly channelKey: number;
  readonly mode: Mode;
}

/** Rules by name; archived ones where asked. */
export function listRules(db: Reader, archived = false): Promise<AlertRule[]> {
  const which = archived ? sql`` : sql`where archived_at is null`;
  return db.all<AlertRule>(sql`select ${columnsOf(alertRules)} from ${alertRules} ${which} order by name, key`);
}

export const findRule = (db: Reader, key: number): Promise<AlertRule | undefined> =>
  db.find<AlertRule>(sql`select ${columnsOf(alertRules)} from ${alertRules} where key = ${key}`);

/** @returns its key. */
export const insertRule = (tx: Tx, row: Omit<AlertRule, "key">): Promise<number> => insertForKey(tx, alertRules, row);

export async function updateRule(tx: Tx, rule: AlertRule): Promise<void> {
  await tx.insert(alertRules, [rule], { target: [alertRules.key], update: "all" });
}

/** What became of the last evaluation; leaves alone what people change. */
export async function markChecked(tx: Tx, key: number, now: Instant, error: string): Promise<void> {
  await tx.run(sql`update ${alertRules} set checked_at = ${now}, error = ${error} where key = ${key}`);
}

/** Routes of one rule, or of all. */
export function listRoutes(db: Reader, ruleKey?: number): Promise<Route[]> {
  const of = ruleKey === undefined ? sql`` : sql`where rule_key = ${ruleKey}`;
  return db.all<Route>(sql`select ${columnsOf(alertRoutes)} from ${alertRoutes} ${of} order by rule_key, channel_key`);
}

export async function replaceRoutes(tx: Tx, ruleKey: number, routes: readonly Omit<Route, "ruleKey">[]): Promise<void> {
  await tx.run(sql`delete from ${alertRoutes} where rule_key = ${ruleKey}`);
  await tx.insert(
    alertRoutes,
    routes.map((route) => ({ ...route, ruleKey })),
  );
}

export async function deleteRoutesTo(tx: Tx, channelKey: number): Promise<void> {
  await tx.run(sql`delete from ${alertRoutes} where channel_key = ${channelKey}`);
}
