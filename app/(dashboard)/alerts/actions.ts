"use server";
import { revalidatePath } from "next/cache";
import { answer, field, keyField } from "@/app/answer.ts";
import type { Answer } from "@/components/ui/field.tsx";
import {
  acknowledge,
  addRecommended,
  addRule,
  alertSettingsOf,
  archiveRule,
  changeRule,
  muteRule,
  type RuleInput,
  retryDelivery,
  setRuleEnabled,
  setTeamDigest,
} from "@/lib/alerts/index.ts";
import { getRuleKind } from "@/lib/alerts/rules/index.ts";
import type { Mode, Severity } from "@/lib/alerts/types.ts";
import { env } from "@/lib/env.ts";
import { counted } from "@/lib/format.ts";
import { readDuration, readMinute, readThreshold } from "./words.ts";

const refresh = () => revalidatePath("/alerts", "layout");

const ROUTE = "channel-";

function ruleOf(form: FormData): RuleInput {
  const kind = getRuleKind(field(form, "kind"));
  const routes = [...form.keys()]
    .filter((name) => name.startsWith(ROUTE) && field(form, name) !== "")
    .map((name) => ({ channelKey: Number(name.slice(ROUTE.length)), mode: field(form, name) as Mode }));
  return {
    ...{ kind: kind.kind, name: field(form, "name"), teamKey: keyField(form, "team"), routes },
    threshold: kind.threshold ? readThreshold(kind.threshold, field(form, "threshold")) : 0,
    severity: field(form, "severity") as Severity,
    holdSeconds: readDuration(field(form, "hold"), "hold"),
    repeatSeconds: readDuration(field(form, "repeat"), "repeat"),
    escalateSeconds: readDuration(field(form, "escalate"), "escalate"),
    ...{
      quietFrom: readMinute(field(form, "quietFrom"), "quietFrom"),
      quietUntil: readMinute(field(form, "quietUntil"), "quietUntil"),
    },
    people: field(form, "people") === "on",
    ...{ titleTemplate: field(form, "titleTemplate"), summaryTemplate: field(form, "summaryTemplate") },
  };
}

const NAMES = { holdSeconds: "hold", repeatSeconds: "repeat", escalateSeconds: "escalate", teamKey: "team" };

/** Adds a rule, or changes the one that is named. */
export async function saveRule(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(
    async (ctx) => {
      const rule = field(form, "rule");
      if (rule) await changeRule(ctx, keyField(form, "rule"), ruleOf(form));
      else await addRule(ctx, ruleOf(form));
      refresh();
      return rule ? "Saved." : "Rule added. It is evaluated within a minute.";
    },
    form,
    NAMES,
  );
}

export async function recommend(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const added = await addRecommended(ctx);
    refresh();
    return `${counted(added, "rule")} added.`;
  }, form);
}

export async function mute(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(
    async (ctx) => {
      const seconds = readDuration(field(form, "for"), "for");
      await muteRule(ctx, keyField(form, "rule"), seconds ? ctx.now() + seconds : null, field(form, "reason"));
      refresh();
      return seconds ? "Muted." : "No longer muted.";
    },
    form,
    { until: "for" },
  );
}

export async function enable(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const on = field(form, "on") === "yes";
    await setRuleEnabled(ctx, keyField(form, "rule"), on);
    refresh();
    return on ? "Switched on." : "Switched off. What it opened is resolved.";
  }, form);
}

export async function removeRule(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await archiveRule(ctx, keyField(form, "rule"), field(form, "reason"));
    refresh();
    return "Deleted. Its events stay.";
  }, form);
}

/** Begins, changes or ends a digest whose receiver is a team. */
export async function setDigest(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(
    async (ctx) => {
      const mode = field(form, "mode") as "daily" | "weekly" | "never";
      await setTeamDigest(ctx, { teamKey: keyField(form, "team"), channelKey: keyField(form, "channel"), mode });
      refresh();
      return mode === "never" ? "That digest has ended." : "Saved. The next one leaves at 08:00 if anything happened.";
    },
    form,
    { teamKey: "team", channelKey: "channel" },
  );
}

export async function takeCare(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await acknowledge(ctx, alertSettingsOf(env()), field(form, "event"), field(form, "reason"));
    refresh();
    return "Acknowledged. Everybody who heard of it hears of this.";
  }, form);
}

export async function sendAgain(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await retryDelivery(ctx, keyField(form, "message"));
    refresh();
    return "It is sent again within seconds.";
  }, form);
}
