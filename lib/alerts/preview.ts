import { z } from "zod";
import { listTeams } from "@/lib/attribution/team-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { formatMoney } from "@/lib/format.ts";
import { parseInput } from "@/lib/input.ts";
import { DAY } from "@/lib/time.ts";
import type { AlertEvent } from "./advance.ts";
import { samplesSince } from "./cards/past-load.ts";
import { checkedRule, ownedRule, type RuleInput, TEMPLATES } from "./change-rule.ts";
import { CHANNELS, type ChannelDefinition } from "./channels/index.ts";
import { listEvents } from "./event-store.ts";
import { messageOf } from "./message.ts";
import { getRuleKind, type Happening } from "./rules/index.ts";
import { alertTeams } from "./scope.ts";
import { detailSchema, type Message } from "./types.ts";

export interface RulePreview {
  readonly days: number;
  /** Null: the past cannot be read. */
  readonly happenings: readonly Happening[] | null;
}

/** What a rule would have notified in the last 90 days. @throws as `checkedRule`. */
export async function previewRule(ctx: Ctx, given: RuleInput, days = 90): Promise<RulePreview> {
  const { input, kind } = await checkedRule(ctx, given);
  const span = { start: ctx.now() - days * DAY, end: ctx.now() };
  const asked = { teamKey: input.teamKey, threshold: input.threshold, since: span.start };
  const happenings = await kind.history(ctx, asked, span);
  if (!kind.ofSamples) return { days, happenings };
  const since = await samplesSince(ctx);
  if (since === null) return { days: 0, happenings: null };
  return { days: Math.min(days, Math.ceil((span.end - since) / DAY)), happenings };
}

const templatesInput = z.object(TEMPLATES);
type Templates = Partial<z.input<typeof templatesInput>>;

/** A rule that is there, or what is to become one. */
export type PreviewedRule = { readonly key: number } | RuleInput;

interface Previewed {
  /** 0: it is not there yet. */
  readonly key: number;
  readonly kind: string;
  readonly name: string;
  readonly teamKey: number;
  readonly severity: AlertEvent["severity"];
  readonly titleTemplate: string;
  readonly summaryTemplate: string;
}

/**
 * The messages of a rule when it fires and, where its kind ends, when that no longer holds: about its newest event, or about the example of its
 * kind. @param templates instead of those that are saved.
 * @throws AppError `not_found`, `forbidden`; `invalid` by field for templates and for a rule that cannot be added.
 */
export async function previewMessages(
  ctx: Ctx,
  of: PreviewedRule,
  url: string,
  templates: Templates = {},
): Promise<readonly Message[]> {
  const saved: Previewed =
    "key" in of ? await ownedRule(ctx, ctx.db, of.key) : { key: 0, ...(await checkedRule(ctx, of)).input };
  const { titleTemplate = saved.titleTemplate, summaryTemplate = saved.summaryTemplate } = templates;
  const rule = { ...saved, ...parseInput(templatesInput, { titleTemplate, summaryTemplate }) };
  const [newest] = rule.key ? await listEvents(ctx.db, alertTeams(ctx.viewer), 1, rule.key) : [];
  const team = (await listTeams(ctx.db)).find((t) => t.key === (newest?.teamKey ?? rule.teamKey))?.name ?? "";
  const event = newest ?? exampleOf(ctx, rule, team);
  const now = ctx.now();
  const named = { rule, team, url };
  const trigger = messageOf({ event: { ...event, resolvedAt: null }, change: "trigger", notBefore: 0 }, now, named);
  if (getRuleKind(rule.kind).once) return [trigger];
  const over = { ...event, state: "resolved" as const, resolvedAt: event.resolvedAt ?? now };
  return [trigger, messageOf({ event: over, change: "resolve", notBefore: 0 }, now, named)];
}

function exampleOf(ctx: Ctx, { key, kind, teamKey, severity }: Previewed, team: string): AlertEvent {
  const money = (micros: number) => formatMoney(micros, ctx.ledger.currency);
  const { title, ...detail } = getRuleKind(kind).sample(money, team);
  return {
    ...{ id: "example", ruleKey: key, subject: "example", teamKey, severity, state: "firing", level: 0, title },
    ...{ detail: detailSchema.parse(detail), sequence: 1, step: 0, notifiedAt: null },
    ...{ startedAt: ctx.now(), firedAt: ctx.now(), resolvedAt: null, acknowledgedAt: null, acknowledgedBy: "" },
  };
}

/** What people read of a message in one kind of channel. */
export interface Seen {
  readonly channel: string;
  /** Null: nothing; it closes or acknowledges what is there, or is not sent there. */
  readonly seen: ReturnType<ChannelDefinition["seen"]>;
}

/** A message as every kind of channel shows it. */
export const seenBy = (message: Message): readonly Seen[] =>
  CHANNELS.map(({ title, seen, skips }) => ({ channel: title, seen: skips?.(message) ? null : seen(message) }));
