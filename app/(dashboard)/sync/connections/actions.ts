"use server";
import { revalidatePath } from "next/cache";
import { answer, field, keyField } from "@/app/answer.ts";
import { atKindFields, kindFields } from "@/app/kind-fields.ts";
import type { Answer } from "@/components/ui/field.tsx";
import {
  addConnection,
  changeConnection,
  forgetName,
  nameCluster,
  pauseConnection,
  removeConnection,
  resumeConnection,
  testStored,
} from "@/lib/connections/index.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { getConnectionKind } from "@/lib/sources/index.ts";

const refresh = () => revalidatePath("/sync", "layout");

/** Adds a connection, or changes the one that is named. */
export async function saveConnection(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const kind = getConnectionKind(field(form, "kind"));
    const key = keyField(form, "connection");
    const given = { title: field(form, "title"), fields: kindFields(form, kind.form.fields) };
    await atKindFields(kind.form.fields, async () => {
      if (key) await changeConnection(ctx, env(), secretKeys(env()), key, given);
      else await addConnection(ctx, env(), secretKeys(env()), { kind: kind.name, name: field(form, "name"), ...given });
    });
    refresh();
    return key ? "Saved. The next sync uses it." : "Connection added. Test it; the next sync reads it.";
  }, form);
}

export async function test(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const { ok, message } = await testStored(ctx, env(), secretKeys(env()), keyField(form, "connection"));
    if (!ok) throw new AppError("source_unavailable", message);
    return message;
  }, form);
}

export async function pause(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await pauseConnection(ctx, keyField(form, "connection"), field(form, "reason"));
    refresh();
    return "Paused. It is not asked from the next sync on.";
  }, form);
}

export async function resume(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await resumeConnection(ctx, keyField(form, "connection"));
    refresh();
    return "Resumed. The next sync reads what was left out, too.";
  }, form);
}

export async function remove(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await removeConnection(ctx, keyField(form, "connection"), field(form, "reason"));
    refresh();
    return "Removed, with its secrets. What it read stays.";
  }, form);
}

export async function sayCluster(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const given = { source: field(form, "source"), name: field(form, "name"), cluster: field(form, "cluster") };
    await nameCluster(ctx, given);
    refresh();
    return "Saved. It counts from the next sync on.";
  }, form);
}

export async function forget(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await forgetName(ctx, field(form, "source"), field(form, "name"));
    refresh();
    return "Taken back.";
  }, form);
}
