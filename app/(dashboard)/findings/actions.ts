"use server";
import { revalidatePath } from "next/cache";
import { answer, dayField, field } from "@/app/answer.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { env } from "@/lib/env.ts";
import {
  acknowledgeFinding,
  answerDispute,
  disputeFinding,
  reopenFinding,
  resolveFinding,
  snoozeFinding,
} from "@/lib/insights/findings/acts.ts";
import { dayOfKey } from "@/lib/time.ts";

const NAMES = { reason: "reason", until: "until", verdict: "verdict" };

/** Does something with a finding, and shows the page as it is now. */
async function act(body: Parameters<typeof answer>[0], form: FormData): Promise<Answer> {
  const done = await answer(body, form, NAMES);
  if (done.ok) for (const path of ["/findings", "/suspicious", "/idle"]) revalidatePath(path, "layout");
  return done;
}

export async function acknowledge(_: Answer | null, form: FormData): Promise<Answer> {
  return act(async (ctx) => {
    await acknowledgeFinding(ctx, { finding: field(form, "finding") });
    return "Acknowledged.";
  }, form);
}

export async function snooze(_: Answer | null, form: FormData): Promise<Answer> {
  return act(async (ctx) => {
    const until = dayOfKey(dayField(form, "until"), env().BILLING_TIME_ZONE).start;
    await snoozeFinding(ctx, { finding: field(form, "finding"), reason: field(form, "reason"), until });
    return "Snoozed. It comes back by itself.";
  }, form);
}

export async function dispute(_: Answer | null, form: FormData): Promise<Answer> {
  return act(async (ctx) => {
    const verdict = field(form, "verdict") as "expected" | "wrong";
    await disputeFinding(ctx, { finding: field(form, "finding"), reason: field(form, "reason"), verdict });
    return "Disputed. An administrator answers.";
  }, form);
}

export async function resolve(_: Answer | null, form: FormData): Promise<Answer> {
  return act(async (ctx) => {
    await resolveFinding(ctx, { finding: field(form, "finding"), reason: field(form, "reason") });
    return "Resolved. It opens again if it is still seen in an hour.";
  }, form);
}

export async function reopen(_: Answer | null, form: FormData): Promise<Answer> {
  return act(async (ctx) => {
    await reopenFinding(ctx, { finding: field(form, "finding"), reason: field(form, "reason") });
    return "Open again.";
  }, form);
}

export async function settle(_: Answer | null, form: FormData): Promise<Answer> {
  return act(async (ctx) => {
    const accept = field(form, "accept") === "yes";
    const until = accept ? dayOfKey(dayField(form, "until"), env().BILLING_TIME_ZONE).start : null;
    await answerDispute(ctx, { finding: field(form, "finding"), reason: field(form, "reason"), accept, until });
    return accept ? "Accepted: the rule leaves the workload alone until then." : "Refused: the finding is open.";
  }, form);
}
