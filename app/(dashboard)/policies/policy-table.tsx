import { ActionForm } from "@/components/action-form.tsx";
import { Table, Td, Th } from "@/components/data-table.tsx";
import { Guarded } from "@/components/fields.tsx";
import { COST_CLASSES, type SharePolicy } from "@/lib/allocation/types.ts";
import { dateOfKey } from "@/lib/time.ts";
import { takeBack } from "./actions.ts";
import { CLASS_WORDS, METHOD_WORDS } from "./words.ts";

interface Props {
  readonly policies: readonly SharePolicy[];
  readonly clusters: ReadonlyMap<string, string>;
  readonly today: number;
  readonly mayEdit: boolean;
}

/** Each class with what holds for it, what will, and what did: by cluster, newest first. */
export function PolicyTable({ policies, clusters, today, mayEdit }: Props) {
  const rows = COST_CLASSES.flatMap((costClass) => {
    const own = policies.filter((p) => p.costClass === costClass);
    const shown = [...own].sort((a, b) => (a.clusterId < b.clusterId ? -1 : 1) || b.fromDay - a.fromDay);
    const hasDefault = own.some((p) => p.clusterId === "" && p.fromDay <= today);
    return [...(hasDefault ? [] : [{ costClass, policy: null }]), ...shown.map((policy) => ({ costClass, policy }))];
  });
  return (
    <Table label="Policies">
      <thead>
        <tr>
          <Th>For</Th>
          <Th>In</Th>
          <Th>Who pays</Th>
          <Th>From</Th>
          <Th>State</Th>
          <Th>
            <span className="sr-only">Do</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ costClass, policy }) =>
          policy ? (
            <tr key={`${costClass}/${policy.clusterId}/${policy.fromDay}`}>
              <Td className="font-medium">{CLASS_WORDS[costClass]}</Td>
              <Td>
                {policy.clusterId === "" ? "every cluster" : (clusters.get(policy.clusterId) ?? policy.clusterId)}
              </Td>
              <Td>{METHOD_WORDS[policy.method]}</Td>
              <Td className="whitespace-nowrap">{dateOfKey(policy.fromDay)}</Td>
              <Td>{stateOf(policies, policy, today)}</Td>
              <Td right>{mayEdit && <TakeBack policy={policy} />}</Td>
            </tr>
          ) : (
            <tr key={costClass}>
              <Td className="font-medium">{CLASS_WORDS[costClass]}</Td>
              <Td>every cluster</Td>
              <Td>{METHOD_WORDS.platform}</Td>
              <Td className="text-faint">always</Td>
              <Td>in force, by default</Td>
              <Td>{""}</Td>
            </tr>
          ),
        )}
      </tbody>
    </Table>
  );
}

function stateOf(policies: readonly SharePolicy[], p: SharePolicy, today: number): string {
  if (p.fromDay > today) return "begins then";
  const later = policies.some(
    (o) => o.clusterId === p.clusterId && o.costClass === p.costClass && o.fromDay > p.fromDay && o.fromDay <= today,
  );
  return later ? "replaced" : "in force";
}

function TakeBack({ policy }: { policy: SharePolicy }) {
  return (
    <Guarded label="Take back">
      <p className="mb-2 text-left text-sm whitespace-normal text-soft">
        What held before it holds again from {dateOfKey(policy.fromDay)} on.
      </p>
      <ActionForm action={takeBack} label="Take it back" look="danger">
        <input type="hidden" name="cluster" value={policy.clusterId} />
        <input type="hidden" name="class" value={policy.costClass} />
        <input type="hidden" name="day" value={policy.fromDay} />
      </ActionForm>
    </Guarded>
  );
}
