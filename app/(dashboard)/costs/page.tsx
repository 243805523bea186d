import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { AuditList } from "@/components/audit/audit-list.tsx";
import { TRAVELLING } from "@/components/href.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { List } from "@/components/tables/list.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { CheckField, FileField, SelectField, TextField } from "@/components/ui/field.tsx";
import { listTeams } from "@/lib/attribution/team-store.ts";
import type { Team } from "@/lib/attribution/types.ts";
import { mayDo, readerFor } from "@/lib/auth/allow.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { COST_COLUMNS } from "@/lib/costs/csv.ts";
import { importFile } from "./actions.ts";
import { COST_NAMES, MOST_LINES, readCostLines, readImports } from "./lists.tsx";

export const metadata: Metadata = { title: "Imported cost" };

export default async function CostsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/costs");
  const { ctx } = input;
  input.address.only([...TRAVELLING, ...COST_NAMES]);
  const [imports, lines, teams, acts] = await Promise.all([
    readImports(input),
    readCostLines(input),
    listTeams(readerFor(ctx, "costs.read")),
    listActs(readerFor(ctx, "costs.read"), 20, "cost"),
  ]);
  return (
    <>
      <PageHeader title="Imported cost" notice={input.notice}>
        What other systems billed: storage, network, a cloud invoice. GPU time is charged by the ledger and never taken
        twice.
      </PageHeader>
      {mayDo(ctx.viewer, "costs.import") && <Upload teams={teams} />}
      <List
        title="Imports"
        {...imports}
        keyOf={(i) => i.id}
        markOf={(i) => (i.removedAt === null ? undefined : "off")}
        empty={
          <Empty title="Nothing was imported yet">
            Choose a CSV file with the columns {COST_COLUMNS.join(", ")}, or a FOCUS file as clouds export it.
          </Empty>
        }
      />
      {lines && (
        <List
          id="lines"
          title={`Lines of ${lines.of.name}`}
          note={lines.rows.length > MOST_LINES ? `the first ${MOST_LINES}` : ""}
          view={lines.view}
          rows={lines.rows.slice(0, MOST_LINES)}
          empty={null}
        />
      )}
      <Section title="Changes" note="newest first">
        <AuditList
          acts={acts}
          zone={input.zone}
          empty="Nobody has imported anything yet."
          names={new Map(imports.rows.map((i) => [`cost/${i.id}`, i.name]))}
        />
      </Section>
    </>
  );
}

function Upload({ teams }: { teams: readonly Team[] }) {
  return (
    <Section title="Import a file" note="all of its lines, or none when one is wrong">
      <ActionForm action={importFile} label="Import" busy="Importing…">
        <FileField label="CSV or FOCUS file" name="file" accept=".csv,.gz,text/csv" />
        <SelectField
          label="Allocate to"
          name="team"
          options={[
            { value: "", label: "teams as in the file" },
            { value: "0", label: "all teams, as shared cost" },
            ...teams.filter((t) => t.archivedAt === null).map((t) => ({ value: String(t.key), label: t.name })),
          ]}
        />
        <SelectField
          label="Cost that is imported already"
          name="overlap"
          options={[
            { value: "refuse", label: "refuse the file" },
            { value: "replace", label: "replace it" },
            { value: "beside", label: "keep both" },
          ]}
        />
        <TextField label="GPU names to include" name="gpuNames" placeholder="as an import lists them, with commas" />
        <div className="sm:pt-5.5">
          <CheckField label="FOCUS: take BilledCost" name="billed" />
        </div>
        <div className="sm:pt-5.5">
          <CheckField label="Include all GPU charges" name="withGpus" />
        </div>
      </ActionForm>
    </Section>
  );
}
