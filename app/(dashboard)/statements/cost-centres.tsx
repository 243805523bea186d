import { Section } from "@/components/page-header.tsx";
import { drawn, moneyIn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { PERIOD_FORMATS } from "@/lib/api/statement-files.ts";
import { sumExactly } from "@/lib/money.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { FileLinks } from "./period-links.tsx";

type Centre = readonly [name: string, statements: readonly Statement[]];

/** What each cost centre pays, with the files of its teams alone. Nothing where all teams would be in one row. */
export function CostCentres({ period, statements }: { period: string; statements: readonly Statement[] }) {
  const centres = [...Map.groupBy(statements, (s) => s.header.team.costCentre)].sort(([a], [b]) => (a < b ? -1 : 1));
  if (centres.length < 2) return null;
  const currency = statements[0]?.header.currency ?? "USD";
  const files = (name: string, format: string) =>
    `/api/v1/periods/${period}/${format}?${new URLSearchParams({ cost_centre: name })}`;
  const columns: readonly TableColumn<Centre>[] = [
    text("centre", "Cost centre", ([name]) => name, { unknown: "These teams have no cost centre" }),
    text("teams", "Teams", ([, of]) => of.map((s) => s.header.team.name).join(", "), { look: ["soft"] }),
    moneyIn(currency)("total", "Total", ([, of]) => sumExactly(of.map((s) => s.header.roundedMicros)), {
      ...{ lead: true, total: true, look: ["strong"] },
    }),
    drawn(
      "files",
      "Files",
      ([name]) => (
        <FileLinks
          whose={name ? `Cost centre ${name}` : "No cost centre"}
          formats={PERIOD_FORMATS}
          to={(format) => files(name, format)}
        />
      ),
      { bare: false, look: ["screen"] },
    ),
  ];
  return (
    <Section id="cost-centres" title={`${period}, by cost centre`}>
      <DataTable view={plainView("Statements by cost centre", columns)} rows={centres} foot="All" />
    </Section>
  );
}
