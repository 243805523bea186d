import { formatMoneyChange } from "@/components/format.ts";
import { Empty } from "@/components/page-header.tsx";
import { moneyIn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import type { Team } from "@/lib/attribution/types.ts";
import { changeMicros, type ExactMicros } from "@/lib/money.ts";
import { type Workbench as Bench, VARIANTS } from "@/lib/previews/workbench.ts";
import { VARIANT_WORDS } from "./words.ts";

type BenchRow = Bench["rows"][number];

/** Every team under every policy, with the difference to what is in force; every column has the same sum. */
export function Workbench({ bench, teams, currency }: { bench: Bench; teams: readonly Team[]; currency: string }) {
  const nameOf = (key: number) => teams.find((t) => t.key === key)?.name ?? String(key);
  const columns: readonly TableColumn<BenchRow>[] = [
    text("team", "Team", (r) => nameOf(r.teamKey), { look: ["strong"] }),
    ...VARIANTS.map((v) => {
      const changeOf = (r: BenchRow) => changeMicros(r.totals[v], r.totals["in-force"]);
      return moneyIn(currency)<BenchRow>(v, VARIANT_WORDS[v], (r) => r.totals[v], {
        ...{ total: true, lead: v === "in-force" },
        ...(v === "in-force" ? { look: ["strong"] } : { note: (r) => changeText(changeOf(r), currency) }),
      });
    }),
  ];
  return (
    <>
      <DataTable
        view={plainView("Workbench", columns)}
        rows={[...bench.rows].sort((a, b) => Number(b.totals["in-force"]) - Number(a.totals["in-force"]))}
        empty={<Empty title="Nothing is charged in this period">Choose a period that is metered and has prices.</Empty>}
      />
      {bench.kept.length > 0 && (
        <p className="mt-3 text-sm text-warn">
          {bench.kept.map((v) => VARIANT_WORDS[v]).join(", ")}: on some day nobody had a weight, so the platform keeps
          that day's cost.
        </p>
      )}
    </>
  );
}

const changeText = (micros: ExactMicros, currency: string): string =>
  micros === 0 ? "no change" : formatMoneyChange(micros, currency);
