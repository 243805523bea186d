import type { Metadata } from "next";
import { mayOpen } from "@/app/may-open.ts";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { SavedViews } from "@/app/saved-views.tsx";
import { FilterSelect } from "@/components/filter-select.tsx";
import { plural } from "@/components/format.ts";
import { href, travelling } from "@/components/href.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { DataTable } from "@/components/tables/data-table.tsx";
import { Pager } from "@/components/tables/pager.tsx";
import { TableTools } from "@/components/tables/table-tools.tsx";
import { Switch } from "@/components/ui/switch.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import { loadReplies } from "@/lib/insights/findings/load.ts";
import { measuredText, repliesText } from "@/lib/insights/findings/replies.ts";
import { STATES } from "@/lib/insights/findings/types.ts";
import { RULES } from "@/lib/insights/rules/index.ts";
import { PAGE_SIZE, readFindings } from "./query.ts";

export const metadata: Metadata = { title: "Findings" };

const NO_REPLIES = { real: 0, expected: 0, wrong: 0 };
const LABELS = { suspicious: "Suspicious", idle: "Idle", sensor: "Sensors", all: "All" } as const;

export default async function FindingsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/findings");
  const [{ list, group, state, counts }, replies] = await Promise.all([readFindings(input), loadReplies(input.ctx)]);
  const { params } = input;
  const page = input.address.page();
  const rules = RULES.filter((r) => group === "all" || r.group === group);
  const admin = input.ctx.viewer.roles.includes("admin");
  const groups = (["all", "suspicious", "idle", "sensor"] as const).filter((g) => g !== "sensor" || admin);
  return (
    <>
      <PageHeader
        title="Findings"
        notice={input.notice}
        controls={
          <>
            <FilterSelect
              name="rule"
              label="Rule"
              any="All rules"
              options={rules.map((r) => ({ value: r.slug, label: r.title }))}
            />
            <SavedViews input={input} path="/findings" />
            <TableTools view={list.view} />
            <PeriodControl input={input} />
          </>
        }
      >
        {plural(list.rows.length, "finding")} in this period, with what speaks for each. A finding is no verdict: its
        owner can answer it.
      </PageHeader>
      <div className="mb-4 flex flex-wrap gap-3">
        <Switch
          label="Kind"
          options={groups.map((g) => ({
            label: LABELS[g],
            active: g === group,
            href: href("/findings", params, {
              group: g === "all" ? undefined : g,
              rule: undefined,
              page: undefined,
            }),
          }))}
        />
        <Switch
          label="State"
          options={[
            {
              label: "Unresolved",
              active: state === undefined,
              href: href("/findings", params, { state: undefined, page: undefined }),
            },
            ...STATES.filter((s) => counts[s]).map((s) => ({
              label: `${s.slice(0, 1).toUpperCase()}${s.slice(1)} ${counts[s]}`,
              active: s === state,
              href: href("/findings", params, { state: s, page: undefined }),
            })),
          ]}
        />
      </div>
      <DataTable
        view={list.view}
        rows={list.rows.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)}
        keyOf={(f) => f.id}
        empty={
          <Empty title="No finding in this period">Rules look at what was metered every quarter of an hour.</Empty>
        }
      />
      {list.rows.length > PAGE_SIZE && (
        <Pager
          view={{ at: { path: "/findings", params }, prefix: "" }}
          page={page}
          size={PAGE_SIZE}
          count={list.rows.length}
        />
      )}
      {mayOpen(input.ctx.viewer, "/findings/exceptions") && (
        <p className="mt-3 text-xs">
          <TextLink to={href("/findings/exceptions", travelling(params))}>Exceptions: what rules leave alone</TextLink>
        </p>
      )}
      <Section title="Rules" note="what each looks for, and how often people called it right">
        <dl className="grid gap-x-8 gap-y-3 text-sm sm:grid-cols-2">
          {rules
            .filter((r) => admin || r.audience === "owner")
            .map((r) => (
              <div key={r.slug}>
                <dt className="font-medium">{r.title}</dt>
                <dd className="text-soft">
                  {r.meaning}{" "}
                  <span className="text-xs text-faint">
                    {measuredText(r)}. {repliesText(replies.get(r.slug) ?? NO_REPLIES)}.
                  </span>
                </dd>
              </div>
            ))}
        </dl>
      </Section>
    </>
  );
}
