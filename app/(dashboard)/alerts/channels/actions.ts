"use server";
import { revalidatePath } from "next/cache";
import { answer, field, keyField } from "@/app/answer.ts";
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

/** What the form calls a field: a name with "secret" in it is never sent back. */
const inputName = ({ name, secret }: { readonly name: string; readonly secret?: true }): string =>
  secret ? `secret-${name}` : `plain-${name}`;

/** Adds a channel, or changes the one that is named. */
export async function saveChannel(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const kind = getChannelKind(field(form, "kind"));
    const names = Object.fromEntries(kind.fields.map((one) => [one.name, inputName(one)]));
    const fields = Object.fromEntries(kind.fields.map((one) => [one.name, field(form, inputName(one))]));
    const input = {
      kind: kind.kind,
      name: field(form, "name"),
      ratePerMinute: Number(field(form, "ratePerMinute") || 30),
      fields,
    };
    const channel = field(form, "channel");
    try {
      if (channel) await changeChannel(ctx, secretKeys(env()), Number(channel), input);
      else await addChannel(ctx, secretKeys(env()), input);
    } catch (error) {
      throw named(error, names);
    }
    refresh();
    return channel ? "Saved." : "Channel added. Send a test message, then choose it in a rule.";
  }, form);
}

/** The same error with its fields under the names of the form. */
function named(error: unknown, names: Readonly<Record<string, string>>): unknown {
  if (!(error instanceof AppError) || !error.fields) return error;
  const fields = Object.fromEntries(
    Object.entries(error.fields).map(([name, problem]) => [names[name] ?? name, problem]),
  );
  return new AppError(error.code, error.message, { fields });
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
