import { Table, Td, Th } from "@/components/data-table.tsx";
import { formatNumber } from "@/components/format.ts";
import { Money } from "@/components/money.tsx";
import { Section } from "@/components/page-header.tsx";
import { GpuHours } from "@/components/quantity.tsx";
import type { Team } from "@/lib/attribution/types.ts";
import type { WorkSum } from "@/lib/previews/rule.ts";
import type { ActPreview } from "@/lib/previews/rule-act.ts";

interface Props {
  readonly preview: ActPreview;
  readonly teams: readonly Team[];
  readonly currency: string;
  /** The days that are shown. */
  readonly label: string;
}

/** What would be another team's, what the rule matches, and what stays Unassigned. */
export function Preview({ preview, teams, currency, label }: Props) {
  const nameOf = (key: number) => teams.find((t) => t.key === key)?.name ?? String(key);
  const { before, after } = preview.unassigned;
  return (
    <>
      <Section title="What would move" note={label}>
        {preview.moves.length === 0 ? (
          <p className="text-sm text-soft">Nothing of these days would be another team's.</p>
        ) : (
          <Table label="What would move">
            <thead>
              <tr>
                <Th>Project</Th>
                <Th>From</Th>
                <Th>To</Th>
                <Figures />
              </tr>
            </thead>
            <tbody>
              {preview.moves.map((m) => (
                <tr key={`${m.clusterId}/${m.project}/${m.from}/${m.to}`}>
                  <Td className="font-medium">{m.project || "(no project)"}</Td>
                  <Td>{nameOf(m.from)}</Td>
                  <Td>{nameOf(m.to)}</Td>
                  <Cells work={m.work} currency={currency} />
                </tr>
              ))}
            </tbody>
          </Table>
        )}
        <p className="mt-3 text-sm text-soft">
          Unassigned: <Money micros={before.amountMicros ?? 0} currency={currency} /> in{" "}
          {formatNumber(before.workloads)} workloads now, <Money micros={after.amountMicros ?? 0} currency={currency} />{" "}
          in {formatNumber(after.workloads)} then. Parts of shared cost follow what teams are charged and are not
          counted here.
        </p>
      </Section>
      <Section title="What it matches" note="whatever its days and place">
        {preview.matches.length === 0 ? (
          <p className="text-sm text-warn">Nothing that ran in these days.</p>
        ) : (
          <Table label="What it matches">
            <thead>
              <tr>
                <Th>Project</Th>
                <Figures />
                <Th right>of them an earlier rule's</Th>
              </tr>
            </thead>
            <tbody>
              {preview.matches.map((m) => (
                <tr key={`${m.clusterId}/${m.project}`}>
                  <Td className="font-medium">{m.project || "(no project)"}</Td>
                  <Cells work={m.work} currency={currency} />
                  <Td right>{formatNumber(m.taken.workloads)}</Td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Section>
    </>
  );
}

function Figures() {
  return (
    <>
      <Th right>Workloads</Th>
      <Th>Such as</Th>
      <Th right>GPU-hours</Th>
      <Th right>Cost</Th>
    </>
  );
}

function Cells({ work, currency }: { work: WorkSum; currency: string }) {
  return (
    <>
      <Td right>{formatNumber(work.workloads)}</Td>
      <Td className="max-w-64 truncate text-soft">{work.examples.slice(0, 3).join(", ")}</Td>
      <Td right>
        <GpuHours milli={work.gpuMilli} />
      </Td>
      <Td right>
        <Money micros={work.amountMicros} currency={currency} />
      </Td>
    </>
  );
}
