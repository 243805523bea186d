import type { Metadata } from "next";
import { cookies } from "next/headers";
import { readInput, type Search } from "@/app/page-input.ts";
import { PREFERENCES, preferenceOf, ZONE_CHOICE, zoneOf } from "@/app/preferences.ts";
import { PageHeader } from "@/components/page-header.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { savePreferences } from "./actions.ts";

export const metadata: Metadata = { title: "Preferences" };

/** `last-7-days` → Last 7 days. */
const words = (name: string): string => name.replaceAll("-", " ").replace(/^./, (c) => c.toUpperCase());
const options = (list: readonly string[]) => list.map((value) => ({ value, label: words(value) }));

/** How the reader wants pages to look: open to everybody who is signed in, since it concerns their browser alone. */
export default async function PreferencesPage({ searchParams }: { searchParams: Search }) {
  const { zone, billingZone } = await readInput(searchParams);
  const store = await cookies();
  const chosenOf = (name: keyof typeof PREFERENCES, usual: string) =>
    preferenceOf(name, store.get(name)?.value) ?? usual;
  const chosen = zoneOf(store.get(ZONE_CHOICE)?.value) ?? "";
  return (
    <>
      <PageHeader title="Preferences" trail={[{ label: "Account", href: "/account" }]}>
        Kept in this browser. They change how pages look, and no figure.
      </PageHeader>
      <ActionForm stacked action={savePreferences} label="Save preferences">
        <div className="grid max-w-md gap-4">
          <SelectField
            label="Theme"
            name="theme"
            value={chosenOf("theme", "system")}
            options={options(PREFERENCES.theme)}
          />
          <SelectField
            label="Rows of tables"
            name="density"
            value={chosenOf("density", "normal")}
            options={options(PREFERENCES.density)}
          />
          <SelectField
            label="Usual period"
            hint="Of pages whose address names no period. To share what you see, choose the period on the page."
            name="usual-period"
            value={chosenOf("usual-period", "this-month")}
            options={options(PREFERENCES["usual-period"])}
          />
          <TextField
            label="Time zone"
            hint={`Empty: that of this browser (now ${zone}). Billing days are always of ${billingZone}.`}
            name={ZONE_CHOICE}
            value={chosen}
            placeholder="Europe/Berlin"
          />
        </div>
      </ActionForm>
    </>
  );
}
