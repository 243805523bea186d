import { ColumnTable } from "@/components/column-table.tsx";
import { FilterSelect } from "@/components/filter-select.tsx";
import { formatNumber } from "@/components/format.ts";
import { href, type Params, travelling } from "@/components/href.ts";
import { Empty, Section } from "@/components/page-header.tsx";
import { Pager } from "@/components/pager.tsx";
import { TableTools } from "@/components/table-tools.tsx";
import type { Gap } from "@/lib/pages/types.ts";
import { GAPS_PAGE, type GapList } from "./query.ts";

const STATUSES = [
  { value: "open", label: "Open: asked again" },
  { value: "known", label: "Known: the source no longer has it" },
  { value: "healed", label: "Healed: it came" },
];

interface Props {
  readonly list: GapList;
  readonly gaps: { readonly rows: readonly Gap[]; readonly count: number };
  readonly params: Params;
  readonly zone: string;
  readonly now: number;
}

/** Parts of time for which a source gave nothing, and why. Never a zero. */
export function Gaps({ list, gaps, params, zone, now }: Props) {
  const narrowed = Boolean(list.query.status || list.query.cause);
  return (
    <Section
      title="Gaps"
      note={`${formatNumber(gaps.count)}${narrowed ? " of those chosen" : ""}`}
      controls={
        <div className="flex flex-wrap gap-2">
          <FilterSelect name="status" label="Status of gaps" any="Any status" options={STATUSES} />
          <FilterSelect name="cause" label="Cause of gaps" any="Any cause" options={list.causes} />
          <TableTools
            view={list.view}
            csv={href("/sync/download/gaps", params, { page: undefined })}
            label="CSV of the gaps"
          />
        </div>
      }
    >
      {gaps.count === 0 ? (
        <Empty title={narrowed ? "No gap of this kind" : "Nothing is missing"} />
      ) : (
        <>
          {gaps.rows.length > 0 && (
            <ColumnTable
              label="Gaps"
              dense
              view={list.view}
              rows={gaps.rows}
              keyOf={(g) => `${g.cluster} ${g.source} ${g.subject} ${g.startAt}`}
              look={{ zone, now, carry: travelling(params) }}
              path="/sync"
              params={params}
            />
          )}
          <Pager path="/sync" params={params} page={list.page} size={GAPS_PAGE} count={gaps.count} />
        </>
      )}
    </Section>
  );
}
