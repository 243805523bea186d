import { Empty } from "@/components/page-header.tsx";
import { count, drawn, instant, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import type { ListedConnection } from "@/lib/connections/types.ts";
import { CONNECTION_KINDS } from "@/lib/sources/index.ts";
import { pause, remove, resume, test } from "./actions.ts";

const titleOf = (kind: string) => CONNECTION_KINDS.find(({ name }) => name === kind)?.title ?? kind;

const stateOf = ({ pausedAt, problem }: ListedConnection): string => {
  if (pausedAt !== null) return "paused";
  return problem ? "failing" : "in use";
};

const COLUMNS: readonly TableColumn<ListedConnection>[] = [
  text("title", "Connection", (c) => c.title, {
    link: (c) => (c.key === null ? undefined : `/sync/connections?connection=${c.key}#edit`),
    note: (c) => (c.key === null ? "from environment variables" : c.name),
  }),
  text("kind", "Kind", (c) => titleOf(c.kind), { note: (c) => c.fields.url ?? "" }),
  text("state", "State", stateOf, {
    lead: true,
    note: (c) => c.problem,
    toneOf: (c) => (c.pausedAt === null && c.problem ? "bad" : undefined),
  }),
  count("clusters", "Clusters", (c) => c.clusters),
  count("unread", "Spans to read", (c) => c.unread),
  instant("through", "Read through", (c) => c.readThrough, { look: ["whole"] }),
  drawn("act", "Act", (c) => (c.key === null ? null : <Acts connection={c} />)),
];

function Acts({ connection: { key, title, pausedAt } }: { connection: ListedConnection }) {
  const fields = { connection: String(key) };
  return (
    <div className="flex flex-wrap gap-2">
      <ActionForm action={test} label="Test" busy="Asking…" look="plain" size="small" fields={fields} />
      {pausedAt === null ? (
        <Guarded label="Pause">
          <p className="mb-2">It is not asked, and keeps its clusters. What is left out is read once it is resumed.</p>
          <ActionForm action={pause} label={`Pause ${title}`} fields={fields}>
            <TextField label="Reason (audit log)" name="reason" />
          </ActionForm>
        </Guarded>
      ) : (
        <ActionForm action={resume} label="Resume" size="small" fields={fields} />
      )}
      <Guarded label="Remove">
        <p className="mb-2">For good, with its secrets. What it read stays as history.</p>
        <ActionForm action={remove} label={`Remove ${title}`} look="danger" fields={fields}>
          <TextField label="Reason (audit log)" name="reason" />
        </ActionForm>
      </Guarded>
    </div>
  );
}

/** Every source, with how it is read. */
export function ConnectionTable({
  connections,
  zone,
  now,
}: {
  connections: readonly ListedConnection[];
  zone: string;
  now: number;
}) {
  if (connections.length === 0)
    return <Empty title="No connection yet">Choose a kind below: nothing is synced without one.</Empty>;
  return (
    <DataTable
      view={plainView("Connections", COLUMNS, { zone, now, carry: {} })}
      rows={connections}
      keyOf={(c) => c.name}
    />
  );
}
