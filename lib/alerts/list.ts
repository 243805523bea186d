import { allow, mayDo } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { describeSecrets } from "@/lib/secrets/index.ts";
import type { AlertEvent } from "./advance.ts";
import { type ChannelRow, listChannels, secretOwner } from "./channel-store.ts";
import { findEvent, listEvents, listOpen } from "./event-store.ts";
import { type Attempt, type Delivery, findDelivery, listAttempts, listDeliveries } from "./outbox/store.ts";
import { type AlertRule, listRoutes, listRules, type Route } from "./rule-store.ts";
import { getRuleKind } from "./rules/index.ts";
import { alertTeams, needAlertTeam } from "./scope.ts";

/** A rule with where its messages go. */
export interface ListedRule extends AlertRule {
  readonly routes: readonly Route[];
}

/** Rules of teams that the viewer may read: those of everything only with access to all teams. @throws AppError `forbidden`. */
export async function listVisibleRules(ctx: Ctx): Promise<ListedRule[]> {
  const teams = alertTeams(ctx.viewer);
  const [rules, routes] = await Promise.all([listRules(ctx.db), listRoutes(ctx.db)]);
  return rules
    .filter((rule) => teams === "all" || teams.includes(rule.teamKey))
    .map((rule) => ({ ...rule, routes: routes.filter((route) => route.ruleKey === rule.key) }));
}

/**
 * What to call the rules of events, by key: a rule that the viewer may not read, since it is for everything or another team, by what it watches.
 * @throws AppError `forbidden`.
 */
export async function nameRules(ctx: Ctx): Promise<ReadonlyMap<number, string>> {
  const teams = alertTeams(ctx.viewer);
  const isVisible = ({ teamKey }: { readonly teamKey: number }) => teams === "all" || teams.includes(teamKey);
  const rules = await listRules(ctx.db);
  return new Map(rules.map((rule) => [rule.key, isVisible(rule) ? rule.name : getRuleKind(rule.kind).title]));
}

/** Events, those that hold first. @throws AppError `forbidden`. */
export const listVisibleEvents = async (ctx: Ctx, limit: number, ruleKey?: number): Promise<AlertEvent[]> =>
  listEvents(ctx.db, alertTeams(ctx.viewer), limit, ruleKey);

/**
 * What is open of the rules of a kind, one for each page that it leads to: of several, about another period or of another rule, the newest.
 * @throws AppError `forbidden`.
 */
export async function listOpenOfKind(ctx: Ctx, kind: string): Promise<AlertEvent[]> {
  const teams = alertTeams(ctx.viewer);
  const rules = (await listRules(ctx.db)).filter((rule) => rule.kind === kind);
  const open = (await Promise.all(rules.map(({ key }) => listOpen(ctx.db, key)))).flat();
  const seen = open.filter(({ state, teamKey }) => state === "firing" && (teams === "all" || teams.includes(teamKey)));
  const byAge = seen.sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
  return [...new Map(byAge.map((event) => [event.detail.link, event])).values()];
}

/** Messages of the events that the viewer may read, the newest first; of tests and digests with access to all teams. */
export async function listVisibleDeliveries(
  ctx: Ctx,
  limit: number,
  filter: { readonly eventId?: string; readonly state?: string } = {},
): Promise<Delivery[]> {
  const teams = alertTeams(ctx.viewer);
  return listDeliveries(ctx.db, limit, teams === "all" ? filter : { ...filter, teams });
}

/** One message with every attempt. @throws AppError `forbidden`, `not_found`. */
export async function findVisibleDelivery(
  ctx: Ctx,
  key: number,
): Promise<{ delivery: Delivery; attempts: Attempt[] } | null> {
  const delivery = await findDelivery(ctx.db, key);
  if (!delivery) return null;
  const event = await findEvent(ctx.db, delivery.eventId);
  needAlertTeam(ctx.viewer, event?.teamKey ?? 0);
  return { delivery, attempts: await listAttempts(ctx.db, key) };
}

/** Channels by name, to choose from; their settings only for people who manage channels. @throws AppError `forbidden`. */
export async function listVisibleChannels(ctx: Ctx): Promise<ChannelRow[]> {
  alertTeams(ctx.viewer);
  const channels = await listChannels(ctx.db);
  return mayDo(ctx.viewer, "channels.manage") ? channels : channels.map((channel) => ({ ...channel, settings: "{}" }));
}

/** What channels are or were called, by key: messages stay when a channel is deleted. @throws AppError `forbidden`. */
export async function nameChannels(
  ctx: Ctx,
): Promise<Map<number, { readonly name: string; readonly isGone: boolean }>> {
  alertTeams(ctx.viewer);
  const channels = await listChannels(ctx.db, true);
  return new Map(channels.map(({ key, name, archivedAt }) => [key, { name, isGone: archivedAt !== null }]));
}

/** A channel with the names of its stored secrets. */
export interface ManagedChannel extends ChannelRow {
  readonly stored: readonly string[];
}

/** Channels by name, for people who manage them. @throws AppError `forbidden`. */
export async function listManagedChannels(ctx: Ctx): Promise<ManagedChannel[]> {
  allow(ctx.viewer, "channels.read");
  const [channels, secrets] = await Promise.all([listChannels(ctx.db), describeSecrets(ctx.db)]);
  return channels.map((channel) => ({
    ...channel,
    stored: secrets.filter(({ of }) => of === secretOwner(channel.key)).map(({ field }) => field),
  }));
}
