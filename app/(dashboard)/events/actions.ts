"use server";
import { revalidatePath } from "next/cache";
import { answer, field, keyField } from "@/app/answer.ts";
import { atKindFields, kindFields } from "@/app/kind-fields.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { getDestinationKind } from "@/lib/events/destinations/index.ts";
import {
  addDestination,
  archiveDestination,
  changeDestination,
  eventMeansOf,
  pauseDestination,
  sendRefusedAgain,
  sendTo,
} from "@/lib/events/index.ts";
import { mappingSchema } from "@/lib/events/types.ts";
import { counted } from "@/lib/format.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { parseEdge } from "@/lib/time.ts";

const PAGE = "/events";
const MAPPED = Object.keys(mappingSchema.shape);

const keyOf = (form: FormData): number => keyField(form, "destination");

/** Adds a destination, or changes the one that is named. */
export async function saveDestination(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const kind = getDestinationKind(field(form, "kind"));
    const shown = [...kind.fields, ...MAPPED.map((name) => ({ name }))];
    const input = { kind: kind.kind, name: field(form, "name"), fields: kindFields(form, shown) };
    const destination = keyOf(form);
    await atKindFields(shown, async () => {
      if (destination) await changeDestination(ctx, secretKeys(env()), destination, input);
      else {
        const from = field(form, "from");
        await addDestination(ctx, secretKeys(env()), input, from ? parseEdge(from, ctx.ledger.zone) : ctx.now());
      }
    });
    revalidatePath(PAGE);
    return destination ? "Saved." : "Destination added. Usage leaves within a minute of the next metered hour.";
  }, form);
}

export async function sendNow(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const key = keyOf(form);
    if (field(form, "refused")) await sendRefusedAgain(ctx, key);
    const result = await sendTo(
      ctx,
      eventMeansOf(env(), () => ctx.now() * 1000),
      key,
      { now: true },
    );
    revalidatePath(PAGE);
    if (!result) throw new AppError("conflict", "Not sent: it is paused, or another process is sending.");
    if (result.error) throw new AppError("source_unavailable", `Not sent: ${result.error}`);
    return `${counted(result.sent, "event")} sent, ${result.refused} refused.`;
  }, form);
}

export async function setPaused(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const isPaused = field(form, "paused") === "yes";
    await pauseDestination(ctx, keyOf(form), isPaused);
    revalidatePath(PAGE);
    return isPaused ? "Paused. Usage is kept for it." : "In use again.";
  }, form);
}

export async function remove(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await archiveDestination(ctx, keyOf(form), field(form, "reason"));
    revalidatePath(PAGE);
    return "Deleted, with its secrets. What was sent stays at the receiver.";
  }, form);
}
