import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { formatDay, formatMoment } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { count, drawn, instantField, moneyIn, text, textField } from "@/components/tables/columns.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { mayDo, readerFor } from "@/lib/auth/allow.ts";
import type { CostLine } from "@/lib/costs/file.ts";
import { type ImportSum, listImports, loadCostLines } from "@/lib/costs/store.ts";
import { env } from "@/lib/env.ts";
import { dateOfKey } from "@/lib/time.ts";
import { remove } from "./actions.ts";

const LINES = "lines-";
export const COST_NAMES = [...tableNames(), ...tableNames(LINES), "import"];
export const MOST_LINES = 500;

const daysOf = ({ fromDay, untilDay }: { fromDay: number; untilDay: number }) =>
  `${dateOfKey(fromDay)} up to ${dateOfKey(untilDay)}`;
const daysRead = ({ fromDay, untilDay }: { fromDay: number; untilDay: number }) =>
  `${formatDay(fromDay)} up to ${formatDay(untilDay)}`;

/** Every file that was imported, newest first. */
export async function readImports(input: PageInput): Promise<Listed<ImportSum>> {
  const rows = await listImports(input.ctx);
  const money = moneyIn(env().LEDGER_CURRENCY);
  const columns: readonly TableColumn<ImportSum>[] = [
    text("file", "File", (i) => i.name, { link: (i) => href("/costs", { import: i.id }) }),
    text("days", "Days", daysOf, { look: ["whole"], cell: daysRead }),
    count("lines", "Lines", (i) => i.lines),
    money("amount", "Amount", (i) => i.amountMicros, { lead: true }),
    money("shared", "of it shared", (i) => i.sharedMicros),
    text("imported", "Imported", (i) => i.importedBy, {
      look: ["whole"],
      order: (i) => i.importedAt,
      cell: (i, { zone }) => `${formatMoment(i.importedAt, zone)} by ${i.importedBy}`,
      fields: [instantField("imported_at", (i) => i.importedAt), textField("imported_by", (i) => i.importedBy)],
    }),
    drawn("state", "State", (i) => <Act of={i} mayEdit={mayDo(input.ctx.viewer, "costs.import")} />, {
      fields: [instantField("removed_at", (i) => i.removedAt)],
    }),
  ];
  const view = readView(input, columns, { label: "Imports", path: "/costs", list: "imports" });
  return { view, rows: sortRows(rows, view) };
}

function Act({ of: { id, removedAt }, mayEdit }: { of: ImportSum; mayEdit: boolean }) {
  if (removedAt !== null) return "removed";
  if (!mayEdit) return null;
  return (
    <Guarded label="Remove">
      <ActionForm action={remove} label="Remove the import" look="danger" fields={{ id }}>
        <TextField label="Reason (audit log)" name="reason" />
      </ActionForm>
    </Guarded>
  );
}

/** The lines of the import that the address names; null where it names none. */
export async function readCostLines(input: PageInput): Promise<(Listed<CostLine> & { of: ImportSum }) | null> {
  const of = (await listImports(input.ctx)).find((i) => i.id === input.params.import);
  if (!of) return null;
  const [rows, teams] = await Promise.all([
    loadCostLines(input.ctx, of.id, MOST_LINES + 1),
    listTeams(readerFor(input.ctx, "costs.read")),
  ]);
  const owner = (key: number) => (key === 0 ? "shared" : (teams.find((t) => t.key === key)?.name ?? String(key)));
  const columns: readonly TableColumn<CostLine>[] = [
    text("days", "Days", daysOf, { look: ["whole"], cell: daysRead }),
    text("team", "Team", (l) => owner(l.teamKey)),
    text("category", "Category", (l) => l.category),
    text("description", "Description", (l) => l.description),
    moneyIn(env().LEDGER_CURRENCY)("amount", "Amount", (l) => l.amountMicros, { lead: true }),
  ];
  const place = { label: `Lines of ${of.name}`, path: "/costs", list: "cost-lines", prefix: LINES };
  const view = readView(input, columns, place);
  return { of, view, rows: sortRows(rows, view) };
}
