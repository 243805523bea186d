"use server";
import { revalidatePath } from "next/cache";
import { answer, chargeSoon, field } from "@/app/answer.ts";
import type { Answer } from "@/components/action-form.tsx";
import { dropPolicy, setChargeSettings, setPolicy } from "@/lib/allocation/policy-changes.ts";
import type { ChargeSettings, CostClass, ShareMethod } from "@/lib/allocation/types.ts";
import { parseDay } from "@/lib/time.ts";

const AGAIN = "Days from it on are charged again now; figures follow within moments.";

export async function savePolicy(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const policy = {
      clusterId: field(form, "cluster"),
      costClass: field(form, "class") as CostClass,
      method: field(form, "method") as ShareMethod,
      fromDay: parseDay(field(form, "day")),
    };
    await setPolicy(ctx, policy, field(form, "reason"));
    chargeSoon(ctx);
    revalidatePath("/policies");
    return `Saved. ${AGAIN}`;
  });
}

export async function takeBack(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const identity = {
      clusterId: field(form, "cluster"),
      costClass: field(form, "class") as CostClass,
      fromDay: Number(field(form, "day")),
    };
    await dropPolicy(ctx, identity, field(form, "reason"));
    chargeSoon(ctx);
    revalidatePath("/policies");
    return `Taken back. ${AGAIN}`;
  });
}

export async function saveSettings(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const settings = {
      cpu: field(form, "cpu"),
      memory: field(form, "memory"),
      gpuMemory: field(form, "gpuMemory"),
      chargeUnusedQuota: field(form, "unusedQuota") === "on",
    } as ChargeSettings;
    await setChargeSettings(ctx, { fromDay: parseDay(field(form, "day")), settings }, field(form, "reason"));
    chargeSoon(ctx);
    revalidatePath("/policies");
    return `Saved. ${AGAIN}`;
  });
}
