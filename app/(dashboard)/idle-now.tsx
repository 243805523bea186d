import { formatMoment } from "@/components/format.ts";
import { href, type Params, travelling } from "@/components/href.ts";
import { Empty, Section } from "@/components/page-header.tsx";
import { gpus, moneyIn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { TextLink } from "@/components/ui/text-link.tsx";
import { IDLE } from "@/lib/classes.ts";
import type { IdleNowRow } from "@/lib/pages/idle.ts";

const MOST = 7;

const columnsOf = (currency: string): readonly TableColumn<IdleNowRow>[] => [
  text("workload", "Workload", (r) => r.name, {
    link: (r, { carry }) => href(`/workloads/${r.key}`, carry),
    note: (r, { zone }) => (
      <>
        {r.project} · {r.user || "no user named"}
        <span className="text-warn"> · since {formatMoment(r.sinceAt, zone)}</span>
      </>
    ),
  }),
  gpus("gpus", "GPUs", (r) => r.milli / 1000),
  moneyIn(currency)("hour", "An hour", (r: IdleNowRow) => r.hourMicros, { unknown: "No price is in force" }),
];

interface Props {
  /** Workloads whose cards wait now. */
  readonly rows: readonly IdleNowRow[];
  /** More workloads wait, which the viewer may not see one by one. */
  readonly withheld: boolean;
  readonly currency: string;
  readonly zone: string;
  readonly params: Params;
}

/** What holds cards and does nothing with them at this moment, the most expensive first. */
export function IdleNow({ rows, withheld, currency, zone, params }: Props) {
  const carry = travelling(params);
  const idle = rows.filter((r) => (IDLE as readonly string[]).includes(r.class));
  return (
    <Section title="Idle now" note="the most expensive first">
      <DataTable
        view={plainView("Workloads that idle now", columnsOf(currency), { zone, now: 0, carry })}
        rows={idle.slice(0, MOST)}
        empty={
          <Empty title={withheld ? "Workloads are not listed for your role" : "No allocated GPU idles now"}>
            {withheld ? "Administrators see who holds what is idle, and managers what is charged to their teams." : ""}
          </Empty>
        }
      />
      <p className="mt-2 text-xs">
        <TextLink to={href("/idle", carry)}>
          {idle.length > MOST ? `All ${idle.length} that idle now, and idle time before` : "Idle time before"}
        </TextLink>
      </p>
    </Section>
  );
}
