import { RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { formatGpus, formatMoment } from "@/components/format.ts";
import { href, type Params, travelling } from "@/components/href.ts";
import { Empty, Section } from "@/components/page-header.tsx";
import { GpuHours, Percent } from "@/components/quantity.tsx";
import type { IdleOffender } from "@/lib/pages/types.ts";
import { percentOf } from "@/lib/units.ts";

/** The workloads that held most GPU time without using it. */
export function IdleNow({
  offenders,
  zone,
  params,
}: {
  offenders: readonly IdleOffender[];
  zone: string;
  params: Params;
}) {
  const carry = travelling(params);
  return (
    <Section title="Most idle" note="GPU-hours held without activity">
      {offenders.length === 0 ? (
        <Empty title="No allocated GPU was idle in this period" />
      ) : (
        <Table label="Most idle workloads" dense>
          <thead>
            <tr>
              <Th>Workload</Th>
              <Th right>Idle GPU-h</Th>
              <Th right>Of its time</Th>
            </tr>
          </thead>
          <tbody>
            {offenders.map((o) => (
              <tr key={o.key}>
                <Td className="w-full max-w-0">
                  <span className="block truncate">
                    <RowLink to={href(`/workloads/${o.key}`, carry)}>{o.name}</RowLink>
                  </span>
                  <span className="block truncate text-xs text-faint">
                    {o.project} · {o.user}
                    {o.idleSinceAt !== null && (
                      <span className="text-warn">
                        {" "}
                        · idle since {formatMoment(o.idleSinceAt, zone)}, {formatGpus(o.idleNowMilli)} GPU
                      </span>
                    )}
                  </span>
                </Td>
                <Td right>
                  <GpuHours milli={o.idleMilli} />
                </Td>
                <Td right>
                  <Percent value={percentOf(o.idleMilli, o.allocatedMilli)} why="Idle share of what it held" />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <p className="mt-2 text-xs">
        <RowLink to={href("/workloads", carry, { heavy: "idle", sort: "idle" })}>All idle workloads</RowLink>
      </p>
    </Section>
  );
}
