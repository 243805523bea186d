import { Section } from "@/components/page-header.tsx";
import { drawn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import type { ListedConnection, ListedName } from "@/lib/connections/types.ts";
import { forget, sayCluster } from "./actions.ts";

const COLUMNS: readonly TableColumn<ListedName>[] = [
  text("name", "Called", (n) => n.name),
  text("source", "By", (n) => n.source || "every connection"),
  text("cluster", "Is the cluster", (n) => n.clusterName, { note: (n) => n.clusterId }),
  drawn("act", "Act", (n) => (
    <ActionForm
      action={forget}
      label="Take back"
      look="plain"
      size="small"
      fields={{ source: n.source, name: n.name }}
    />
  )),
];

interface Shown {
  readonly names: readonly ListedName[];
  readonly connections: readonly ListedConnection[];
  readonly zone: string;
  readonly now: number;
}

/** What sources call clusters, where it is neither the id nor the only name. */
export function ClusterNames({ names, connections, zone, now }: Shown) {
  const options = [
    { value: "", label: "Every connection" },
    ...connections.map(({ name, title }) => ({ value: name, label: title })),
  ];
  return (
    <Section title="One cluster under several names" note="ids, and names that only one cluster has, need no entry">
      {names.length > 0 && (
        <DataTable
          view={plainView("Names of clusters", COLUMNS, { zone, now, carry: {} })}
          rows={names}
          keyOf={(n) => `${n.source}/${n.name}`}
        />
      )}
      <ActionForm action={sayCluster} label="Say which cluster it is" className="mt-4">
        <TextField
          label="Called"
          name="name"
          hint="The label of its series, or the id under which another tenant lists it."
          required
        />
        <SelectField label="By" name="source" options={options} />
        <TextField label="Is the cluster" name="cluster" hint="Its name or id in the ledger." required />
      </ActionForm>
    </Section>
  );
}
