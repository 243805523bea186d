"use server";
import { revalidatePath } from "next/cache";
import { answer, chargeSoon, dayField, dayKeyField, field } from "@/app/answer.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { dropPolicy, setChargeSettings, setPolicy } from "@/lib/allocation/policy-changes.ts";
import type { ChargeSettings, CostClass, ShareMethod } from "@/lib/allocation/types.ts";
import { fieldError } from "@/lib/errors.ts";

const AGAIN = "Charges from that day on are being recalculated.";
const POLICY = { clusterId: "cluster", costClass: "class", fromDay: "day", sure: "sure" };
const SETTINGS = {
  fromDay: "day",
  "settings.cpu": "cpu",
  "settings.memory": "memory",
  "settings.gpuMemory": "gpuMemory",
  "settings.chargeUnusedQuota": "unusedQuota",
};

export async function savePolicy(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(
    async (ctx) => {
      if (field(form, "sure") !== "yes")
        throw fieldError("sure", "Read the preview first, then confirm that you have read it.");
      const policy = {
        clusterId: field(form, "cluster"),
        costClass: field(form, "class") as CostClass,
        method: field(form, "method") as ShareMethod,
        fromDay: dayField(form, "day"),
      };
      await setPolicy(ctx, policy, field(form, "reason"));
      chargeSoon(ctx);
      revalidatePath("/policies");
      return `Saved. ${AGAIN}`;
    },
    form,
    POLICY,
  );
}

export async function takeBack(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(
    async (ctx) => {
      const identity = {
        clusterId: field(form, "cluster"),
        costClass: field(form, "class") as CostClass,
        fromDay: dayKeyField(form, "day"),
      };
      await dropPolicy(ctx, identity, field(form, "reason"));
      chargeSoon(ctx);
      revalidatePath("/policies");
      return `Withdrawn. ${AGAIN}`;
    },
    form,
    POLICY,
  );
}

export async function saveSettings(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(
    async (ctx) => {
      const settings = {
        cpu: field(form, "cpu"),
        memory: field(form, "memory"),
        gpuMemory: field(form, "gpuMemory"),
        chargeUnusedQuota: field(form, "unusedQuota") === "on",
      } as ChargeSettings;
      await setChargeSettings(ctx, { fromDay: dayField(form, "day"), settings }, field(form, "reason"));
      chargeSoon(ctx);
      revalidatePath("/policies");
      return `Saved. ${AGAIN}`;
    },
    form,
    SETTINGS,
  );
}
