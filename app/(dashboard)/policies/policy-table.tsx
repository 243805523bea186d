import { formatDay } from "@/components/format.ts";
import { drawn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import { COST_CLASSES, type CostClass, type SharePolicy } from "@/lib/allocation/types.ts";
import { takeBack } from "./actions.ts";
import { CLASS_WORDS, METHOD_WORDS } from "./words.ts";

interface Props {
  readonly policies: readonly SharePolicy[];
  readonly clusters: ReadonlyMap<string, string>;
  readonly today: number;
  readonly mayEdit: boolean;
}

/** A class with what holds for it; null: the platform, by default. */
interface PolicyRow {
  readonly costClass: CostClass;
  readonly policy: SharePolicy | null;
}

/** Each class with what holds for it, what will, and what did: by cluster, newest first. */
export function PolicyTable({ policies, clusters, today, mayEdit }: Props) {
  const rows = COST_CLASSES.flatMap((costClass): PolicyRow[] => {
    const own = policies.filter((p) => p.costClass === costClass);
    const shown = [...own].sort((a, b) => (a.clusterId < b.clusterId ? -1 : 1) || b.fromDay - a.fromDay);
    const hasDefault = own.some((p) => p.clusterId === "" && p.fromDay <= today);
    return [...(hasDefault ? [] : [{ costClass, policy: null }]), ...shown.map((policy) => ({ costClass, policy }))];
  });
  const columns: readonly TableColumn<PolicyRow>[] = [
    text("for", "For", (r) => CLASS_WORDS[r.costClass], { look: ["strong"] }),
    text("in", "In", ({ policy: p }) => (p?.clusterId ? (clusters.get(p.clusterId) ?? p.clusterId) : "every cluster")),
    text("payer", "Charged to", (r) => METHOD_WORDS[r.policy?.method ?? "platform"], { lead: true }),
    text("from", "From", (r) => (r.policy ? formatDay(r.policy.fromDay) : "always"), { look: ["whole"] }),
    text("state", "State", (r) => (r.policy ? stateOf(policies, r.policy, today) : "in force, by default")),
    drawn("act", "Act", (r) => mayEdit && r.policy && <TakeBack policy={r.policy} />),
  ];
  return (
    <DataTable
      view={plainView("Policies", columns)}
      rows={rows}
      keyOf={({ costClass, policy }) => `${costClass}/${policy?.clusterId}/${policy?.fromDay}`}
    />
  );
}

function stateOf(policies: readonly SharePolicy[], p: SharePolicy, today: number): string {
  if (p.fromDay > today) return "planned";
  const later = policies.some(
    (o) => o.clusterId === p.clusterId && o.costClass === p.costClass && o.fromDay > p.fromDay && o.fromDay <= today,
  );
  return later ? "replaced" : "in force";
}

function TakeBack({ policy }: { policy: SharePolicy }) {
  return (
    <Guarded label="Withdraw">
      <p className="mb-2 text-soft">What held before it holds again from {formatDay(policy.fromDay)} on.</p>
      <ActionForm
        action={takeBack}
        label="Withdraw the policy"
        look="danger"
        fields={{ cluster: policy.clusterId, class: policy.costClass, day: String(policy.fromDay) }}
      />
    </Guarded>
  );
}
