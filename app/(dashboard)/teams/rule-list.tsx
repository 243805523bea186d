import { RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { formatNumber } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { listClusterNames, listRules } from "@/lib/attribution/rule-store.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import type { TeamRule } from "@/lib/attribution/types.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { dateOfKey } from "@/lib/time.ts";
import { paramsOf } from "./rule-form.ts";

interface Props {
  readonly ctx: Ctx;
  readonly today: number;
  readonly labels: { readonly labelled: number; readonly all: number };
  readonly hasLabels: boolean;
}

/** The rules in their order: those that hold or will; those that have ended below, folded. */
export async function RuleList({ ctx, today, labels, hasLabels }: Props) {
  const [rules, teams, clusters] = await Promise.all([listRules(ctx.db), listTeams(ctx.db), listClusterNames(ctx.db)]);
  const names = {
    teams: new Map(teams.map((t) => [t.key, t.name])),
    clusters: new Map(clusters.map((c) => [c.id, c.name])),
  };
  const over = (r: TeamRule) => r.untilDay !== null && r.untilDay <= today;
  const live = rules.filter((r) => !over(r));
  const past = rules.filter(over);
  const date = dateOfKey(today);
  const byLabel = rules.some((r) => r.kind === "label");
  return (
    <Section
      title="Rules"
      id="rules"
      note="in their order: the first that matches decides"
      controls={<RowLink to={href("/teams/rules", { act: "add", kind: "project", day: date })}>New rule</RowLink>}
    >
      {live.length === 0 && <p className="text-sm text-faint">No rule yet: everything is Unassigned.</p>}
      {live.length > 0 && <Rules rules={live} names={names} today={date} mayEdit={mayDo(ctx.viewer, "teams.edit")} />}
      <p className={`mt-3 text-xs ${byLabel && labels.labelled === 0 ? "text-warn" : "text-faint"}`}>
        {labels.labelled === 0 && !hasLabels
          ? "Labels are not known: they come from a Prometheus with kube-state-metrics, and none is set. Rules by label match nothing."
          : `Labels are known of ${formatNumber(labels.labelled)} of the ${formatNumber(labels.all)} workloads of this period.`}
      </p>
      {past.length > 0 && (
        <details className="mt-3 text-sm">
          <summary className="text-soft">Rules that have ended ({formatNumber(past.length)})</summary>
          <Rules rules={past} names={names} today={date} mayEdit={false} />
        </details>
      )}
    </Section>
  );
}

interface Names {
  readonly teams: ReadonlyMap<number, string>;
  readonly clusters: ReadonlyMap<string, string>;
}

function Rules({
  rules,
  names,
  today,
  mayEdit,
}: {
  rules: readonly TeamRule[];
  names: Names;
  today: string;
  mayEdit: boolean;
}) {
  return (
    <Table label="Rules">
      <thead>
        <tr>
          <Th right>No.</Th>
          <Th>Where</Th>
          <Th>Team</Th>
          <Th>From</Th>
          <Th>Until</Th>
          <Th>
            <span className="sr-only">Do</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {rules.map((rule, i) => (
          <tr key={rule.id} className="hover:bg-raised">
            <Td right className="text-faint">
              {i + 1}
            </Td>
            <Td>
              {rule.kind} {rule.label && <code className="text-xs">{rule.label}</code>} is{" "}
              <code className="text-xs font-medium">{rule.pattern}</code>
              {rule.clusterId && <span className="text-faint"> in {names.clusters.get(rule.clusterId)}</span>}
            </Td>
            <Td>
              <RowLink to={`/teams/${rule.teamKey}`}>{names.teams.get(rule.teamKey) ?? rule.teamKey}</RowLink>
            </Td>
            <Td className="whitespace-nowrap">{dateOfKey(rule.fromDay)}</Td>
            <Td className="whitespace-nowrap">
              {rule.untilDay === null ? <span className="text-faint">goes on</span> : dateOfKey(rule.untilDay)}
            </Td>
            <Td right>
              {mayEdit && (
                <span className="no-print flex justify-end gap-3">
                  {(["change", "move", "end"] as const).map((act) => (
                    <RowLink key={act} to={href("/teams/rules", { ...paramsOf(rule, today), act })}>
                      {act === "change" ? "Change" : act === "move" ? "Move" : "End"}
                      <span className="sr-only"> rule {i + 1}</span>
                    </RowLink>
                  ))}
                </span>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
