import { projectColumn, workColumns } from "@/app/(dashboard)/teams/work-columns.ts";
import { formatNumber } from "@/components/format.ts";
import { Money } from "@/components/money.tsx";
import { Section } from "@/components/page-header.tsx";
import { count, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView } from "@/components/tables/view.ts";
import type { Team } from "@/lib/attribution/types.ts";
import type { Match, Move } from "@/lib/previews/rule.ts";
import type { ActPreview } from "@/lib/previews/rule-act.ts";

interface Props {
  readonly preview: ActPreview;
  readonly teams: readonly Team[];
  readonly currency: string;
  /** The days that are shown. */
  readonly label: string;
}

/** What would change teams, what the rule matches, and what stays Unassigned. */
export function Preview({ preview, teams, currency, label }: Props) {
  const nameOf = (key: number) => teams.find((t) => t.key === key)?.name ?? String(key);
  const { before, after } = preview.unassigned;
  const moves = [
    projectColumn<Move>(),
    text<Move>("from", "From", (m) => nameOf(m.from)),
    text<Move>("to", "To", (m) => nameOf(m.to)),
    ...workColumns<Move>(currency),
  ];
  const matches = [
    projectColumn<Match>(),
    ...workColumns<Match>(currency),
    count<Match>("taken", "Matched by an earlier rule", (m) => m.taken.workloads),
  ];
  return (
    <>
      <Section title="What would move" note={label}>
        <DataTable
          view={plainView("What would move", moves)}
          rows={preview.moves}
          empty={<p className="text-sm text-soft">No usage on these days would change teams.</p>}
        />
        <p className="mt-3 text-sm text-soft">
          Unassigned: <Money micros={before.amountMicros ?? 0} currency={currency} /> in{" "}
          {formatNumber(before.workloads)} workloads now, <Money micros={after.amountMicros ?? 0} currency={currency} />{" "}
          in {formatNumber(after.workloads)} then. Parts of shared cost follow what teams are charged and are not
          counted here.
        </p>
      </Section>
      <Section title="What it matches" note="whatever its days and place">
        <DataTable
          view={plainView("What it matches", matches)}
          rows={preview.matches}
          empty={<p className="text-sm text-warn">Nothing that ran in these days.</p>}
        />
      </Section>
    </>
  );
}
