import { FilterSelect } from "@/components/filter-select.tsx";
import { formatNumber } from "@/components/format.ts";
import { Empty } from "@/components/page-header.tsx";
import { List } from "@/components/tables/list.tsx";
import { Pager } from "@/components/tables/pager.tsx";
import type { Gap } from "@/lib/pages/types.ts";
import { GAPS_PAGE, type GapList } from "./query.ts";

const STATUSES = [
  { value: "open", label: "Open: retried" },
  { value: "known", label: "Known: the source no longer has it" },
  { value: "healed", label: "Healed: it came" },
];

interface Props {
  readonly list: GapList;
  readonly gaps: { readonly rows: readonly Gap[]; readonly count: number };
}

/** Parts of time for which a source gave nothing, and why. Never a zero. */
export function Gaps({ list: { view, query, causes, page }, gaps: { rows, count } }: Props) {
  const narrowed = Boolean(query.status || query.cause);
  return (
    <List
      title="Gaps"
      note={`${formatNumber(count)}${narrowed ? " of those chosen" : ""}`}
      controls={
        <>
          <FilterSelect name="status" label="Status of gaps" any="Any status" options={STATUSES} />
          <FilterSelect name="cause" label="Cause of gaps" any="Any cause" options={causes} />
        </>
      }
      view={view}
      rows={rows}
      empty={count === 0 && <Empty title={narrowed ? "No gap of this kind" : "Nothing is missing"} />}
    >
      {count > 0 && <Pager view={view} page={page} size={GAPS_PAGE} count={count} />}
    </List>
  );
}
