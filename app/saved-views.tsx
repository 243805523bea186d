import { Bookmark } from "lucide-react";
import { dropView, keepView } from "@/app/(dashboard)/account/views/actions.ts";
import { href } from "@/components/href.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { buttonLook } from "@/components/ui/button.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { isBuiltIn } from "@/lib/attribution/types.ts";
import { listViews, queryOf, type SavedView } from "@/lib/auth/views/saved-views.ts";
import type { PageInput } from "./page-input.ts";

/** What the reader keeps of a list under names: each leads to it; a form keeps what it shows now. Nothing where nobody signs in. */
export async function SavedViews({ input: { ctx, params }, path }: { input: PageInput; path: string }) {
  const views = await listViews(ctx, path);
  if (views === null) return null;
  const { own, shared, teams } = views;
  const now = queryOf(href("", params).replace(/^\?/, ""));
  return (
    <details className="no-print relative">
      <summary className={buttonLook("quiet")}>
        <Bookmark size={14} aria-hidden="true" className="text-faint" />
        Views
      </summary>
      <div className="absolute right-0 z-20 mt-1 w-72 rounded-md border border-line-strong bg-ground p-3 text-sm shadow-lg max-sm:right-auto max-sm:left-0">
        {own.length > 0 && (
          <ul className="mb-3 border-b pb-2">
            {own.map((view) => (
              <li key={view.name} className="flex items-center justify-between gap-2">
                <ViewLink
                  view={view}
                  now={now}
                  note={view.teamKey ? `shared with ${teams.get(view.teamKey) ?? "a team"}` : ""}
                />
                <ActionForm
                  action={dropView}
                  label="Remove"
                  busy="Removing…"
                  look="quiet"
                  size="small"
                  fields={{ path, name: view.name }}
                />
              </li>
            ))}
          </ul>
        )}
        {shared.length > 0 && (
          <>
            <h3 className="text-xs text-faint">Shared with my teams</h3>
            <ul className="mb-3 border-b pb-2">
              {shared.map((view) => (
                <li key={`${view.teamKey}/${view.by}/${view.name}`}>
                  <ViewLink view={view} now={now} note={`${teams.get(view.teamKey)}, by ${view.by}`} />
                </li>
              ))}
            </ul>
          </>
        )}
        <ActionForm action={keepView} label="Save view" stacked look="plain" fields={{ path, query: now }}>
          <TextField name="name" label="Keep what is shown as" required maxLength={60} />
          {teams.size > 0 && (
            <SelectField
              name="team"
              label="For"
              value="0"
              options={[
                { value: "0", label: "me alone" },
                ...[...teams]
                  .filter(([key]) => !isBuiltIn(key))
                  .map(([key, name]) => ({ value: String(key), label: `me and ${name}` })),
              ]}
            />
          )}
        </ActionForm>
      </div>
    </details>
  );
}

function ViewLink({ view: { path, name, query }, now, note }: { view: SavedView; now: string; note: string }) {
  return (
    <a
      href={query ? `${path}?${query}` : path}
      aria-current={query === now ? "true" : undefined}
      className="block min-w-0 truncate py-1 hover:underline aria-[current]:font-medium"
    >
      {name}
      {note && <small className="block truncate text-xs text-faint">{note}</small>}
    </a>
  );
}
