import { Table, Td, Th } from "@/components/data-table";
import { FilterSelect } from "@/components/filter-select";
import { formatMoment, formatNumber, formatSpan } from "@/components/format";
import type { Params } from "@/components/href";
import { Empty, Section } from "@/components/page-header";
import { Pager } from "@/components/pager";
import type { Gap } from "@/lib/reports/pages/types";

export const GAPS_PAGE = 25;
const STATUSES = [
  { value: "open", label: "Open: asked again" },
  { value: "known", label: "Known: the source no longer has it" },
  { value: "healed", label: "Healed: it came" },
];

interface Props {
  readonly gaps: { readonly rows: readonly Gap[]; readonly count: number; readonly causes: readonly string[] };
  readonly params: Params;
  readonly page: number;
  readonly zone: string;
  readonly now: number;
}

/** Parts of time for which a source gave nothing, and why. Never a zero. */
export function Gaps({ gaps, params, page, zone, now }: Props) {
  return (
    <Section
      title="Gaps"
      note={`${formatNumber(gaps.count)}${params.status || params.cause ? " of those chosen" : ""}`}
      controls={
        <div className="flex flex-wrap gap-2">
          <FilterSelect name="status" label="Status of gaps" any="Any status" options={STATUSES} />
          <FilterSelect
            name="cause"
            label="Cause of gaps"
            any="Any cause"
            options={gaps.causes.map((c) => ({ value: c, label: c }))}
          />
        </div>
      }
    >
      {gaps.rows.length === 0 ? (
        <Empty title={params.status || params.cause ? "No gap of this kind" : "Nothing is missing"} />
      ) : (
        <>
          <Table label="Gaps" dense>
            <thead>
              <tr>
                <Th>From</Th>
                <Th right>Length</Th>
                <Th>Source</Th>
                <Th>About</Th>
                <Th>Cause</Th>
                <Th>Status</Th>
                <Th right>Asked</Th>
              </tr>
            </thead>
            <tbody>
              {gaps.rows.map((g) => (
                <tr key={`${g.cluster} ${g.source} ${g.subject} ${g.startAt}`}>
                  <Td className="whitespace-nowrap">{formatMoment(g.startAt, zone)}</Td>
                  <Td right>{formatSpan(g.endAt - g.startAt)}</Td>
                  <Td>{g.source}</Td>
                  <Td className="max-w-56 truncate">
                    <span title={`${g.cluster} ${g.subject}`}>{g.subject || `all of ${g.cluster}`}</span>
                  </Td>
                  <Td className="min-w-40">{g.cause}</Td>
                  <Td className="whitespace-nowrap">
                    {g.status === "open" && g.nextRetryAt > now
                      ? `open, again in ${formatSpan(g.nextRetryAt - now)}`
                      : g.status}
                    {g.healedAt !== null && <span className="text-faint"> {formatMoment(g.healedAt, zone)}</span>}
                  </Td>
                  <Td right>{formatNumber(g.attempts)} ×</Td>
                </tr>
              ))}
            </tbody>
          </Table>
          <Pager path="/sync" params={params} page={page} size={GAPS_PAGE} count={gaps.count} />
        </>
      )}
    </Section>
  );
}
