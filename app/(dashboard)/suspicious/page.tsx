import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { FilterSelect } from "@/components/filter-select.tsx";
import { formatMoney, plural } from "@/components/format.ts";
import { href, travelling } from "@/components/href.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { DataTable } from "@/components/tables/data-table.tsx";
import { TableTools } from "@/components/tables/table-tools.tsx";
import { Switch } from "@/components/ui/switch.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import type { FindingRow } from "@/lib/insights/findings/types.ts";
import type { Topic } from "@/lib/insights/rules/rule.ts";
import { sumExactly } from "@/lib/money.ts";
import { readSuspicious } from "./query.ts";

export const metadata: Metadata = { title: "Suspicious" };

/** Rows of one topic; the list of findings has all. */
const MOST = 50;

const WORDS: Readonly<Record<Topic, { readonly title: string; readonly note: string }>> = {
  health: { title: "Stuck or broken", note: "cards are held and nothing gets done" },
  waste: { title: "More than it needs", note: "cards, memory or nodes that the work does not use" },
  unusual: { title: "Unusual", note: "a pattern that deserves a question; no proof of anything" },
};

/** Workloads that look wrong now, by what is wrong, each with all its evidence and room for its owner's answer. */
export default async function SuspiciousPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/suspicious");
  const { list, topics, mine, teams } = await readSuspicious(input);
  const { params } = input;
  return (
    <>
      <PageHeader
        title="Suspicious"
        notice={input.notice}
        controls={
          <>
            {teams.length > 1 && <FilterSelect name="team" label="Team" any="All teams" options={teams} />}
            {(input.ctx.viewer.submitters?.length ?? 0) > 0 && (
              <Switch
                label="Whose"
                options={[
                  { label: "All", active: !mine, href: href("/suspicious", params, { whose: undefined }) },
                  { label: "Mine", active: mine, href: href("/suspicious", params, { whose: "mine" }) },
                ]}
              />
            )}
            {list.rows.length > 0 && <TableTools view={list.view} />}
          </>
        }
      >
        {sentence(list.rows, input.ctx.ledger.currency)} Points add up what speaks for a finding. It is no verdict: the
        owner can answer.
      </PageHeader>
      {topics.map(({ topic, rows }) => (
        <Section key={topic} title={WORDS[topic].title} note={WORDS[topic].note}>
          <DataTable view={list.view} rows={rows.slice(0, MOST)} keyOf={(f) => f.id} />
          {rows.length > MOST && (
            <p className="mt-2 text-xs text-faint">
              {MOST} of {rows.length} are shown.
            </p>
          )}
        </Section>
      ))}
      {topics.length === 0 && (
        <Empty title="No workload looks suspicious now">Rules look at what was metered every quarter of an hour.</Empty>
      )}
      <p className="mt-3 text-xs">
        <TextLink to={href("/findings", travelling(params), { group: "suspicious", state: "any" })}>
          All suspicious findings of the period, with what was resolved
        </TextLink>
      </p>
    </>
  );
}

function sentence(rows: readonly FindingRow[], currency: string): string {
  if (rows.length === 0) return "No workload looks suspicious now.";
  const workloads = new Set(rows.map((f) => f.workloadKey)).size;
  const known = rows.flatMap((f) => (f.hourMicros === null ? [] : [f]));
  // Findings of several rules about one workload lose the same time: the dearest of each counts.
  const dearest = new Map<number, number>();
  for (const f of known) dearest.set(f.workloadKey, Math.max(dearest.get(f.workloadKey) ?? 0, f.hourMicros ?? 0));
  const cost = dearest.size
    ? ` At least ${formatMoney(sumExactly([...dearest.values()]), currency)} an hour is lost.`
    : "";
  return `${plural(rows.length, "finding")} about ${plural(workloads, "workload")}.${cost}`;
}
