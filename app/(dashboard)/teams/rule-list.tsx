import { formatNumber } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { List } from "@/components/tables/list.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import type { RuleLists } from "./lists.tsx";

interface Props {
  readonly lists: RuleLists;
  readonly today: string;
  readonly labels: { readonly labelled: number; readonly all: number };
  readonly hasLabels: boolean;
}

/** The rules that hold or will; those that have ended below, folded. */
export function RuleList({ lists: { view, rows, past, byLabel }, today, labels, hasLabels }: Props) {
  return (
    <List
      title="Rules"
      id="rules"
      note="in their order: the first that matches decides"
      controls={<TextLink to={href("/teams/rules", { act: "add", kind: "project", day: today })}>New rule</TextLink>}
      view={view}
      rows={rows}
      empty={<p className="text-sm text-faint">No rule yet: everything is Unassigned.</p>}
    >
      <p className={`mt-3 text-xs ${byLabel && labels.labelled === 0 ? "text-warn" : "text-faint"}`}>
        {labels.labelled === 0 && !hasLabels
          ? "Labels are not known: they come from a Prometheus with kube-state-metrics, and none is set. Rules by label match nothing."
          : `Labels are known of ${formatNumber(labels.labelled)} of the ${formatNumber(labels.all)} workloads of this period.`}
      </p>
      {past.length > 0 && (
        <details className="mt-3 text-sm">
          <summary className="text-soft">Rules that have ended ({formatNumber(past.length)})</summary>
          <DataTable
            view={{ ...view, label: "Ended rules", at: null, columns: view.columns.filter((c) => c.key !== "act") }}
            rows={past}
          />
        </details>
      )}
    </List>
  );
}
