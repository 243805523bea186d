import { Table, Td, Th } from "@/components/data-table.tsx";
import { Section } from "@/components/page-header.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import { ACTIONS, type Action, permissionOf } from "@/lib/auth/permissions.ts";
import { ROLES, type Viewer } from "@/lib/ctx.ts";

const ALL = Object.keys(ACTIONS) as Action[];

/** What the viewer may do, and the whole table of actions by role. */
export function Permissions({ viewer }: { viewer: Viewer }) {
  const mine = ALL.filter((action) => mayDo(viewer, action));
  return (
    <Section title="What may I" note="what you see of teams and workloads follows from your roles, too">
      {mine.length === 0 ? (
        <p className="text-sm text-soft">You have no role yet. Ask an administrator for one.</p>
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
          <Table label="Actions by role" dense>
            <thead>
              <tr>
                <Th>Action</Th>
                {ROLES.map((role) => (
                  <Th key={role}>{role}</Th>
                ))}
                <Th>Token scope</Th>
              </tr>
            </thead>
            <tbody>
              {ALL.map((action) => {
                const { words, roles, scope } = permissionOf(action);
                return (
                  <tr key={action}>
                    <Td>{words}</Td>
                    {ROLES.map((role) => (
                      <Td key={role}>{roles.includes(role) ? "yes" : <span className="text-faint">–</span>}</Td>
                    ))}
                    <Td>{scope ?? <span className="text-faint">none</span>}</Td>
                  </tr>
                );
              })}
            </tbody>
          </Table>
        </div>
      </details>
    </Section>
  );
}
