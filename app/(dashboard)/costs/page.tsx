import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { ActionForm } from "@/components/action-form.tsx";
import { AuditList } from "@/components/audit-list.tsx";
import { Narrow, RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { FileField, Guarded, SelectField, TextField } from "@/components/fields.tsx";
import { formatMoment, formatNumber } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Money } from "@/components/money.tsx";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { listTeams } from "@/lib/attribution/team-store.ts";
import type { Team } from "@/lib/attribution/types.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { COST_COLUMNS } from "@/lib/costs/csv.ts";
import type { CostLine } from "@/lib/costs/file.ts";
import { type ImportSum, listImports, loadCostLines } from "@/lib/costs/store.ts";
import { env } from "@/lib/env.ts";
import { dateOfKey } from "@/lib/time.ts";
import { importFile, remove } from "./actions.ts";

export const metadata: Metadata = { title: "Imported cost" };

const MOST_LINES = 500;

export default async function CostsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/costs");
  const { ctx, params } = input;
  const [imports, teams, acts] = await Promise.all([listImports(ctx), listTeams(ctx.db), listActs(ctx.db, 20, "cost")]);
  const open = imports.find((i) => i.id === params.import);
  const lines = open ? await loadCostLines(ctx, open.id, MOST_LINES + 1) : [];
  const currency = env().LEDGER_CURRENCY;
  return (
    <>
      <PageHeader title="Imported cost" notice={input.notice}>
        What other systems billed: storage, network, a cloud invoice. GPU time is charged by the ledger and never taken
        twice.
      </PageHeader>
      {mayDo(ctx.viewer, "costs.import") && <Upload teams={teams} />}
      <Section title="Imports">
        {imports.length === 0 ? (
          <Empty title="Nothing was imported yet">
            Choose a CSV file with the columns {COST_COLUMNS.join(", ")}, or a FOCUS file as clouds export it.
          </Empty>
        ) : (
          <Imports
            imports={imports}
            currency={currency}
            zone={input.zone}
            mayEdit={mayDo(ctx.viewer, "costs.import")}
          />
        )}
      </Section>
      {open && <Lines of={open} lines={lines} teams={teams} currency={currency} />}
      <Section title="Changes" note="newest first">
        <AuditList
          acts={acts}
          zone={input.zone}
          empty="Nobody has imported anything yet."
          names={new Map(imports.map((i) => [`cost/${i.id}`, i.name]))}
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
          label="Whose"
          name="team"
          options={[
            { value: "", label: "as the file says" },
            { value: "0", label: "all of it shared" },
            ...teams
              .filter((t) => t.archivedAt === null)
              .map((t) => ({ value: String(t.key), label: `all of it is of ${t.name}` })),
          ]}
        />
        <label className="flex h-8 items-center gap-1.5 text-sm">
          <input type="checkbox" name="billed" /> FOCUS: BilledCost
        </label>
        <label className="flex h-8 items-center gap-1.5 text-sm">
          <input type="checkbox" name="withGpus" /> with GPU time
        </label>
      </ActionForm>
    </Section>
  );
}

function Imports({
  imports,
  currency,
  zone,
  mayEdit,
}: {
  imports: readonly ImportSum[];
  currency: string;
  zone: string;
  mayEdit: boolean;
}) {
  return (
    <Table label="Imports">
      <thead>
        <tr>
          <Th>File</Th>
          <Th>Days</Th>
          <Th right>Lines</Th>
          <Th right>Amount</Th>
          <Th right>of it shared</Th>
          <Th>Imported</Th>
          <Th>
            <span className="sr-only">Do</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {imports.map((i) => (
          <tr key={i.id} className={i.removedAt === null ? "hover:bg-raised" : "text-faint line-through"}>
            <Td>
              <RowLink to={href("/costs", { import: i.id })}>{i.name}</RowLink>
              <Narrow>
                <Money micros={i.amountMicros} currency={currency} />
              </Narrow>
            </Td>
            <Td className="whitespace-nowrap">
              {dateOfKey(i.fromDay)} up to {dateOfKey(i.untilDay)}
            </Td>
            <Td right>{formatNumber(i.lines)}</Td>
            <Td right>
              <Money micros={i.amountMicros} currency={currency} />
            </Td>
            <Td right>
              <Money micros={i.sharedMicros} currency={currency} />
            </Td>
            <Td className="whitespace-nowrap">
              {formatMoment(i.importedAt, zone)} by {i.importedBy}
            </Td>
            <Td right>
              {i.removedAt !== null && "removed"}
              {i.removedAt === null && mayEdit && (
                <Guarded label="Remove">
                  <ActionForm action={remove} label="Remove the import" look="danger">
                    <input type="hidden" name="id" value={i.id} />
                    <TextField label="Why (for the audit log)" name="reason" />
                  </ActionForm>
                </Guarded>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Lines({
  of,
  lines,
  teams,
  currency,
}: {
  of: ImportSum;
  lines: readonly CostLine[];
  teams: readonly Team[];
  currency: string;
}) {
  const whose = (key: number) => (key === 0 ? "shared" : (teams.find((t) => t.key === key)?.name ?? String(key)));
  return (
    <Section title={`Lines of ${of.name}`} id="lines" note={lines.length > MOST_LINES ? `the first ${MOST_LINES}` : ""}>
      <Table label="Lines">
        <thead>
          <tr>
            <Th>Days</Th>
            <Th>Whose</Th>
            <Th>Category</Th>
            <Th>Description</Th>
            <Th right>Amount</Th>
          </tr>
        </thead>
        <tbody>
          {lines.slice(0, MOST_LINES).map((line, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place.
            <tr key={i}>
              <Td className="whitespace-nowrap">
                {dateOfKey(line.fromDay)} up to {dateOfKey(line.untilDay)}
              </Td>
              <Td>{whose(line.teamKey)}</Td>
              <Td>{line.category}</Td>
              <Td>
                {line.description}
                <Narrow>
                  <Money micros={line.amountMicros} currency={currency} />
                </Narrow>
              </Td>
              <Td right>
                <Money micros={line.amountMicros} currency={currency} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}
