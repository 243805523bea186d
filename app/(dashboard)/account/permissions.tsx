import { Section } from "@/components/page-header.tsx";
import { text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import { ACTIONS, type Action, permissionOf } from "@/lib/auth/permissions.ts";
import { ROLES, type Viewer } from "@/lib/ctx.ts";

const ALL = Object.keys(ACTIONS) as Action[];

const COLUMNS: readonly TableColumn<Action>[] = [
  text("action", "Action", (a) => permissionOf(a).words),
  ...ROLES.map((role) => text<Action>(role, role, (a) => (permissionOf(a).roles.includes(role) ? "yes" : null))),
  text("scope", "Token scope", (a) => permissionOf(a).scope ?? null),
];

/** What the viewer may do, and the whole table of actions by role. */
export function Permissions({ viewer }: { viewer: Viewer }) {
  const mine = ALL.filter((action) => mayDo(viewer, action));
  return (
    <Section title="My permissions" note="what you see of teams and workloads follows from your roles, too">
      {mine.length === 0 ? (
        <p className="text-sm text-soft">None: a role gives permissions.</p>
      ) : (
        <ul className="max-w-4xl list-disc gap-x-10 pl-5 text-sm text-soft sm:columns-2">
          {mine.map((action) => (
            <li key={action}>{permissionOf(action).words}</li>
          ))}
        </ul>
      )}
      <details className="mt-4 text-sm">
        <summary className="cursor-pointer text-soft hover:text-ink">Every action, by role</summary>
        <div className="mt-2">
          <DataTable view={plainView("Actions by role", COLUMNS)} rows={ALL} />
        </div>
      </details>
    </Section>
  );
}
