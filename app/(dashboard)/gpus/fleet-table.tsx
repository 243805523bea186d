import { ClassName } from "@/components/class-bar";
import { RowLink, Table, Td, Th } from "@/components/data-table";
import { formatGpus, formatMib, formatMoment, formatSpan } from "@/components/format";
import { href, type Params, travelling } from "@/components/href";
import { Percent, Unknown } from "@/components/quantity";
import type { FleetNode } from "@/lib/reports/pages/types";

/** The map's twin: a row per slot. */
export function FleetTable({
  nodes,
  zone,
  now,
  params,
}: {
  nodes: readonly FleetNode[];
  zone: string;
  now: number;
  params: Params;
}) {
  const carry = travelling(params);
  return (
    <Table label="GPUs" dense>
      <thead>
        <tr>
          <Th>Node</Th>
          <Th>GPU</Th>
          <Th>Model</Th>
          <Th right>Part</Th>
          <Th>Class</Th>
          <Th>Workload</Th>
          <Th>Project</Th>
          <Th>Owner</Th>
          <Th right>Utilisation</Th>
          <Th right>Memory</Th>
          <Th right>Since</Th>
        </tr>
      </thead>
      <tbody>
        {nodes.flatMap((node) =>
          node.slots.map((slot) => (
            <tr key={`${node.cluster} ${node.node} ${slot.position}`}>
              <Td className="whitespace-nowrap">{node.node}</Td>
              <Td className="max-w-36 truncate text-xs text-soft">
                <span title={slot.gpu}>{slot.gpu || slot.position}</span>
              </Td>
              <Td className="max-w-40 truncate text-soft">{node.gpuModel || <Unknown />}</Td>
              <Td right>{formatGpus(slot.milli)}</Td>
              <Td>
                <ClassName of={slot.class} />
              </Td>
              <Td className="max-w-52 truncate">
                {slot.workloadKey ? (
                  <RowLink to={href(`/workloads/${slot.workloadKey}`, carry)}>{slot.workload}</RowLink>
                ) : (
                  <span className="text-faint">{slot.workload || "nobody"}</span>
                )}
              </Td>
              <Td>{slot.project}</Td>
              <Td className="max-w-44 truncate">{slot.user}</Td>
              <Td right>{slot.workloadKey ? <Percent value={slot.utilisationPercent} /> : ""}</Td>
              <Td right>{slot.workloadKey ? formatMib(slot.gpuMemoryMib) : ""}</Td>
              <Td right>
                <span title={formatMoment(slot.sinceAt, zone)}>{formatSpan(now - slot.sinceAt)}</span>
              </Td>
            </tr>
          )),
        )}
      </tbody>
    </Table>
  );
}
