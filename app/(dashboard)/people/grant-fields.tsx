import { SelectField } from "@/components/ui/field.tsx";
import type { GrantNames } from "@/lib/auth/grant-names-load.ts";
import { ROLES } from "@/lib/ctx.ts";

interface Given {
  readonly role?: string | undefined;
  readonly team?: string | undefined;
  readonly project?: string | undefined;
}

const options = (none: string, names: ReadonlyMap<number, string>) => [
  { value: "0", label: none },
  ...[...names].map(([key, label]) => ({ value: String(key), label })),
];

/** A role, and the team or project that it is for. */
export function GrantFields({ names, given = {} }: { names: GrantNames; given?: Given }) {
  return (
    <>
      <SelectField
        label="Role"
        name="role"
        value={given.role ?? "engineer"}
        options={ROLES.map((role) => ({ value: role, label: role }))}
      />
      <SelectField label="Team" name="team" value={given.team ?? "0"} options={options("no team", names.teams)} />
      <SelectField
        label="Project"
        name="project"
        value={given.project ?? "0"}
        options={options("no project", names.projects)}
      />
    </>
  );
}
