import { listTeams } from "@/lib/attribution/team-store.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import type { AlertEvent } from "./advance.ts";
import { findChannel } from "./channel-store.ts";
import { PERSONAL_CHANNEL } from "./channels/index.ts";
import { findEvent, saveEvents } from "./event-store.ts";
import { writeNotice } from "./notify.ts";
import { findDelivery, isSuperseded, reviveDelivery } from "./outbox/store.ts";
import { findRule, listRoutes } from "./rule-store.ts";
import { getRuleKind } from "./rules/index.ts";
import { alertTeams, needAlertTeam } from "./scope.ts";
import type { AlertSettings } from "./settings.ts";

/** An event that the viewer may answer. @throws AppError `not_found`, `forbidden`. */
async function owned(ctx: Ctx, db: Parameters<typeof findEvent>[0], id: string): Promise<AlertEvent> {
  allow(ctx.viewer, "alerts.manage");
  const event = await findEvent(db, id);
  const teams = alertTeams(ctx.viewer, "alerts.manage");
  if (event?.teamKey === 0) needAlertTeam(ctx.viewer, 0, "alerts.manage");
  // In the same words, whether it is not there or somebody else's.
  else if (!event || (teams !== "all" && !teams.includes(event.teamKey)))
    throw new AppError("not_found", "There is no such alert.");
  return event;
}

/**
 * Somebody takes care of an alert: it is not repeated or escalated any longer, until it gets worse. Everybody who heard of it hears of this.
 * @throws AppError `conflict` where it is over or acknowledged.
 */
export async function acknowledge(ctx: Ctx, settings: AlertSettings, id: string, reason = ""): Promise<void> {
  const teams = await listTeams(ctx.db);
  await ctx.db.write(async (tx) => {
    const event = await owned(ctx, tx, id);
    if (event.state !== "firing") throw new AppError("conflict", "This alert is not open.");
    if (event.acknowledgedAt !== null)
      throw new AppError("conflict", `${event.acknowledgedBy} acknowledged it already.`);
    const rule = await findRule(tx, event.ruleKey);
    if (!rule) throw new AppError("not_found", "The rule of this alert was deleted.");
    const next = { ...event, acknowledgedAt: ctx.now(), acknowledgedBy: ctx.viewer.id, sequence: event.sequence + 1 };
    await saveEvents(tx, [next]);
    const teamName = (key: number) => teams.find((team) => team.key === key)?.name ?? "";
    const by = { rule, kind: getRuleKind(rule.kind), routes: await listRoutes(tx, rule.key), settings, teamName };
    await writeNotice(tx, ctx, by, { event: next, change: "acknowledge", notBefore: ctx.now() });
    const act = {
      action: "alerts.manage",
      subject: `alert/${id}`,
      before: null,
      after: { acknowledged: true },
      reason,
    } as const;
    await recordAct(tx, ctx, act);
  });
}

/** @throws AppError `conflict` where the channel of a message no longer takes any. */
async function needChannel(db: Parameters<typeof findChannel>[0], key: number): Promise<void> {
  if (key === PERSONAL_CHANNEL) return;
  const channel = await findChannel(db, key);
  if (!channel || channel.archivedAt !== null)
    throw new AppError(
      "conflict",
      `The channel of this message${channel ? `, "${channel.name}",` : ""} was deleted: it cannot be sent there again.`,
    );
  if (channel.disabledAt !== null)
    throw new AppError(
      "conflict",
      `The channel "${channel.name}" is disabled: ${channel.disabledReason} Save the channel to use it again, then send this again.`,
    );
}

/**
 * Sends a message again that was given up. @throws AppError `conflict` where it was not, where a later one has arrived, or where its channel was
 * deleted or disabled.
 */
export async function retryDelivery(ctx: Ctx, key: number): Promise<void> {
  allow(ctx.viewer, "alerts.manage");
  await ctx.db.write(async (tx) => {
    const delivery = await findDelivery(tx, key);
    if (!delivery) throw new AppError("not_found", `There is no message ${key}.`);
    const event = await findEvent(tx, delivery.eventId);
    needAlertTeam(ctx.viewer, event?.teamKey ?? 0, "alerts.manage");
    await needChannel(tx, delivery.channelKey);
    if (await isSuperseded(tx, delivery))
      throw new AppError(
        "conflict",
        "A later message about the same thing has arrived there: this one would contradict it.",
      );
    if (!(await reviveDelivery(tx, key, ctx.now()))) throw new AppError("conflict", "This message was not given up.");
    const act = {
      action: "alerts.manage",
      subject: `alert/${delivery.eventId}`,
      before: null,
      after: { retry: key },
      reason: "",
    } as const;
    await recordAct(tx, ctx, act);
  });
}
