import { Table, Td, Th } from "@/components/data-table.tsx";
import { Money } from "@/components/money.tsx";
import { Empty } from "@/components/page-header.tsx";
import type { Team } from "@/lib/attribution/types.ts";
import { type Workbench as Bench, VARIANTS } from "@/lib/previews/workbench.ts";
import { VARIANT_WORDS } from "./words.ts";

/** Every team under every policy, with what it gains or loses against what is in force; every column sums to the same. */
export function Workbench({ bench, teams, currency }: { bench: Bench; teams: readonly Team[]; currency: string }) {
  if (bench.rows.length === 0)
    return <Empty title="Nothing is charged in this period">Choose a period that is metered and has prices.</Empty>;
  const nameOf = (key: number) => teams.find((t) => t.key === key)?.name ?? String(key);
  const rows = [...bench.rows].sort((a, b) => b.totals["in-force"] - a.totals["in-force"]);
  return (
    <>
      <Table label="Workbench">
        <thead>
          <tr>
            <Th>Team</Th>
            {VARIANTS.map((v) => (
              <Th key={v} right>
                {VARIANT_WORDS[v]}
              </Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.teamKey} className="hover:bg-raised">
              <Td className="font-medium">{nameOf(row.teamKey)}</Td>
              {VARIANTS.map((v) => {
                const change = row.totals[v] - row.totals["in-force"];
                return (
                  <Td key={v} right className={v === "in-force" ? "bg-raised" : ""}>
                    <Money micros={row.totals[v]} currency={currency} />
                    {v !== "in-force" && (
                      <span
                        className={`block text-xs ${change > 0 ? "text-bad" : change < 0 ? "text-good" : "text-faint"}`}
                      >
                        {change === 0 ? "the same" : <Money micros={change} currency={currency} change />}
                      </span>
                    )}
                  </Td>
                );
              })}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="font-medium">
            <Td>All</Td>
            {VARIANTS.map((v) => (
              <Td key={v} right>
                <Money micros={bench.rows.reduce((sum, r) => sum + r.totals[v], 0)} currency={currency} />
              </Td>
            ))}
          </tr>
        </tfoot>
      </Table>
      {bench.kept.length > 0 && (
        <p className="mt-3 text-sm text-warn">
          {bench.kept.map((v) => VARIANT_WORDS[v]).join(", ")}: on some day nobody had a weight, so the platform keeps
          that day's cost.
        </p>
      )}
    </>
  );
}
