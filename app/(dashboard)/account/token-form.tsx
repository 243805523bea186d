import { ActionForm } from "@/components/ui/action-form.tsx";
import { CheckField, SelectField, TextField } from "@/components/ui/field.tsx";
import { newToken } from "./actions.ts";

const LIFETIMES = [30, 90, 180, 366];

interface Props {
  /** Scopes with which the viewer may do something. */
  readonly scopes: readonly string[];
  readonly teams: readonly { readonly value: string; readonly label: string }[];
}

/** A token to create. It is shown once, in the answer. */
export function TokenForm({ scopes, teams }: Props) {
  return (
    <ActionForm action={newToken} label="Create token" className="mt-4">
      <TextField label="What uses it" name="name" placeholder="monthly export" required />
      <fieldset className="text-xs text-faint">
        <legend className="mb-1">Scopes</legend>
        <span className="flex gap-3 text-ink">
          {scopes.map((scope) => (
            <CheckField key={scope} label={scope} name="scope" value={scope} checked={scope === "read"} />
          ))}
        </span>
      </fieldset>
      <SelectField label="Team" name="team" options={[{ value: "", label: "all teams that I see" }, ...teams]} />
      <SelectField
        label="Expires after"
        name="days"
        value="90"
        options={LIFETIMES.map((days) => ({ value: String(days), label: `${days} days` }))}
      />
    </ActionForm>
  );
}
