import type { Params } from "@/components/href.ts";
import { AddressForm } from "@/components/ui/address-form.tsx";
import { Button } from "@/components/ui/button.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { RULE_KINDS } from "@/lib/attribution/types.ts";
import type { FieldProblems } from "@/lib/errors.ts";

interface Props {
  readonly params: Params;
  /** What is wrong with which field. */
  readonly problems: FieldProblems;
  readonly teams: readonly { readonly key: number; readonly name: string }[];
  readonly clusters: readonly { readonly id: string; readonly name: string }[];
  readonly places: readonly { readonly value: string; readonly label: string }[];
}

/** The draft as a form of the address: each change shows its effect, and a link shows what its sender saw. */
export function RuleFields({ params, problems, teams, clusters, places }: Props) {
  const { act = "add", id = "" } = params;
  const isDraft = act === "add" || act === "change";
  return (
    <AddressForm action="/teams/rules" live fields={{ act, id }} problems={problems}>
      {isDraft && <Match params={params} teams={teams} clusters={clusters} />}
      {(act === "add" || act === "move") && (
        <SelectField
          label="Priority"
          name="before"
          value={params.before ?? ""}
          options={[{ value: "", label: "last" }, ...places]}
        />
      )}
      <TextField
        label={act === "end" ? "Ends before (this day no longer counts)" : "From"}
        name="day"
        type="date"
        value={params.day ?? ""}
        required
      />
      {isDraft && <TextField label="Ends before (optional)" name="until" type="date" value={params.until ?? ""} />}
      <div className="sm:pt-5.5">
        <Button type="submit">Preview</Button>
      </div>
    </AddressForm>
  );
}

function Match({ params, teams, clusters }: Pick<Props, "params" | "teams" | "clusters">) {
  const cluster = [{ value: "", label: "every cluster" }, ...clusters.map((c) => ({ value: c.id, label: c.name }))];
  const team = [{ value: "", label: "Choose…" }, ...teams.map((t) => ({ value: String(t.key), label: t.name }))];
  return (
    <>
      <SelectField
        label="Match by"
        name="kind"
        value={params.kind ?? "project"}
        options={RULE_KINDS.map((value) => ({ value, label: value }))}
      />
      {params.kind === "label" && (
        <TextField label="Label" name="label" value={params.label ?? ""} placeholder="ai-finops.io/team" required />
      )}
      <TextField
        label="Pattern (* = wildcard)"
        name="pattern"
        value={params.pattern ?? ""}
        placeholder="vision*"
        required
      />
      <SelectField label="Cluster" name="cluster" value={params.cluster ?? ""} options={cluster} />
      <SelectField label="Team" name="team" value={params.team ?? ""} options={team} required />
    </>
  );
}
