"use server";
import { revalidatePath } from "next/cache";
import { cookies } from "next/headers";
import { answer, field } from "@/app/answer.ts";
import { PREFERENCES, type PreferenceName, preferenceOf, ZONE_CHOICE, zoneOf } from "@/app/preferences.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { fieldError } from "@/lib/errors.ts";

const YEAR_SECONDS = 31_536_000;

/** Keeps what the reader prefers in this browser. The usual value of each is kept as no cookie at all. */
export async function savePreferences(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async () => {
    const chosen: [string, string][] = (Object.keys(PREFERENCES) as PreferenceName[]).map((name) => {
      const value = preferenceOf(name, field(form, name));
      if (value === undefined) throw fieldError(name, "Choose one of the list.");
      return [name, value];
    });
    const zone = field(form, ZONE_CHOICE);
    if (zone && !zoneOf(zone)) throw fieldError(ZONE_CHOICE, "There is no such time zone. Write it as Europe/Berlin.");
    chosen.push([ZONE_CHOICE, zone]);
    const usual = new Set(["", "system", "normal", "this-month"]);
    const store = await cookies();
    for (const [name, value] of chosen) {
      if (usual.has(value)) store.delete(name);
      else store.set(name, value, { path: "/", maxAge: YEAR_SECONDS, sameSite: "lax" });
    }
    revalidatePath("/", "layout");
    return "Saved in this browser.";
  }, form);
}
