import { inputName } from "@/app/kind-fields.ts";
import type { PageInput } from "@/app/page-input.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { readerFor } from "@/lib/auth/allow.ts";
import { env } from "@/lib/env.ts";
import type { DestinationDefinition, DestinationField } from "@/lib/events/destinations/index.ts";
import { previewEvent } from "@/lib/events/index.ts";
import type { ListedDestination } from "@/lib/events/list.ts";
import { mappingSchema, SUBJECTS } from "@/lib/events/types.ts";
import { describeSecrets } from "@/lib/secrets/index.ts";
import { saveDestination } from "./actions.ts";

interface EditorProps {
  readonly input: PageInput;
  readonly kind: DestinationDefinition;
  readonly edited: ListedDestination | undefined;
}

export async function Editor({ input: { ctx }, kind, edited }: EditorProps) {
  const stored = edited
    ? (await describeSecrets(readerFor(ctx, "events.manage"), `destination/${edited.key}`)).map((s) => s.field)
    : [];
  const given = edited ? (JSON.parse(edited.settings) as Record<string, string>) : {};
  const event = await previewEvent(ctx, mappingSchema.parse(given), env().BUCKET_SECONDS);
  return (
    <div className="mt-4 grid gap-4">
      <p className="max-w-prose text-sm text-soft">{kind.help}</p>
      <ActionForm
        key={edited?.key ?? kind.kind}
        action={saveDestination}
        label={edited ? "Save destination" : "Add destination"}
        fields={{ kind: kind.kind, destination: edited ? String(edited.key) : "" }}
      >
        <TextField label="Name" name="name" value={edited?.name ?? kind.title} required />
        {kind.fields.map((field) => (
          <KindField key={field.name} field={field} value={given[field.name]} isStored={stored.includes(field.name)} />
        ))}
        <MappingFields given={given} />
        {!edited && (
          <TextField
            label="Usage from"
            name="from"
            placeholder="2026-11-01"
            hint="A day or an instant. Empty: from now on."
          />
        )}
      </ActionForm>
      <details open={edited !== undefined} className="text-sm">
        <summary className="cursor-pointer text-soft hover:text-ink">
          Preview of an event, with the saved settings
        </summary>
        <pre className="mt-2 max-h-96 overflow-auto rounded-md bg-raised p-3 text-xs whitespace-pre-wrap">
          {JSON.stringify(event, null, 2)}
        </pre>
      </details>
    </div>
  );
}

function KindField({
  field: { name, label, hint, placeholder, secret, required },
  value,
  isStored,
}: {
  readonly field: DestinationField;
  readonly value: string | undefined;
  readonly isStored: boolean;
}) {
  return (
    <TextField
      label={label}
      hint={isStored ? "Stored. Leave it empty to keep it." : hint}
      placeholder={placeholder}
      name={inputName({ name, secret })}
      required={required && !isStored}
      {...(secret ? { type: "password" as const, autoComplete: "off" } : { value })}
    />
  );
}

const options = (texts: Readonly<Record<string, string>>) =>
  Object.entries(texts).map(([value, label]) => ({ value, label }));

function MappingFields({ given }: { given: Readonly<Record<string, string>> }) {
  return (
    <>
      <SelectField
        label="Unit of time"
        name="plain-unit"
        value={given.unit ?? "minute"}
        options={options({ second: "seconds", minute: "minutes", hour: "hours" })}
      />
      <SelectField
        label="Field names"
        name="plain-naming"
        value={given.naming ?? "camel"}
        options={options({ camel: "gpuAllocationMinutes", snake: "gpu_allocation_minutes" })}
      />
      <SelectField
        label="Subject"
        name="plain-subject"
        value={given.subject ?? "workload"}
        options={options(SUBJECTS)}
      />
      <TextField label="Type" name="plain-type" value={given.type ?? "workload"} />
      <TextField label="Source" name="plain-source" value={given.source ?? "gpu-ledger"} />
      <TextField
        label="Other field names"
        name="plain-renames"
        value={given.renames}
        placeholder="gpuAllocationMinutes = gpu_minutes, user ="
        hint="Old = new, with commas; nothing behind the sign leaves a field out."
      />
    </>
  );
}
