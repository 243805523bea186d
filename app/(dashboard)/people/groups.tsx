import { ActionForm } from "@/components/action-form.tsx";
import { RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { TextField } from "@/components/fields.tsx";
import { href, type Params } from "@/components/href.ts";
import { Empty, Section } from "@/components/page-header.tsx";
import { type GrantNames, grantWords } from "@/lib/auth/grant-names-load.ts";
import { type GroupPreview, previewGroupRule } from "@/lib/auth/groups.ts";
import type { GroupRule, Role } from "@/lib/auth/types.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { saveGroupRule } from "./actions.ts";
import { GrantFields } from "./grant-fields.tsx";

interface Props {
  readonly ctx: Ctx;
  readonly rules: readonly GroupRule[];
  readonly names: GrantNames;
  readonly params: Params;
}

/** What groups of the identity provider give. A change is previewed, person by person, before it is saved. */
export function Groups({ ctx, rules, names, params }: Props) {
  return (
    <Section
      title="Groups of the identity provider"
      id="groups"
      note="membership is read at each sign-in; a rule acts at once for members who are known"
    >
      {rules.length === 0 ? (
        <Empty title="No group gives a role">Choose a group and a role, and look at the preview.</Empty>
      ) : (
        <Table label="Group rules">
          <thead>
            <tr>
              <Th>Group</Th>
              <Th>Gives</Th>
              <Th>
                <span className="sr-only">Act</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {rules.map((rule) => (
              <tr key={`${rule.groupName}/${grantWords(rule, names)}`} className="hover:bg-raised">
                <Td>{rule.groupName}</Td>
                <Td>{grantWords(rule, names)}</Td>
                <Td right>
                  <RowLink to={`${href("/people", addressOf(rule))}#group-preview`}>Remove…</RowLink>
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <form action="/people#group-preview" className="no-print mt-4 flex flex-wrap items-end gap-3">
        <TextField label="Group" name="group" value={params.group ?? ""} placeholder="gpu-admins" required />
        <GrantFields names={names} given={params} />
        <button type="submit" className="h-8 rounded-md border border-line-strong px-3 text-sm hover:bg-raised">
          Preview
        </button>
      </form>
      {params.group && <Preview ctx={ctx} names={names} params={params} />}
    </Section>
  );
}

const addressOf = ({ groupName, role, teamKey, projectKey }: GroupRule): Params => ({
  ...{ group: groupName, role, act: "remove" },
  ...{ team: teamKey ? String(teamKey) : undefined, project: projectKey ? String(projectKey) : undefined },
});

async function Preview({ ctx, names, params }: Pick<Props, "ctx" | "names" | "params">) {
  const act = params.act === "remove" ? "remove" : "add";
  const rule = {
    groupName: params.group ?? "",
    role: params.role as Role,
    teamKey: Number(params.team ?? 0),
    projectKey: Number(params.project ?? 0),
  };
  let people: GroupPreview[];
  try {
    people = await previewGroupRule(ctx, rule, act);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return (
      <p role="alert" id="group-preview" className="mt-3 text-sm text-bad">
        {error.message}
      </p>
    );
  }
  return (
    <div id="group-preview" className="mt-4 max-w-3xl rounded-md bg-raised p-4 text-sm">
      <p className="font-medium">
        {act === "add" ? "Add" : "Remove"}: the group {rule.groupName} gives {grantWords(rule, names)}
      </p>
      {people.length === 0 ? (
        <p className="mt-1 text-soft">Nobody&apos;s roles change now. Members who sign in later are not known yet.</p>
      ) : (
        <ul className="mt-1 grid gap-0.5 text-soft">
          {people.map(({ email, gains, loses }) => (
            <li key={email}>
              {email}
              {gains.length > 0 && ` gets ${gains.map((g) => grantWords(g, names)).join(", ")}`}
              {gains.length > 0 && loses.length > 0 && " and"}
              {loses.length > 0 && ` loses ${loses.map((g) => grantWords(g, names)).join(", ")}`}
            </li>
          ))}
        </ul>
      )}
      <ActionForm
        action={saveGroupRule}
        label={act === "add" ? "Save the rule" : "Remove the rule"}
        look={act === "add" ? "strong" : "danger"}
        className="mt-3"
        fields={{
          ...{ act, group: rule.groupName, role: params.role ?? "" },
          ...{ team: String(rule.teamKey), project: String(rule.projectKey) },
        }}
      >
        <TextField label="Why (for the audit log)" name="reason" />
      </ActionForm>
    </div>
  );
}
