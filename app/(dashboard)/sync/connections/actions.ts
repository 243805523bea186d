"use server";
import { revalidatePath } from "next/cache";
import { answer, field, keyField } from "@/app/answer.ts";
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

/** What the form calls a field: a name with "secret" in it is never sent back. */
const inputName = ({ name, secret }: { readonly name: string; readonly secret?: true }): string =>
  secret ? `secret-${name}` : `plain-${name}`;

/** Adds a connection, or changes the one that is named. */
export async function saveConnection(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const kind = getConnectionKind(field(form, "kind"));
    const names = Object.fromEntries(kind.form.fields.map((one) => [one.name, inputName(one)]));
    const fields = Object.fromEntries(kind.form.fields.map((one) => [one.name, field(form, inputName(one))]));
    const [key, title] = [field(form, "connection"), field(form, "title")];
    try {
      if (key) await changeConnection(ctx, env(), secretKeys(env()), Number(key), { title, fields });
      else
        await addConnection(ctx, env(), secretKeys(env()), {
          kind: kind.name,
          name: field(form, "name"),
          title,
          fields,
        });
    } catch (error) {
      throw named(error, names);
    }
    refresh();
    return key ? "Saved. The next sync uses it." : "Connection added. Test it; the next sync reads it.";
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
