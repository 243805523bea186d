import { formatGpus, formatMoment } from "@/components/format.ts";
import { href, type Params, travelling } from "@/components/href.ts";
import { Empty, Section } from "@/components/page-header.tsx";
import { gpuHours, percent, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { TextLink } from "@/components/ui/text-link.tsx";
import type { IdleOffender } from "@/lib/pages/types.ts";
import { percentOf } from "@/lib/units.ts";

const COLUMNS: readonly TableColumn<IdleOffender>[] = [
  text("workload", "Workload", (o) => o.name, {
    link: (o, { carry }) => href(`/workloads/${o.key}`, carry),
    note: (o, { zone }) => (
      <>
        {o.project} · {o.user}
        {o.idleSinceAt !== null && (
          <span className="text-warn">
            {" "}
            · idle since {formatMoment(o.idleSinceAt, zone)}, {formatGpus(o.idleNowMilli)} GPU
          </span>
        )}
      </>
    ),
  }),
  gpuHours("idle", "Idle GPU-h", (o) => o.idleMilli),
  percent("share", "Of its time", (o) => percentOf(o.idleMilli, o.allocatedMilli), {
    title: "Idle share of what it held",
  }),
];

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
      <DataTable
        view={plainView("Most idle workloads", COLUMNS, { zone, now: 0, carry })}
        rows={offenders}
        empty={<Empty title="No allocated GPU was idle in this period" />}
      />
      <p className="mt-2 text-xs">
        <TextLink to={href("/workloads", carry, { heavy: "idle", sort: "idle" })}>All idle workloads</TextLink>
      </p>
    </Section>
  );
}
