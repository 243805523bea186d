import { RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { formatNumber } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Money } from "@/components/money.tsx";
import { Section } from "@/components/page-header.tsx";
import { GpuHours } from "@/components/quantity.tsx";
import type { OfProject } from "@/lib/previews/rule.ts";

/** What no rule matches, by project, each with the way to a rule for it. */
export function Unassigned({
  projects,
  currency,
  today,
}: {
  projects: readonly OfProject[];
  currency: string;
  today: string;
}) {
  return (
    <Section title="Unassigned" note="what no rule matches in this period">
      {projects.length === 0 ? (
        <p className="text-sm text-good">Nothing: every workload of this period is some team's.</p>
      ) : (
        <Table label="Unassigned">
          <thead>
            <tr>
              <Th>Project</Th>
              <Th right>Workloads</Th>
              <Th>Such as</Th>
              <Th right>GPU-hours</Th>
              <Th right>Cost</Th>
              <Th>
                <span className="sr-only">Do</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {projects.map(({ project, clusterId, work }) => (
              <tr key={`${clusterId}/${project}`} className="hover:bg-raised">
                <Td className="font-medium">{project || "(no project)"}</Td>
                <Td right>{formatNumber(work.workloads)}</Td>
                <Td className="max-w-64 truncate text-soft">{work.examples.slice(0, 2).join(", ")}</Td>
                <Td right>
                  <GpuHours milli={work.gpuMilli} />
                </Td>
                <Td right>
                  <Money micros={work.amountMicros} currency={currency} />
                </Td>
                <Td right>
                  <RowLink
                    to={href("/teams/rules", { act: "add", kind: "project", pattern: project || "*", day: today })}
                  >
                    Make a rule<span className="sr-only"> for {project}</span>
                  </RowLink>
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  );
}
