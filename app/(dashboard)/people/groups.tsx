import { href, type Params } from "@/components/href.ts";
import { Empty, Section } from "@/components/page-header.tsx";
import { drawn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { AddressForm } from "@/components/ui/address-form.tsx";
import { Button } from "@/components/ui/button.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { type GrantNames, grantWords } from "@/lib/auth/grant-names-load.ts";
import { type GroupPreview, previewGroupRule } from "@/lib/auth/groups/group-rules.ts";
import type { GroupRule, Role } from "@/lib/auth/types.ts";
import { canonicalJson } from "@/lib/canonical-json.ts";
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
      note="membership is read at each sign-in; a rule acts at once for members who signed in within a week"
    >
      <DataTable
        view={plainView("Group rules", [
          text<GroupRule>("group", "Group", (r) => r.groupName),
          text<GroupRule>("gives", "Gives", (r) => grantWords(r, names)),
          drawn<GroupRule>("act", "Act", (r) => (
            <a className="text-accent" href={`${href("/people", addressOf(r))}#group-preview`}>
              Remove…
            </a>
          )),
        ])}
        rows={rules}
        empty={<Empty title="No group gives a role">Choose a group and a role, and look at the preview.</Empty>}
      />
      <div className="mt-4">
        <AddressForm action="/people#group-preview">
          <TextField label="Group" name="group" value={params.group ?? ""} placeholder="gpu-admins" required />
          <GrantFields names={names} given={params} />
          <div className="sm:pt-5.5">
            <Button type="submit">Preview</Button>
          </div>
        </AddressForm>
      </div>
      {params.group && <Preview ctx={ctx} rules={rules} names={names} params={params} />}
    </Section>
  );
}

const addressOf = ({ groupName, role, teamKey, projectKey }: GroupRule): Params => ({
  ...{ group: groupName, role, act: "remove" },
  ...{ team: teamKey ? String(teamKey) : undefined, project: projectKey ? String(projectKey) : undefined },
});

async function Preview({ ctx, rules, names, params }: Props) {
  const act = params.act === "remove" ? "remove" : "add";
  const rule = {
    groupName: params.group ?? "",
    role: params.role as Role,
    teamKey: Number(params.team ?? 0),
    projectKey: Number(params.project ?? 0),
  };
  const isThere = rules.some((r) => canonicalJson(r) === canonicalJson(rule));
  if (isThere === (act === "add"))
    return (
      <p id="group-preview" role="status" className="mt-3 text-sm text-soft">
        The group {rule.groupName} {isThere ? "gives" : "does not give"} {grantWords(rule, names)}.
      </p>
    );
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
    <div id="group-preview" className="mt-4 max-w-3xl">
      <Panel
        title={`${act === "add" ? "Add" : "Remove"}: the group ${rule.groupName} gives ${grantWords(rule, names)}`}
      >
        {people.length === 0 ? (
          <p className="mt-1 text-soft">Nobody&apos;s roles change now. Members who sign in later are not known yet.</p>
        ) : (
          <ul className="mt-1 grid gap-0.5 text-soft">
            {people.map(({ email, lapsed, gains, loses }) => (
              <li key={email}>
                {email}
                {gains.length > 0 && ` gets ${gains.map((g) => grantWords(g, names)).join(", ")}`}
                {gains.length > 0 && loses.length > 0 && " and"}
                {loses.length > 0 && ` loses ${loses.map((g) => grantWords(g, names)).join(", ")}`}
                {lapsed && gains.length > 0 && ", once they sign in through the identity provider again"}
              </li>
            ))}
          </ul>
        )}
        <ActionForm
          action={saveGroupRule}
          label={act === "add" ? "Save rule" : "Remove rule"}
          look={act === "add" ? "strong" : "danger"}
          className="mt-3"
          fields={{
            ...{ act, group: rule.groupName, role: params.role ?? "" },
            ...{ team: String(rule.teamKey), project: String(rule.projectKey) },
          }}
        >
          <TextField label="Reason (audit log)" name="reason" />
        </ActionForm>
      </Panel>
    </div>
  );
}
