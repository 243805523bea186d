"use server";
import { revalidatePath } from "next/cache";
import { answer, field, keyField } from "@/app/answer.ts";
import { atKindFields, kindFields } from "@/app/kind-fields.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { getChannelKind } from "@/lib/alerts/channels/index.ts";
import {
  addChannel,
  alertSettingsOf,
  archiveChannel,
  changeChannel,
  sendingOf,
  testChannel,
} from "@/lib/alerts/index.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { secretKeys } from "@/lib/secrets/index.ts";

const refresh = () => revalidatePath("/alerts", "layout");

/** Adds a channel, or changes the one that is named. */
export async function saveChannel(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const kind = getChannelKind(field(form, "kind"));
    const input = {
      kind: kind.kind,
      name: field(form, "name"),
      ratePerMinute: Number(field(form, "ratePerMinute") || 30),
      fields: kindFields(form, kind.fields),
    };
    const channel = keyField(form, "channel");
    await atKindFields(kind.fields, async () => {
      if (channel) await changeChannel(ctx, secretKeys(env()), channel, input);
      else await addChannel(ctx, secretKeys(env()), input);
    });
    refresh();
    return channel ? "Saved." : "Channel added. Send a test message, then choose it in a rule.";
  }, form);
}

export async function test(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const sending = sendingOf(env(), () => ctx.now() * 1000);
    const { state, status, error } = await testChannel(ctx, sending, alertSettingsOf(env()), keyField(form, "channel"));
    refresh();
    const answered = status ? ` The receiver answered ${status}.` : "";
    if (state === "sent") return `Sent.${answered}`;
    if (state === "accepted") return `Accepted, which does not say that it was shown: look there.${answered}`;
    throw new AppError("source_unavailable", `Not sent: ${error || state}.${answered}`);
  }, form);
}

export async function remove(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await archiveChannel(ctx, keyField(form, "channel"), field(form, "reason"));
    refresh();
    return "Deleted, with its secrets. Rules no longer send there.";
  }, form);
}
